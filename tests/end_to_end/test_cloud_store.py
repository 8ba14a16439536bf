"""
Runs kept in a container: real commands on several machines, one store, and no state of their own.

A machine is an empty folder with a process in it. What only Azurite can play, the service plays.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from azure.storage.blob import BlobLeaseClient, generate_container_sas

from connector.emulator import LimitSettings
from connector.runs.lease import record_in
from tests.azurite.relay import relayed
from tests.azurite.server import ACCOUNT, KEY
from tests.end_to_end.copies import copies
from tests.end_to_end.tenant import serving
from tests.reliability.undisturbed import content, violations

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from azure.storage.blob import ContainerClient

    from connector.runs.lease import LeaseRecord
    from tests.azurite.server import Azurite
    from tests.end_to_end.tenant import TestTenant

pytestmark = pytest.mark.cloud

#: Two contracts are due on it; a run sends ten requests, the seventh and eighth write the drafts.
DAY = date(2020, 10, 7)
#: Each copy of the sample tenant has three drafts on it.
BUSY_DAY = date(2020, 11, 20)
PATIENCE = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """What a command left."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        return json.loads(self.out)


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """A folder in which commands run, with what the settings are there."""

    folder: Path
    settings: dict[str, str]

    def starts(self, *words: str) -> subprocess.Popen[str]:
        self.folder.mkdir(exist_ok=True)
        return subprocess.Popen(
            [sys.executable, "-m", "connector", *words],
            cwd=self.folder,
            env={**os.environ, "PYTHONPATH": str(Path.cwd()), **self.settings},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def does(self, *words: str) -> Ended:
        return ended(self.starts(*words))

    @property
    def own_files(self) -> list[str]:
        return [str(path) for path in self.folder.rglob("*")]


def ended(process: subprocess.Popen[str]) -> Ended:
    out, err = process.communicate(timeout=PATIENCE * 2)
    return Ended(code=process.returncode, out=out, err=err)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cloud:
    """One tenant, one container, and as many machines as are asked for."""

    tenant: TestTenant
    container: ContainerClient
    folder: Path

    def machine(self, name: str, **settings: str) -> Machine:
        usual = {
            "PROFORMA__DATAVERSE__URL": self.tenant.url,
            "PROFORMA__RUN__TIME_ZONE": "UTC",
            "PROFORMA__RUN__STORE": str(self.container.url),
        }
        own = {f"PROFORMA__{key}": value for key, value in settings.items()}
        return Machine(folder=self.folder / name, settings=usual | own)

    def holder(self) -> LeaseRecord | None:
        """Who stands in the lease of the tenant, if anybody has ever held it."""
        found = [blob for blob in self.container.list_blob_names() if blob.endswith("lease.json")]
        return record_in(self.container.download_blob(found[0]).readall()) if found else None

    def keeps(self, name: str) -> bool:
        """Whether some run has a file of this name."""
        return any(blob.endswith(f"/{name}") for blob in self.container.list_blob_names())

    def break_lease(self) -> None:
        """What an operator does: `az storage blob lease break`."""
        [name] = [blob for blob in self.container.list_blob_names() if blob.endswith("lease.json")]
        BlobLeaseClient(self.container.get_blob_client(name)).break_lease(0)

    def slow(self, seconds: float) -> None:
        """Each request to the tenant takes so long; what was sent so far is forgotten."""
        self.tenant.emulator.limits.configure(LimitSettings(latency=seconds))
        self.tenant.emulator.app.parts.trace.clear()

    def wait_for(self, requests: int, process: subprocess.Popen[str]) -> None:
        """Until the tenant has answered so often."""
        wait_until(lambda: len(self.tenant.emulator.trace) >= requests, process)


def wait_until(has_come: Callable[[], bool], process: subprocess.Popen[str]) -> None:
    """Until something has come while *process* runs."""
    end = time.monotonic() + PATIENCE
    while not has_come():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < end
        time.sleep(0.005)


@pytest.fixture
def cloud(container: ContainerClient, tmp_path: Path) -> Iterator[Cloud]:
    with serving(tmp_path) as tenant:
        yield Cloud(tenant=tenant, container=container, folder=tmp_path)


@contextmanager
def ending(process: subprocess.Popen[str]) -> Iterator[subprocess.Popen[str]]:
    """No process outlives its test."""
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
            process.communicate()


def undisturbed(cloud: Cloud) -> Any:
    """What one run alone leaves in the tenant, which is then as it was before."""
    emulator = cloud.tenant.emulator
    before = emulator.snapshot()
    cloud.tenant.run(DAY)
    expected = content(cloud.tenant)
    emulator.restore(before)
    return expected


def test_a_run_is_listed_shown_and_taken_back_from_other_machines(cloud: Cloud) -> None:
    before = content(cloud.tenant)
    run = cloud.machine("one").does("run", "--run-date", str(DAY), "--json")
    assert run.code == 0, run.err
    run_id = run.document["run_id"]
    assert len(cloud.tenant.rows("invoices")) == 2

    [listed] = cloud.machine("two").does("runs", "--json").document["runs"]
    shown = cloud.machine("three").does("runs", "show", run_id, "--json")
    assert (listed["run_id"], listed["state"]) == (run_id, "finished")
    assert shown.document["invoices"] == run.document["invoices"]

    fourth = cloud.machine("four")
    asked = fourth.does("undo", run_id)
    assert (asked.code, len(cloud.tenant.rows("invoices"))) == (2, 2)
    undone = fourth.does("undo", run_id, "--yes")
    assert undone.code == 0, undone.err
    assert content(cloud.tenant) == before
    states = {r["run_id"]: r["state"] for r in fourth.does("runs", "--json").document["runs"]}
    assert states[run_id] == "undone"
    assert fourth.own_files == []


@pytest.mark.parametrize("point", [3, 6, 7, 8, 9])
def test_a_run_that_is_killed_is_finished_from_another_machine(cloud: Cloud, point: int) -> None:
    expected = undisturbed(cloud)
    cloud.slow(0.1)
    with ending(cloud.machine("one").starts("run", "--run-date", str(DAY))) as process:
        cloud.wait_for(point, process)
        process.kill()
        process.communicate()
    dead = cloud.holder()
    assert dead is not None
    time.sleep(0.5)  # what was on its way to the tenant arrives
    cloud.slow(0)

    other = cloud.machine("two")
    refused = other.does("run", "--run-date", str(DAY), "--json")
    assert refused.code == 5
    assert f"run {dead.run_id} on {dead.host}" in refused.out
    assert "its lease ends within 60 seconds" in refused.out
    cloud.break_lease()
    taken_up = other.does("run", "--run-date", str(DAY), "--json")

    assert taken_up.code == 0, taken_up.err
    assert content(cloud.tenant) == expected
    assert violations(cloud.tenant) == []
    after = cloud.holder()
    assert after is not None
    assert after.epoch == dead.epoch + 1
    states = {r["run_id"]: r["state"] for r in other.does("runs", "--json").document["runs"]}
    assert states[dead.run_id] in ("finished", "stopped")
    assert "unfinished" not in states.values()


def test_a_run_whose_lease_is_broken_stops_and_another_one_finishes(cloud: Cloud) -> None:
    expected = undisturbed(cloud)
    cloud.slow(1.2)
    one = cloud.machine("one", DATAVERSE__WORKERS="1")
    with ending(one.starts("run", "--run-date", str(DAY), "--json")) as process:
        cloud.wait_for(7, process)
        cloud.break_lease()
        stopped = ended(process)
    cloud.slow(0)

    assert stopped.code == 5, stopped.err
    assert "has lost the lease of the tenant" in stopped.out
    # The break meets the run before its first change set, or between that and the second one.
    assert len(cloud.tenant.rows("invoices")) < 2
    finished = cloud.machine("two").does("run", "--run-date", str(DAY), "--json")
    assert finished.code == 0, finished.err
    assert content(cloud.tenant) == expected


def test_a_run_that_loses_its_store_stops_before_another_could_have_the_lease(
    azurite: Azurite, container: ContainerClient, tmp_path: Path
) -> None:
    """The real minute: the network to the store goes for good while a long run writes."""
    with serving(tmp_path, seed=copies(8)) as tenant, relayed(azurite.blobs) as relay:
        cloud = Cloud(tenant=tenant, container=container, folder=tmp_path)
        one = cloud.machine(
            "one",
            DATAVERSE__WORKERS="1",
            RUN__STORE=f"{relay.url}/{container.container_name}",
        )
        cloud.slow(0.2)
        with ending(one.starts("run", "--run-date", str(BUSY_DAY), "--json")) as process:
            wait_until(lambda: len(tenant.rows("invoices")) >= 2, process)
            cloud.slow(4)
            relay.is_cut = True
            cut = time.monotonic()
            last, written = cut, len(tenant.rows("invoices"))
            while process.poll() is None:
                if len(tenant.rows("invoices")) > written:
                    last, written = time.monotonic(), len(tenant.rows("invoices"))
                time.sleep(0.05)
            stopped = ended(process)

        assert stopped.code == 5, stopped.err
        assert "it could not be renewed in time" in stopped.out
        assert 2 <= written < 24
        assert last - cut < 60  # before the service could give the lease to another
        cloud.slow(0)
        time.sleep(max(0.0, cut + 61 - time.monotonic()))  # the service ends the lease by itself
        other = cloud.machine("two").does("run", "--run-date", str(BUSY_DAY), "--json")

        assert other.code == 0, other.err
        assert len(tenant.rows("invoices")) == 24
        assert violations(tenant) == []


def test_of_two_commands_at_once_one_runs_and_the_other_is_told(cloud: Cloud) -> None:
    expected = undisturbed(cloud)
    cloud.slow(0.1)
    with ending(cloud.machine("one").starts("run", "--run-date", str(DAY), "--json")) as process:
        cloud.wait_for(5, process)
        process.send_signal(signal.SIGSTOP)  # it holds the lease as long as it lasts
        second = cloud.machine("two").does("run", "--run-date", str(DAY), "--json")
        process.send_signal(signal.SIGCONT)
        first = ended(process)

    assert (first.code, second.code) == (0, 5), (first.err, second.err)
    assert f"run {first.document['run_id']} on" in second.out
    assert content(cloud.tenant) == expected


def test_a_run_that_stood_still_while_another_took_over_stops_when_it_goes_on(
    cloud: Cloud,
) -> None:
    expected = undisturbed(cloud)
    cloud.slow(0.5)
    with ending(cloud.machine("one").starts("run", "--run-date", str(DAY), "--json")) as process:
        wait_until(lambda: cloud.keeps("manifest.json"), process)  # it is about to write
        process.send_signal(signal.SIGSTOP)
        cloud.break_lease()  # instead of waiting until the service ends it
        cloud.slow(0)
        other = cloud.machine("two").does("run", "--run-date", str(DAY), "--json")
        process.send_signal(signal.SIGCONT)
        stopped = ended(process)

    assert (other.code, stopped.code) == (0, 5), (other.err, stopped.err)
    assert "has lost the lease of the tenant" in stopped.out
    assert content(cloud.tenant) == expected
    assert violations(cloud.tenant) == []


def test_a_key_or_a_signature_opens_the_store_and_is_never_shown(cloud: Cloud) -> None:
    name = str(cloud.container.container_name)
    ends = datetime(2100, 1, 1, tzinfo=UTC)
    signature = generate_container_sas(
        ACCOUNT, name, account_key=KEY, permission="racwdl", expiry=ends
    )
    reading = generate_container_sas(ACCOUNT, name, account_key=KEY, permission="rl", expiry=ends)
    signed = f"{cloud.container.url}?{signature}"
    verbose = ("-v", "--log-format", "json")

    by_signature = cloud.machine("signed", RUN__STORE=signed)
    by_key = cloud.machine("keyed", RUN__STORE_KEY=KEY)
    reader = cloud.machine("reader", RUN__STORE=f"{cloud.container.url}?{reading}")
    done = by_signature.does("run", "--run-date", str(DAY), "--json", *verbose)
    seen = by_key.does("runs", "--json", *verbose)
    read = reader.does("runs", "--json", *verbose)
    refused = reader.does("run", "--run-date", str(DAY), "--json", *verbose)

    assert (done.code, seen.code, read.code, refused.code) == (0, 0, 0, 4), refused.out
    assert "a signature the permissions racwdl" in refused.out
    for said in (done, seen, read, refused):
        for secret in (KEY, *(text.partition("sig=")[2] for text in (signature, reading))):
            assert secret
            assert secret not in said.out + said.err


@pytest.mark.parametrize(
    ("settings", "code", "said"),
    [
        ({"RUN__STORE_KEY": "aHVzaC1odXNo"}, 4, "does not accept how this program signs in"),
        ({"RUN__STORE": "{account}/missing"}, 2, "there is no container 'missing'"),
        ({"RUN__STORE": "{account}/Missing"}, 2, "'Missing' is no name of a container"),
        ({"RUN__STORE": "{account}/a/b"}, 2, "has 3 pieces after its host"),
        ({"RUN__STORE": "http://storage.contoso.com/runs"}, 2, "plain http is for a loopback host"),
        ({"RUN__STORE": "http://127.0.0.1:9/devstoreaccount1/runs"}, 4, "nothing answers at"),
        (
            {"RUN__STORE": "https://acme.blob.core.invalid/runs", "RUN__STORE_KEY": "aHVzaA=="},
            4,
            "no address is known for acme.blob.core.invalid: is 'acme' the storage account's name?",
        ),
    ],
)
def test_a_store_that_cannot_be_used_is_one_message_and_nothing_is_written(
    cloud: Cloud, settings: dict[str, str], code: int, said: str
) -> None:
    account = str(cloud.container.url).rpartition("/")[0]
    given = {key: value.replace("{account}", account) for key, value in settings.items()}
    machine = cloud.machine("one", **given)

    for words in (("runs",), ("run", "--run-date", str(DAY))):
        answer = machine.does(*words, "--json")
        assert (answer.code, answer.document["format"]) == (code, "proforma-error/1"), answer.err
        assert said in answer.out
        assert "Traceback" not in answer.err
        assert "aHVza" not in answer.out + answer.err
    assert cloud.tenant.rows("invoices") == ()


def test_old_runs_go_after_a_run(cloud: Cloud) -> None:
    machine = cloud.machine("one")
    first = machine.does("run", "--run-date", str(DAY), "--json").document["run_id"]
    begun = cloud.container.get_blob_client(f"runs/{first}/run.json")
    text = json.loads(begun.download_blob().readall())
    text["began"] = "2020-10-07T06:00:00Z"
    begun.upload_blob(json.dumps(text), overwrite=True)

    kept = cloud.machine("two", RUN__RETENTION_DAYS="36500")
    assert kept.does("run", "--run-date", str(DAY)).code == 0
    assert len(kept.does("runs", "--json").document["runs"]) == 2
    forgetting = cloud.machine("three", RUN__RETENTION_DAYS="30")
    assert forgetting.does("run", "--run-date", str(DAY)).code == 0

    ids = [run["run_id"] for run in forgetting.does("runs", "--json").document["runs"]]
    assert len(ids) == 2
    assert first not in ids
    assert forgetting.does("undo", first, "--yes").code == 2
