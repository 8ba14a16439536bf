"""Every way to sign in: real MSAL against the emulated sign-in service on a loopback socket."""

from __future__ import annotations

import json
import os
import stat
import threading
from contextlib import contextmanager
from traceback import format_exception
from typing import TYPE_CHECKING

import pytest

from connector.dataverse.auth import AuthMethod, AuthSettings, token_source
from connector.dataverse.errors import SignInFailed
from connector.emulator.sign_in.credentials import RegisteredClient
from tests.dataverse.far_side import Handler, serving
from tests.dataverse.sign_in import (
    ENVIRONMENT,
    SECONDS,
    SECRET,
    TENANT,
    Redirected,
    clock,
    directory,
    settings_for,
    source,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def test_a_client_secret_gives_a_token_that_the_service_recognises() -> None:
    with directory(RegisteredClient(client_id="cid", secret=SECRET)) as there:
        tokens = source(there, settings_for(AuthMethod.CLIENT_SECRET, client_secret=SECRET))

        assert there.service.recognises(tokens.token())


def test_a_token_is_kept_until_it_is_invalidated() -> None:
    with directory() as there:
        tokens = source(there, settings_for(AuthMethod.CLIENT_SECRET, client_secret=SECRET))
        first, second = tokens.token(), tokens.token()
        tokens.invalidate()
        third = tokens.token()

    assert first == second != third
    assert there.asked == 2


def test_many_threads_share_one_sign_in() -> None:
    found: list[str] = []
    with directory() as there:
        tokens = source(there, settings_for(AuthMethod.CLIENT_SECRET, client_secret=SECRET))
        threads = [threading.Thread(target=lambda: found.append(tokens.token())) for _ in range(16)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert len(found) == 16
    assert len(set(found)) == there.asked == 1


def test_a_wrong_secret_fails_with_the_services_words_and_without_the_secret() -> None:
    with directory(RegisteredClient(client_id="cid", secret="another")) as there:
        tokens = source(there, settings_for(AuthMethod.CLIENT_SECRET, client_secret=SECRET))
        with pytest.raises(SignInFailed, match="AADSTS7000215") as raised:
            tokens.token()

    assert not raised.value.transient
    assert SECRET not in "".join(format_exception(raised.value))


@pytest.mark.parametrize("client_id", ["", "user-assigned"])
def test_a_managed_identity_of_app_service_gives_a_token(
    client_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = AuthSettings(method=AuthMethod.MANAGED_IDENTITY, client_id=client_id)
    with directory(identity_header="hdr") as there:
        monkeypatch.setenv("IDENTITY_ENDPOINT", f"{there.base}/msi/token")
        monkeypatch.setenv("IDENTITY_HEADER", "hdr")

        assert there.service.recognises(token_source(settings, ENVIRONMENT, now=clock).token())


def test_a_managed_identity_of_a_virtual_machine_gives_a_token(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("IDENTITY_ENDPOINT", "IDENTITY_HEADER", "MSI_ENDPOINT"):
        monkeypatch.delenv(name, raising=False)
    with directory() as there:
        monkeypatch.setenv("AZURE_POD_IDENTITY_AUTHORITY_HOST", there.base)
        tokens = token_source(
            AuthSettings(method=AuthMethod.MANAGED_IDENTITY), ENVIRONMENT, now=clock
        )

        assert there.service.recognises(tokens.token())


def test_a_refused_managed_identity_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = AuthSettings(method=AuthMethod.MANAGED_IDENTITY)
    with directory(identity_header="hdr") as there:
        monkeypatch.setenv("IDENTITY_ENDPOINT", f"{there.base}/msi/token")
        monkeypatch.setenv("IDENTITY_HEADER", "wrong")
        with pytest.raises(SignInFailed, match="managed-identity"):
            token_source(settings, ENVIRONMENT, now=clock).token()


def test_a_workload_exchanges_its_federated_token(tmp_path: Path) -> None:
    path = tmp_path / "token"
    path.write_text("header.payload.signature\n", encoding="utf-8")
    environ = {
        "AZURE_FEDERATED_TOKEN_FILE": str(path),
        "AZURE_TENANT_ID": TENANT,
        "AZURE_CLIENT_ID": "cid",
    }
    settings = AuthSettings(method=AuthMethod.WORKLOAD_IDENTITY)
    with directory() as there:
        tokens = source(there, settings, environ=environ)

        assert there.service.recognises(tokens.token())


def test_a_federated_token_that_is_not_there_fails(tmp_path: Path) -> None:
    environ = {"AZURE_FEDERATED_TOKEN_FILE": str(tmp_path / "none")}
    with directory() as there:
        tokens = source(there, settings_for(AuthMethod.WORKLOAD_IDENTITY), environ=environ)
        with pytest.raises(SignInFailed, match="workload-identity"):
            tokens.token()


def test_a_person_is_shown_the_device_code_once_and_refreshed_silently() -> None:
    shown: list[str] = []
    with directory() as there:
        tokens = source(there, settings_for(AuthMethod.DEVICE_CODE), announce=shown.append)
        first = tokens.token()
        tokens.invalidate()
        second = tokens.token()

        assert there.service.recognises(second)
    assert first != second
    assert len(shown) == 1
    assert "devicelogin" in shown[0]


def test_a_device_code_with_nobody_at_the_terminal_fails_instead_of_waiting() -> None:
    with directory() as there:
        tokens = source(there, settings_for(AuthMethod.DEVICE_CODE))
        with pytest.raises(SignInFailed, match="needs a person"):
            tokens.token()


@contextmanager
def azure_cli(tmp_path: Path, script: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A real program named az, first on the PATH; gives the file it logs its calls to."""
    program, log = tmp_path / "az", tmp_path / "log"
    program.write_text(f'#!/bin/sh\necho "$@" >> {log}\n{script}\n', encoding="utf-8")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}/bin{os.pathsep}/usr/bin")
    yield log


CLI = AuthSettings(method=AuthMethod.AZURE_CLI)


@pytest.mark.skipif(os.name == "nt", reason="the stand-in for az is a shell script")
@pytest.mark.parametrize(("expires", "calls"), [(SECONDS + 301, 1), (SECONDS + 300, 2), (0, 2)])
def test_the_azure_clis_token_is_kept_until_five_minutes_before_its_end(
    expires: int, calls: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = f'{{"accessToken":"from-az","expires_on":{expires}}}'
    with azure_cli(tmp_path, f"echo '{answer}'", monkeypatch) as log:
        tokens = token_source(CLI, ENVIRONMENT, now=clock)

        assert [tokens.token(), tokens.token()] == ["from-az", "from-az"]
        assert (
            log.read_text(encoding="utf-8").splitlines()
            == [f"account get-access-token --resource {ENVIRONMENT} -o json"] * calls
        )


@pytest.mark.skipif(os.name == "nt", reason="the stand-in for az is a shell script")
@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("echo 'Please run az login' >&2; exit 1", "Please run az login"),
        ("exit 3", "az failed"),
        ("echo surprise", "something else"),
        ("echo '[]'", "something else"),
        ("echo '{}'", "something else"),
    ],
)
def test_a_failing_azure_cli_fails_with_its_words(
    script: str, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (
        azure_cli(tmp_path, script, monkeypatch),
        pytest.raises(SignInFailed, match=words),
    ):
        token_source(CLI, ENVIRONMENT, now=clock).token()


@pytest.mark.skipif(os.name == "nt", reason="the stand-in for az is a shell script")
def test_a_token_of_the_azure_cli_that_was_refused_is_asked_for_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = f'{{"accessToken":"from-az","expires_on":{SECONDS + 3600}}}'
    with azure_cli(tmp_path, f"echo '{answer}'", monkeypatch) as log:
        tokens = token_source(CLI, ENVIRONMENT, now=clock)
        tokens.token()
        tokens.invalidate()
        tokens.token()

        assert len(log.read_text(encoding="utf-8").splitlines()) == 2


@pytest.mark.skipif(os.name == "nt", reason="the stand-in for az is a shell script")
def test_words_of_the_azure_cli_in_another_code_page_are_shown_as_far_as_they_can_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = r"printf 'Bitte anmelden: Schl\374ssel fehlt' >&2; exit 1"
    with (
        azure_cli(tmp_path, script, monkeypatch),
        pytest.raises(SignInFailed, match="Bitte anmelden: Schl�ssel fehlt"),
    ):
        token_source(CLI, ENVIRONMENT, now=clock).token()


@pytest.mark.skipif(os.name == "nt", reason="the stand-in for az is no program")
def test_an_azure_cli_that_cannot_be_started_fails_typed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "az"
    program.write_bytes(b"\x7fELF and then nonsense")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(SignInFailed, match="az did not answer"):
        token_source(CLI, ENVIRONMENT, now=clock).token()


def test_a_machine_without_the_azure_cli_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SignInFailed, match="not on the PATH"):
        token_source(CLI, ENVIRONMENT, now=clock).token()


def test_a_sign_in_service_that_is_not_reached_is_worth_another_try() -> None:
    with directory() as there:
        base = there.base
    settings = settings_for(AuthMethod.CLIENT_SECRET, client_secret=SECRET)
    tokens = token_source(settings, ENVIRONMENT, now=clock, http_client=Redirected(base))
    with pytest.raises(SignInFailed, match="no answer") as raised:
        tokens.token()
    assert raised.value.transient


def test_a_service_that_echoes_the_secret_does_not_make_us_show_it() -> None:
    def behave(handler: Handler) -> None:
        if handler.command == "GET":
            base = "https://login.microsoftonline.com/t/oauth2/v2.0"
            places = {"token_endpoint": f"{base}/token", "authorization_endpoint": f"{base}/a"}
            handler.reply(200, json.dumps({**places, "issuer": base}).encode())
        else:
            refusal = {"error": "invalid_client", "error_description": f"not {SECRET}"}
            handler.reply(401, json.dumps(refusal).encode())

    settings = settings_for(AuthMethod.CLIENT_SECRET, client_secret=SECRET)
    with serving(behave) as base:
        tokens = token_source(settings, ENVIRONMENT, now=clock, http_client=Redirected(base))
        with pytest.raises(SignInFailed, match=r"not \*\*\*") as raised:
            tokens.token()
    assert SECRET not in str(raised.value)


@pytest.mark.parametrize("body", [b"<html>proxy</html>", b"", b"[]"])
def test_a_sign_in_service_that_talks_nonsense_fails_typed(body: bytes) -> None:
    settings = settings_for(AuthMethod.CLIENT_SECRET, client_secret=SECRET)
    with serving(lambda handler: handler.reply(200, body)) as base:
        tokens = token_source(settings, ENVIRONMENT, now=clock, http_client=Redirected(base))
        with pytest.raises(SignInFailed):
            tokens.token()
