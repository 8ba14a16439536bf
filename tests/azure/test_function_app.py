"""The function app, in the platform's worker, against an emulated tenant on loopback."""

from __future__ import annotations

import json
import re
import time
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import pytest
import trustme

from connector.emulator import (
    Auth,
    Emulator,
    EmulatorOptions,
    RegisteredClient,
    SignInSettings,
    TlsFiles,
)
from connector.sample_tenant import sample_seed
from connector.usecases.steps.documents import STEPS
from tests.azure.durable_host import DurableHost
from tests.azure.functions_host import FunctionsHost
from tests.test_telemetry_export import collector

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tests.azure.functions_host import LogLine

# The platform's worker, in a process of its own for each.
pytestmark = pytest.mark.long

APP = Path(__file__).resolve().parents[2] / "azure-function"
FUNCTION = "create_draft_invoices"
FIRST_RUN_DATE = date(2020, 10, 5)
A_MINUTE = timedelta(minutes=1)
DATE = re.compile(r"\d{4}-\d\d-\d\d(?=T\d\d:\d\d:\d\dZ$|$)")
CLIENT_ID = "22222222-2222-2222-2222-222222222222"
SECRET = "s3cret-that-must-stay-hidden"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tenant:
    """An emulated tenant and the settings with which the function app finds it."""

    emulator: Emulator
    settings: Mapping[str, str]

    def drafts(self) -> list[str]:
        return [str(row["invoiceid"]) for row in self.emulator.rows("invoices")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificates:
    """A server's certificate and the authority that a client must trust for it."""

    authority: Path
    files: TlsFiles


def today() -> date:
    """The date in UTC, taken at least a minute before it changes."""
    now = datetime.now(UTC)
    left = datetime.combine(now.date() + timedelta(days=1), datetime.min.time(), UTC) - now
    if left > A_MINUTE:
        return now.date()
    time.sleep(left.total_seconds())
    return now.date() + timedelta(days=1)


def moved(value: Any, days: timedelta) -> Any:
    """The seed *value* with every date in it moved by *days*."""
    match value:
        case dict():
            return {key: moved(item, days) for key, item in value.items()}
        case list():
            return [moved(item, days) for item in value]
        case str():
            return DATE.sub(lambda found: str(date.fromisoformat(found[0]) + days), value)
    return value


def unreadable_seed() -> object:
    """The sample tenant with transactions that do not say what they are."""
    seed = dict(sample_seed())
    column = "msdyn_transactionclassification"
    seed["msdyn_actuals"] = [{**row, column: None} for row in seed["msdyn_actuals"]]
    return seed


@contextmanager
def serving(
    emulator: Emulator, *, tls: TlsFiles | None = None, **settings: str
) -> Iterator[Tenant]:
    server_of = emulator.serve(port=0, tls=tls)
    with closing(emulator), server_of as server, TemporaryDirectory() as store:
        given = {
            "PROFORMA_SCHEDULE": "0 5 * * * *",
            "PROFORMA__DATAVERSE__URL": server.url,
            "PROFORMA__RUN__TIME_ZONE": "UTC",
            "PROFORMA__RUN__STORE": store,
        }
        yield Tenant(emulator=emulator, settings=given | settings)


@pytest.fixture
def tenant() -> Iterator[Tenant]:
    """The sample tenant, moved so that its first run date is today."""
    emulator = Emulator(seed=moved(sample_seed(), today() - FIRST_RUN_DATE))
    with serving(emulator) as tenant:
        yield tenant


@pytest.fixture
def tls(tmp_path: Path) -> Certificates:
    authority, server = trustme.CA(), tmp_path / "server.pem"
    issued = authority.issue_cert("127.0.0.1")
    issued.private_key_and_cert_chain_pem.write_to_path(server)
    authority.cert_pem.write_to_path(tmp_path / "authority.pem")
    files = TlsFiles(certificate=server, key=server)
    return Certificates(authority=tmp_path / "authority.pem", files=files)


def deployed(settings: Mapping[str, str], runtime: Path) -> DurableHost:
    return DurableHost(APP, settings, runtime)


def events(logs: list[LogLine], name: str) -> list[dict[str, object]]:
    lines = [json.loads(line.message) for line in logs if line.category == "connector.azure"]
    return [line for line in lines if line["event"] == name]


def test_the_timer_takes_its_schedule_from_a_setting_and_never_runs_on_startup(
    runtime: Path,
) -> None:
    with FunctionsHost(APP, {}, runtime) as host:
        host.initialise()
        functions = {function.name: function.bindings for function in host.index()}

    [binding] = [item for item in functions[FUNCTION] if item["type"] == "timerTrigger"]
    assert binding["schedule"] == "%PROFORMA_SCHEDULE%"
    assert binding["runOnStartup"] is False
    assert binding["useMonitor"] is True
    assert {item["type"] for name in STEPS for item in functions[name]} == {"activityTrigger"}
    assert [item["type"] for item in functions["run_order"]] == ["orchestrationTrigger"]


def test_the_status_is_given_to_callers_with_a_function_key_only(runtime: Path) -> None:
    with FunctionsHost(APP, {}, runtime) as host:
        host.initialise()
        functions = {function.name: function.bindings for function in host.index()}

    [trigger] = [item for item in functions["runs"] if item["type"] == "httpTrigger"]
    assert str(trigger["authLevel"]).lower() == "function"
    assert trigger["methods"] == ["GET"]


def test_a_tick_writes_the_drafts_of_today_and_a_second_tick_nothing(
    tenant: Tenant, runtime: Path
) -> None:
    with deployed(tenant.settings, runtime) as host:
        first = host.tick(FUNCTION)
        after_one = tenant.emulator.dump()
        second = host.tick(FUNCTION)

    assert (first.error, second.error) == (None, None)
    assert len(tenant.drafts()) == 1
    assert tenant.emulator.dump() == after_one
    assert [host.worker.returncode for host in host.hosts] == [0]


def test_a_tick_while_a_run_is_under_way_starts_nothing_and_says_so(
    tenant: Tenant, runtime: Path
) -> None:
    with deployed(tenant.settings, runtime) as host:
        host.fire_timer(FUNCTION)
        second = host.fire_timer(FUNCTION)
        started = len(host.orchestrations)
        host.run()
        after = host.tick(FUNCTION)

    assert second.succeeded
    assert started == 1
    [told] = events(host.logs, "run-under-way")
    assert str(told["instance"]).startswith("proforma-127.0.0.1-")
    assert after.error is None
    assert len(events(host.logs, "run-started")) == 2


def test_log_lines_are_json_with_the_run_and_how_late_it_was(tenant: Tenant, runtime: Path) -> None:
    with deployed(tenant.settings, runtime) as host:
        host.fire_timer(FUNCTION, past_due=True)
        host.run()

    [started] = events(host.logs, "run-started")
    [ended] = events(host.logs, "run-ended")
    assert started["past_due"] is True
    assert started["run_date"] == str(today())
    assert started["order"] == ended["order"] == ended["run_id"]
    assert (ended["exit_code"], ended["invoices"], ended["dry_run"]) == (0, 1, False)
    written = {line["invoice_id"] for line in events(host.logs, "invoice")}
    assert written == set(tenant.drafts())


def test_a_dry_run_is_remembered_and_writes_nothing(tenant: Tenant, runtime: Path) -> None:
    before = tenant.emulator.dump()

    with deployed({**tenant.settings, "PROFORMA_DRY_RUN": "true"}, runtime) as host:
        ended = host.tick(FUNCTION)
        [run] = json.loads(host.get("runs")[1])["runs"]

    assert ended.error is None
    assert tenant.emulator.dump() == before
    assert (run["kind"], run["state"], run["invoices"]) == ("preview", "preview", 1)
    [told] = events(host.logs, "run-ended")
    assert told["dry_run"] is True


def test_the_last_runs_are_told_as_json_the_newest_last(tenant: Tenant, runtime: Path) -> None:
    with deployed(tenant.settings, runtime) as host:
        host.tick(FUNCTION)
        time.sleep(1.1)  # ids begin with the second of the tick
        host.tick(FUNCTION)
        every = json.loads(host.get("runs")[1])
        one = json.loads(host.get("runs", last="1")[1])
        refused = host.get("runs", last="all")

    assert every["format"] == "proforma-history/1"
    assert [(run["state"], run["invoices"]) for run in every["runs"]] == [
        ("finished", 1),
        ("finished", 0),
    ]
    assert one["runs"] == every["runs"][1:]
    assert refused == (400, "last: expected a number from 1 to 200")


def test_what_is_measured_reaches_application_insights(tenant: Tenant, runtime: Path) -> None:
    key = "InstrumentationKey=00000000-0000-0000-0000-000000000001"
    with collector() as (address, posted):
        own = {
            "APPLICATIONINSIGHTS_CONNECTION_STRING": f"{key};IngestionEndpoint={address}/",
            "APPLICATIONINSIGHTS_STATSBEAT_DISABLED_ALL": "true",  # the exporter's own telemetry
        }
        with deployed({**tenant.settings, **own}, runtime) as host:
            ended = host.tick(FUNCTION)

    assert ended.error is None
    sent = [body.decode(errors="replace") for bodies in posted.values() for body in bodies]
    names = {name for body in sent for name in re.findall(r'"proforma\.[a-z_.]+"', body)}
    assert names >= {
        *('"proforma.runs"', '"proforma.invoices"', '"proforma.run.duration"'),
        *('"proforma.plan_part"', '"proforma.write_part"'),
    }


@pytest.mark.parametrize(("missed_dates", "drafts"), [("strict", 0), ("catch-up", 1)])
def test_a_missed_date_is_caught_up_where_the_settings_ask_for_it(
    runtime: Path, missed_dates: str, drafts: int
) -> None:
    yesterday = today() - timedelta(days=1)
    emulator = Emulator(seed=moved(sample_seed(), yesterday - FIRST_RUN_DATE))

    with (
        serving(emulator, PROFORMA__RUN__MISSED_DATES=missed_dates) as tenant,
        deployed(tenant.settings, runtime) as host,
    ):
        ended = host.tick(FUNCTION)
        written = tenant.drafts()

    assert ended.error is None
    assert len(written) == drafts


@pytest.mark.parametrize("zone", ["Etc/GMT+12", "Pacific/Kiritimati"])
def test_the_run_date_is_that_of_the_business_time_zone(
    tenant: Tenant, runtime: Path, zone: str
) -> None:
    hours = {"Etc/GMT+12": -12, "Pacific/Kiritimati": 14}[zone]
    there = datetime.now(UTC) + timedelta(hours=hours, minutes=10)

    with deployed({**tenant.settings, "PROFORMA__RUN__TIME_ZONE": zone}, runtime) as host:
        fired = host.fire_timer(FUNCTION)

    assert fired.succeeded, f"{fired.message}\n{fired.stack_trace}"
    [started] = events(host.logs, "run-started")
    assert started["run_date"] in {str(there.date()), str((there + A_MINUTE).date())}


def test_a_contract_that_cannot_be_read_is_named_and_makes_the_orchestration_fail(
    runtime: Path,
) -> None:
    emulator = Emulator(seed=moved(unreadable_seed(), today() - FIRST_RUN_DATE))

    with serving(emulator) as tenant, deployed(tenant.settings, runtime) as host:
        ended = host.tick(FUNCTION)
        written = tenant.drafts()

    failed = events(host.logs, "contract-failed")
    assert ended.error is not None
    assert "left something unwritten" in ended.error
    assert failed
    assert all("msdyn_transactionclassification" in str(line["faults"]) for line in failed)
    assert written == []


@pytest.mark.parametrize(("offered", "succeeds"), [(SECRET, True), ("an-old-" + SECRET, False)])
def test_a_client_secret_signs_in_or_is_refused_and_is_never_shown(
    tls: Certificates, runtime: Path, offered: str, *, succeeds: bool
) -> None:
    client = RegisteredClient(client_id=CLIENT_ID, secret=SECRET)
    options = EmulatorOptions(sign_in=SignInSettings(clients=(client,)))
    emulator = Emulator(seed=sample_seed(), auth=Auth.STRICT, options=options)
    sign_in = {
        "PROFORMA__AUTH__METHOD": "client-secret",
        "PROFORMA__AUTH__TENANT_ID": "11111111-1111-1111-1111-111111111111",
        "PROFORMA__AUTH__CLIENT_ID": CLIENT_ID,
        "PROFORMA__AUTH__CLIENT_SECRET": offered,
        "REQUESTS_CA_BUNDLE": str(tls.authority),
    }

    with serving(emulator, tls=tls.files, **sign_in) as tenant:
        authority = {"PROFORMA__AUTH__AUTHORITY": tenant.settings["PROFORMA__DATAVERSE__URL"]}
        with deployed({**tenant.settings, **authority}, runtime) as host:
            ended = host.tick(FUNCTION)

    lines = (line.message for line in host.logs)
    said = "\n".join([str(ended.error), json.dumps(ended.history), *lines])
    assert (ended.error is None) is succeeds, said
    assert SECRET not in said
    assert succeeds or "AADSTS7000215" in str(ended.error)
    assert succeeds or len(ended.activities("open_order")) == 1, "what is refused is not repeated"


def test_a_setting_that_is_missing_is_named(runtime: Path) -> None:
    with deployed({"PROFORMA__RUN__TIME_ZONE": "UTC"}, runtime) as host:
        outcome = host.fire_timer(FUNCTION)

    assert not outcome.succeeded
    assert "[dataverse]" in outcome.message
    assert "url" in outcome.message
