"""Settings come from a file and the environment, and every fault in them is reported at once."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from connector.dataverse.auth import AuthMethod
from connector.errors import ExitCode
from connector.invoicing.policy import Bounds, Cutoff, MissedDates, Policy
from connector.settings.load import ConfigError, LogFormat, Settings, load_settings

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

LOOPBACK = '[dataverse]\nurl = "http://127.0.0.1:8742"\n'
TENANT = """
[dataverse]
url = "https://contoso.crm4.dynamics.com"
[auth]
method = "client-secret"
tenant_id = "contoso"
client_id = "proforma"
client_secret = "hush-hush"
"""


@pytest.fixture(autouse=True)
def in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    monkeypatch.chdir(folder)


def load(path: Path | None, environ: Mapping[str, str]) -> Settings:
    """The settings with a business time zone, which has no default."""
    return load_settings(path, {"PROFORMA__RUN__TIME_ZONE": "UTC"} | dict(environ))


def written(folder: Path, text: str) -> Path:
    path = folder / "config.toml"
    path.write_text(text, encoding="utf-8")
    return path


def faults(path: Path | None, environ: Mapping[str, str] | None = None) -> tuple[str, ...]:
    with pytest.raises(ConfigError) as caught:
        load(path, environ or {})
    assert caught.value.exit_code is ExitCode.USAGE
    return caught.value.faults


def fault(path: Path | None, environ: Mapping[str, str] | None = None) -> str:
    [only] = faults(path, environ)
    return only


def test_a_business_time_zone_is_asked_for_because_a_wrong_one_bills_a_wrong_day(
    tmp_path: Path,
) -> None:
    with pytest.raises(ConfigError) as caught:
        load_settings(written(tmp_path, LOOPBACK), {})

    [only] = caught.value.faults
    assert only.startswith("[run] time_zone: missing; set it in the file or as PROFORMA__RUN__")
    assert "such as Europe/Berlin" in only


def test_a_url_and_a_zone_are_all_that_a_run_against_the_emulator_needs(tmp_path: Path) -> None:
    settings = load(written(tmp_path, LOOPBACK), {})

    assert settings.dataverse.url == "http://127.0.0.1:8742"
    assert settings.auth.method is AuthMethod.NONE
    assert settings.policy == Policy()
    assert settings.bounds == Bounds()


def test_policy_bounds_and_missed_dates_reach_the_rules_as_their_own_values(
    tmp_path: Path,
) -> None:
    text = (
        '[run]\nmissed_dates = "catch-up"\ncatch_up_days = 9\n[policy]\ncutoff = "created-before"\n'
        '[bounds]\namount_per_invoice = 99.95\namount_per_run = "1e6"\ninvoices_per_run = 3\n'
        'lowest_amount_per_invoice = 0\nmonths_ahead = "off"\n'
    )

    settings = load(written(tmp_path, LOOPBACK + text), {})

    assert settings.policy == Policy(
        cutoff=Cutoff.CREATED_BEFORE, missed_dates=MissedDates.CATCH_UP, catch_up_days=9
    )
    assert settings.bounds == Bounds(
        amount_per_invoice=Decimal("99.95"),
        lowest_amount_per_invoice=Decimal(0),
        amount_per_run=Decimal(1_000_000),
        invoices_per_run=3,
        months_ahead=None,
    )


def test_a_variable_of_the_environment_has_the_last_word(tmp_path: Path) -> None:
    environ = {
        "PROFORMA__DATAVERSE__WORKERS": "3",
        "PROFORMA__DATAVERSE__OWNER": "b3e6a1de-52a4-4c60-9d41-2f4f5f0d1a11",
        "PROFORMA__LOG__FORMAT": "json",
        "PROFORMA__BOUNDS__AMOUNT_PER_RUN": "12.50",
        "PROFORMA__BOUNDS__MONTHS_AHEAD": "off",
        "PROFORMA__RUN__STORE": "",
        "PROFORMA_UNRELATED": "kept out",
    }

    settings = load(written(tmp_path, f"{LOOPBACK}workers = 5\n"), environ)

    assert settings.dataverse.workers == 3
    assert settings.dataverse.owner == UUID("b3e6a1de-52a4-4c60-9d41-2f4f5f0d1a11")
    assert settings.log.format is LogFormat.JSON
    assert settings.bounds.amount_per_run == Decimal("12.50")
    assert settings.bounds.months_ahead is None
    assert settings.run.store == "proforma-runs"


def test_the_environment_alone_is_enough() -> None:
    environ = {"PROFORMA__DATAVERSE__URL": "http://localhost:1", "PROFORMA__RUN__STORE": "runs"}

    settings = load(None, environ)

    assert settings.dataverse.url == "http://localhost:1"
    assert settings.run.store == "runs"


def test_config_toml_of_the_working_folder_comes_before_the_variable(tmp_path: Path) -> None:
    named = tmp_path / "named.toml"
    named.write_text(f"{LOOPBACK}workers = 7\n", encoding="utf-8")
    environ = {"PROFORMA_CONFIG": str(named)}

    without = load(None, environ)
    written(tmp_path / "elsewhere", f"{LOOPBACK}workers = 2\n")

    assert without.dataverse.workers == 7
    assert load(None, environ).dataverse.workers == 2


def test_a_relative_path_is_meant_from_the_folder_of_the_file(tmp_path: Path) -> None:
    (tmp_path / "ours.toml").touch()
    path = written(tmp_path, f'{LOOPBACK}mapping = "ours.toml"\n[run]\nstore = "runs"\n')

    settings = load(path, {})

    assert settings.dataverse.mapping == tmp_path / "ours.toml"
    assert settings.run.store == str(tmp_path / "runs")


def test_a_blob_container_stays_a_url(tmp_path: Path) -> None:
    path = written(tmp_path, f'{LOOPBACK}[run]\nstore = "https://x.blob.core.windows.net/runs"\n')

    run = load(path, {}).run

    assert run.store == "https://x.blob.core.windows.net/runs"
    assert run.is_store_remote


SIGNATURE = "sv=2024-11-04&sp=rwdlac&sig=hush%2Bhush%3D"


def test_a_signature_in_the_address_of_the_store_is_seen_by_nobody(tmp_path: Path) -> None:
    address = f"https://acme.blob.core.windows.net/runs?{SIGNATURE}"

    settings = load(written(tmp_path, f'{LOOPBACK}[run]\nstore = "{address}"\n'), {})

    assert settings.run.store == "https://acme.blob.core.windows.net/runs"
    assert settings.run.store_sas is not None
    assert settings.run.store_sas.get_secret_value() == SIGNATURE
    assert "hush" not in repr(settings) + str(settings) + str(settings.run.model_dump())


@pytest.mark.parametrize(
    ("store", "more", "said"),
    [
        (
            "https://acme.blob.core.windows.net/a/b",
            "",
            "[run] store: 'https://acme.blob.core.windows.net/a/b' has 2 pieces after its host",
        ),
        ("http://acme.com/runs", "", "[run] store: plain http is for a loopback host only"),
        ("acme.blob.core.windows.net/runs", "", "lacks its https://"),
        (
            f"https://acme.blob.core.windows.net/Runs?{SIGNATURE}",
            "",
            "[run] store: 'Runs' is no name of a container",
        ),
        (
            "https://acme.blob.core.windows.net/runs?hush",
            "",
            "[run]: the address has a query that is no shared access signature",
        ),
        (
            f"https://acme.blob.core.windows.net/runs?{SIGNATURE}",
            'store_sas = "sig=hush"\n',
            "[run]: store has a shared access signature in its address, and store_sas another one",
        ),
        (
            f"https://acme.blob.core.windows.net/runs?{SIGNATURE}",
            'store_key = "aHVzaA=="\n',
            "[run]: store_key and store_sas are two ways to open the store",
        ),
        (
            "https://acme.blob.core.windows.net/runs",
            'store_key = "hush, no base64"\n',
            "[run] store_key: expected an account key as the portal shows it",
        ),
        (
            "https://acme.blob.core.windows.net/runs",
            "store_sas = 1234567\n",
            "[run] store_sas: input should be a valid string",
        ),
        (
            "http://127.0.0.1:10000/mine/runs",
            "",
            "[run]: plain http carries no token: http://127.0.0.1:10000/mine/runs needs store_key",
        ),
        (
            "https://acme.blob.core.windows.net/runs",
            "retention_days = 0\n",
            "[run] retention_days: input should be greater than or equal to 1, not 0",
        ),
    ],
)
def test_a_store_that_cannot_be_opened_is_refused_without_its_secrets(
    tmp_path: Path, store: str, more: str, said: str
) -> None:
    path = written(tmp_path, f'{LOOPBACK}[run]\nstore = "{store}"\n{more}')

    message = fault(path)

    assert said in message
    assert "hush" not in message
    assert "1234567" not in message


def test_the_client_gets_the_sign_in_with_its_secret_and_nobody_else_sees_it(
    tmp_path: Path,
) -> None:
    settings = load(written(tmp_path, TENANT), {})

    assert settings.auth.sign_in.client_secret == "hush-hush"
    assert settings.auth.sign_in.method is AuthMethod.CLIENT_SECRET
    assert "hush" not in repr(settings) + str(settings) + repr(settings.auth.sign_in)


def test_all_faults_are_reported_at_once_with_file_and_key(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        'loose = 1\n[dataverse]\nurl = "http://contoso.com"\nworkers = "8"\nworker = 1\n'
        '[auht]\nmethod = "none"\n[run]\ntime_zone = "Europe/Berln"\n'
        '[policy]\ncutoff = "sometimes"\n[bounds]\namount_per_run = "much"\nmonths_ahead = -1\n',
    )

    assert faults(path, {"PROFORMA__RUN__TIME_ZONE": ""}) == (
        f"{path}: loose: expected inside a section such as [dataverse]",
        f"{path}: [dataverse] worker: key 'worker' is unknown; the nearest known one is 'workers'",
        f"{path}: [auht] method: section 'auht' is unknown; the nearest known one is 'auth'",
        (
            f"{path}: [dataverse] url: plain http is for a loopback host only; use https,"
            " not 'http://contoso.com'"
        ),
        f"{path}: [dataverse] workers: input should be a valid integer, not '8'",
        (
            f"{path}: [run] time_zone: unknown time zone 'Europe/Berln';"
            " expected a name such as Europe/Berlin or UTC"
        ),
        (
            f"{path}: [policy] cutoff: input should be 'on-or-before', 'transaction-before' or"
            " 'created-before', not 'sometimes'"
        ),
        f"{path}: [bounds] amount_per_run: input should be a valid decimal, not 'much'",
        f"{path}: [bounds] months_ahead: input should be greater than 0, not -1",
    )


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    assert fault(tmp_path / "no.toml") == (
        f"{tmp_path / 'no.toml'}: cannot be read: No such file or directory"
    )


def test_a_folder_in_place_of_a_file_is_refused(tmp_path: Path) -> None:
    assert "cannot be read" in fault(tmp_path)


def test_malformed_toml_is_refused_with_its_line(tmp_path: Path) -> None:
    path = written(tmp_path, '[dataverse]\nurl = "http://127.0.0.1:1"\nworkers ==\n')

    assert fault(path).startswith(f"{path}: is not TOML: ")
    assert "line 3" in fault(path)


def test_a_path_of_windows_in_double_quotes_is_refused_with_what_to_write(tmp_path: Path) -> None:
    """`\\U` begins an escape that TOML refuses, `\\r` one that it takes for a line end."""
    refused = written(tmp_path, LOOPBACK + '[run]\nstore = "C:\\Users\\me"\n')
    assert fault(refused).startswith(f"{refused}: is not TOML: ")
    assert fault(refused).endswith(r"is written in single quotes: 'C:\proforma\runs'")

    taken = written(tmp_path, LOOPBACK + '[run]\nstore = "C:\\runs"\n')
    assert fault(taken) == (
        f"{taken}: [run] store: 'C:\\runs' holds a control character;"
        r" a path of Windows is written in single quotes: 'C:\proforma\runs'"
    )


def test_a_path_of_windows_in_single_quotes_is_taken_as_it_is(tmp_path: Path) -> None:
    path = written(tmp_path, LOOPBACK + "[run]\nstore = 'C:\\runs\\new'\n")

    assert load(path, {}).run.store.endswith(r"C:\runs\new")


def test_text_that_is_not_utf8_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "latin.toml"
    path.write_bytes(b'[dataverse]\nurl = "\xe9"\n')

    assert fault(path) == f"{path}: is not UTF-8 text"


def test_without_any_setting_the_missing_address_is_asked_for() -> None:
    assert fault(None) == (
        "[dataverse] url: missing; set it in the file or as PROFORMA__DATAVERSE__URL"
    )


@pytest.mark.parametrize(
    "url",
    [
        "contoso.crm4.dynamics.com",
        "ftp://contoso.com",
        "https://",
        "https://contoso.com/path",
        "https://contoso.com?a=b",
        "",
    ],
)
def test_an_address_that_is_no_environment_is_refused(tmp_path: Path, url: str) -> None:
    assert "expected an address such as https://contoso.crm4.dynamics.com" in fault(
        written(tmp_path, f'[dataverse]\nurl = "{url}"\n')
    )


@pytest.mark.parametrize("host", ["127.0.0.1:8080", "localhost", "[::1]:9", "127.9.9.9"])
def test_plain_http_is_accepted_for_this_machine(tmp_path: Path, host: str) -> None:
    settings = load(written(tmp_path, f'[dataverse]\nurl = "http://{host}/"\n'), {})

    assert settings.dataverse.url == f"http://{host}"


@pytest.mark.parametrize("host", ["127.0.0.1.evil.com", "localhost.evil.com", "10.0.0.1"])
def test_a_host_that_only_looks_like_this_machine_needs_https(tmp_path: Path, host: str) -> None:
    assert "plain http" in fault(written(tmp_path, f'[dataverse]\nurl = "http://{host}"\n'))


def test_a_password_in_the_address_is_refused_and_not_repeated(tmp_path: Path) -> None:
    message = fault(written(tmp_path, '[dataverse]\nurl = "https://me:hush@contoso.com"\n'))

    assert "must not carry a user name or password" in message
    assert "hush" not in message


def test_signing_in_by_nothing_is_for_this_machine_only(tmp_path: Path) -> None:
    path = written(tmp_path, '[dataverse]\nurl = "https://contoso.crm4.dynamics.com"\n')

    assert fault(path).startswith("[auth] method: 'none' is for a loopback host only")


@pytest.mark.parametrize(
    ("method", "needed"),
    [
        ("client-secret", "tenant_id, client_id, client_secret"),
        ("certificate", "tenant_id, client_id, certificate"),
        ("device-code", "tenant_id, client_id"),
    ],
)
def test_an_incomplete_sign_in_names_the_keys_that_it_needs(
    tmp_path: Path, method: str, needed: str
) -> None:
    path = written(tmp_path, f'{LOOPBACK}[auth]\nmethod = "{method}"\n')

    assert fault(path) == f"[auth]: method {method!r} also needs {needed}"


def test_files_that_do_not_exist_are_named(tmp_path: Path) -> None:
    text = f'{LOOPBACK}mapping = "no.toml"\n[auth]\ncertificate = "no.pem"\n'

    assert faults(written(tmp_path, text)) == (
        f"[dataverse] mapping: there is no file {tmp_path / 'no.toml'}",
        f"[auth] certificate: there is no file {tmp_path / 'no.pem'}",
    )


def test_a_fault_beside_a_secret_does_not_show_it(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        f'{LOOPBACK}[auth]\nmethod = "client-secret"\nclient_secret = "hush-hush"\n'
        "certificate_password = 12345\ntenant = 1\n",
    )

    text = "\n".join(faults(path))

    assert "certificate_password: input should be a valid string" in text
    assert "hush" not in text
    assert "12345" not in text


def test_an_unknown_variable_is_refused_like_an_unknown_key(tmp_path: Path) -> None:
    environ = {"PROFORMA__RUN__TIMEZONE": "UTC", "PROFORMA__URL": "x"}

    assert faults(written(tmp_path, LOOPBACK), environ) == (
        "environment: PROFORMA__URL: expected PROFORMA__SECTION__KEY",
        (
            "environment: PROFORMA__RUN__TIMEZONE: key 'timezone' is unknown;"
            " the nearest known one is 'time_zone'"
        ),
    )


def test_settings_that_were_loaded_cannot_be_changed(tmp_path: Path) -> None:
    settings = load(written(tmp_path, LOOPBACK), {})

    with pytest.raises(ValueError, match="frozen"):
        settings.dataverse.workers = 9
