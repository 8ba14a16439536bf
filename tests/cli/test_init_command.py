"""`init` asks or takes flags, tries them, and writes a file that loads."""

from __future__ import annotations

import io
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import trustme

from connector.emulator import (
    Emulator,
    EmulatorOptions,
    RegisteredClient,
    SignInSettings,
    TlsFiles,
)
from connector.sample_tenant import sample_seed
from connector.settings.load import load_settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cli.conftest import Ended, Tenant

    Proforma = Callable[..., Ended]

#: The platform's code of W. Europe Standard Time.
BERLIN = 110
OUT = Path("config.toml")
SECRET = "PROFORMA__AUTH__CLIENT_SECRET"
APPLICATION = ("--tenant-id", "11111111-2222-3333-4444-555555555555", "--client-id", "app")


class Terminal(io.StringIO):
    """Somebody who types."""

    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def without_overruling_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PROFORMA__RUN__TIME_ZONE")


def url_of(tenant: Tenant) -> str:
    document = tomllib.loads(tenant.config.read_text(encoding="utf-8"))
    return str(document["dataverse"]["url"])


def keep_zone(tenant: Tenant, code: int) -> None:
    """Let every person of the tenant keep one time zone."""
    user = tenant.emulator.rows("systemusers")[0]["systemuserid"]
    people = {"systemusers": [{"systemuserid": user, "accessmode": 0, "isdisabled": False}]}
    settings = {"usersettingscollection": [{"systemuserid": user, "timezonecode": code}]}
    tenant.emulator.seed(people, settings)


def test_flags_alone_make_a_file_that_loads_and_works(proforma: Proforma, tenant: Tenant) -> None:
    ended = proforma("init", "--url", url_of(tenant), "--method", "none", "--time-zone", "UTC")

    assert (ended.code, ended.out.splitlines()[0]) == (0, "config.toml written")
    settings = load_settings(OUT, {})
    assert settings.dataverse.url == url_of(tenant)
    assert settings.run.zone.key == "UTC"
    assert "signed in as user" in ended.err
    assert proforma("run", "--run-date", "2020-10-05", "--dry-run").code == 0


def test_a_file_that_exists_is_left_alone_unless_told(proforma: Proforma, tenant: Tenant) -> None:
    OUT.write_text("mine", encoding="utf-8")
    flags = ("--url", url_of(tenant), "--method", "none", "--time-zone", "UTC")

    refused = proforma("init", *flags)

    assert refused.code == 2
    assert "exists already; --force" in refused.err
    assert OUT.read_text(encoding="utf-8") == "mine"
    assert proforma("init", *flags, "--force").code == 0
    assert load_settings(OUT, {}).run.zone.key == "UTC"


def test_what_nobody_can_be_asked_for_is_named_in_one_message(
    proforma: Proforma, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO())

    ended = proforma("init", "--method", "client-secret", "--time-zone", "UTC")

    assert ended.code == 2
    assert f"missing: --url, --tenant-id, --client-id, the variable {SECRET}" in ended.err
    assert not OUT.exists()


@pytest.mark.usefixtures("attempts_without_waits")
def test_a_sign_in_that_does_not_work_writes_nothing(proforma: Proforma) -> None:
    flags = ("--url", "http://127.0.0.1:9", "--method", "none", "--time-zone", "UTC")

    ended = proforma("init", *flags)

    assert ended.code == 4
    assert "nothing was written; --untried" in ended.err
    assert not OUT.exists()
    assert proforma("init", *flags, "--untried").code == 0
    assert OUT.exists()


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (("--url", "contoso", "--time-zone", "UTC"), "expected an address such as https://"),
        (("--url", "http://127.0.0.1:9", "--time-zone", "Berlin"), "unknown time zone 'Berlin'"),
        (("--url", "https://contoso.crm.dynamics.com", "--time-zone", "UTC"), "'none' is for"),
    ],
)
def test_answers_that_cannot_be_used_are_a_clear_message(
    proforma: Proforma, flags: tuple[str, ...], said: str
) -> None:
    ended = proforma("init", "--method", "none", *flags, "--untried")

    assert ended.code == 2
    assert said in ended.err
    assert not OUT.exists()


def test_a_folder_that_is_not_there_is_said_before_anything_is_asked(proforma: Proforma) -> None:
    ended = proforma("init", "--out", "nowhere/config.toml")

    assert ended.code == 2
    assert "its folder does not exist" in ended.err


def test_no_secret_is_written_unless_asked(
    proforma: Proforma, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(SECRET, "s3cr3t")
    flags = ("--url", "https://contoso.crm.dynamics.com", "--method", "client-secret")
    common = ("init", *flags, *APPLICATION, "--time-zone", "UTC", "--untried")

    ended = proforma(*common)

    assert ended.code == 0
    assert f"set {SECRET} where proforma runs" in ended.out
    assert "s3cr3t" not in OUT.read_text(encoding="utf-8") + ended.out + ended.err
    assert load_settings(OUT, {SECRET: "s3cr3t"}).auth.client_id == "app"
    asked_for = proforma(*common, "--write-secret", "--force")
    secret = load_settings(OUT, {}).auth.client_secret
    assert secret is not None
    assert secret.get_secret_value() == "s3cr3t"
    assert "s3cr3t" not in asked_for.out + asked_for.err
    assert OUT.stat().st_mode & 0o077 == 0


def test_somebody_at_the_terminal_is_asked_and_offered_the_users_own_zone(
    proforma: Proforma, tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep_zone(tenant, BERLIN)
    monkeypatch.setattr("sys.stdin", Terminal(f"{url_of(tenant)}\nnone\n\n"))

    ended = proforma("init")

    assert ended.code == 0
    assert load_settings(OUT, {}).run.zone.key == "Europe/Berlin"
    assert "1 of 1 users looked at keep 'W. Europe Standard Time' (Europe/Berlin)" in ended.err
    assert "warning" not in ended.err


def test_a_zone_that_is_not_the_users_is_written_with_a_word_about_it(
    proforma: Proforma, tenant: Tenant
) -> None:
    keep_zone(tenant, BERLIN)

    ended = proforma(
        *("init", "--url", url_of(tenant), "--method", "none"),
        *("--time-zone", "America/New_York"),
    )

    assert ended.code == 0
    assert "make sure that schedules are kept in America/New_York" in ended.err
    assert load_settings(OUT, {}).run.zone.key == "America/New_York"


def test_variables_that_overrule_the_file_are_named(
    proforma: Proforma, tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PROFORMA__RUN__TIME_ZONE", "Asia/Tokyo")

    ended = proforma("init", "--url", url_of(tenant), "--method", "none", "--time-zone", "UTC")

    assert "PROFORMA__RUN__TIME_ZONE is set and has the last word" in ended.out
    assert load_settings(OUT, {}).run.zone.key == "UTC"


def test_a_person_is_told_the_code_of_a_sign_in_by_device(
    proforma: Proforma, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_in = SignInSettings(clients=(RegisteredClient(client_id="app", secret="none"),))
    options = EmulatorOptions(sign_in=sign_in)
    emulator = Emulator(seed=sample_seed(), auth="strict", options=options)
    with emulator.serve(tls=trusted(tmp_path, monkeypatch)) as server:
        flags = ("--url", server.url, "--method", "device-code", "--time-zone", "UTC")
        file = tmp_path / "own.toml"
        text = f'[dataverse]\nurl = "{server.url}"\n[run]\ntime_zone = "UTC"\n[auth]\n'
        text += f'method = "device-code"\nauthority = "{server.url}"\n'
        text += f'tenant_id = "{APPLICATION[1]}"\nclient_id = "{APPLICATION[3]}"\n'
        file.write_text(text, encoding="utf-8")
        checked = proforma("run", "--config", file, "--run-date", "2020-10-05", "--dry-run")
        asked = proforma("init", *flags, *APPLICATION, "--authority", server.url)
    emulator.close()

    for ended in (checked, asked):
        assert ended.code == 0
        assert f"{server.url}/devicelogin" in ended.err
    assert load_settings(OUT, {}).auth.authority == server.url


def trusted(folder: Path, monkeypatch: pytest.MonkeyPatch) -> TlsFiles:
    """A certificate for this machine, trusted by everything in this process."""
    authority = trustme.CA()
    leaf = authority.issue_cert("localhost", "127.0.0.1")
    bundle, certificate, key = (folder / name for name in ("ca.pem", "cert.pem", "key.pem"))
    authority.cert_pem.write_to_path(str(bundle))
    leaf.cert_chain_pems[0].write_to_path(str(certificate))
    leaf.private_key_pem.write_to_path(str(key))
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(bundle))
    return TlsFiles(certificate=certificate, key=key)
