"""Every way to sign in: real MSAL against the emulated sign-in service on a loopback socket."""

from __future__ import annotations

import json
import os
import stat
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from traceback import format_exception
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID

from connector.dataverse.auth import AuthMethod, AuthSettings, TokenSource, token_source
from connector.dataverse.errors import SignInFailed, UnusableSettings
from connector.emulator.protocol.exchange import Request
from connector.emulator.sign_in.credentials import RegisteredClient
from connector.emulator.sign_in.token import SignInSettings, TokenService
from tests.dataverse.far_side import Handler, serving

if TYPE_CHECKING:
    from collections.abc import Iterator

ENVIRONMENT = "https://org.crm.dynamics.com"
TENANT = "11111111-1111-1111-1111-111111111111"
NOW = datetime(2020, 10, 5, tzinfo=UTC)
SECONDS = 1_601_856_000
clock = NOW.timestamp
SECRET = "s3cret-of-the-client"


class Redirected:
    """What msal calls a http client: the sign-in host's requests go to the loopback service."""

    def __init__(self, base: str) -> None:
        self._base = base
        self._session = requests.Session()
        self._session.trust_env = False

    def get(self, url: str, **options: Any) -> requests.Response:
        return self._session.get(self._url(url), timeout=5, **_known(options))

    def post(self, url: str, **options: Any) -> requests.Response:
        return self._session.post(self._url(url), timeout=5, **_known(options))

    def close(self) -> None:
        self._session.close()

    def _url(self, url: str) -> str:
        return self._base + url.removeprefix("https://login.microsoftonline.com")


def _known(options: dict[str, Any]) -> dict[str, Any]:
    return {name: options[name] for name in ("params", "data", "headers") if name in options}


@dataclass
class Directory:
    """The sign-in service and what was asked of it."""

    service: TokenService
    base: str = ""
    asked: int = 0

    def behave(self, handler: Handler) -> None:
        parts = urlsplit(handler.path)
        request = Request(
            method=handler.command,
            path=parts.path.lstrip("/"),
            query=parts.query,
            headers={name.lower(): value for name, value in handler.headers.items()},
            body=handler.received,
        )
        answer = self.service.handle(request, "https://login.microsoftonline.com")
        assert answer is not None
        if not parts.path.endswith("openid-configuration"):
            self.asked += 1
        handler.reply(answer.status, answer.body, *answer.headers)


@contextmanager
def directory(
    *clients: RegisteredClient, polls: int = 0, identity_header: str | None = None
) -> Iterator[Directory]:
    settings = SignInSettings(clients=clients, polls=polls, identity_header=identity_header)
    found = Directory(TokenService(lambda: NOW, settings))
    with serving(found.behave) as base:
        found.base = base
        yield found


def settings_for(method: AuthMethod, **others: object) -> AuthSettings:
    return AuthSettings(method=method, tenant_id=TENANT, client_id="cid", **others)  # type: ignore[arg-type]


def source(there: Directory, settings: AuthSettings, **others: object) -> TokenSource:
    return token_source(
        settings,
        ENVIRONMENT,
        now=clock,
        http_client=Redirected(there.base),
        **others,  # type: ignore[arg-type]
    )


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


@dataclass(frozen=True)
class Certificate:
    key: rsa.RSAPrivateKey
    certificate: x509.Certificate

    @property
    def public(self) -> str:
        return self.certificate.public_bytes(serialization.Encoding.PEM).decode()

    def pem(self, password: bytes | None) -> bytes:
        how = (
            serialization.BestAvailableEncryption(password)
            if password
            else serialization.NoEncryption()
        )
        key = self.key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, how
        )
        return key + self.public.encode()

    def pfx(self, password: bytes) -> bytes:
        how = serialization.BestAvailableEncryption(password)
        return pkcs12.serialize_key_and_certificates(b"us", self.key, self.certificate, None, how)


def as_pem(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


@pytest.fixture(scope="module")
def certificate() -> Certificate:
    key = rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "proforma")])
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(NOW)
        .not_valid_after(NOW + timedelta(days=36_500))
    )
    return Certificate(key, built.sign(key, hashes.SHA256()))


@pytest.mark.parametrize("form", ["plain.pem", "locked.pem", "locked.pfx"])
def test_a_certificate_signs_an_assertion_that_the_service_verifies(
    form: str, certificate: Certificate, tmp_path: Path
) -> None:
    password = "" if form == "plain.pem" else "p4ssword"
    path = tmp_path / form
    path.write_bytes(
        certificate.pfx(password.encode())
        if form.endswith("pfx")
        else certificate.pem(password.encode() or None)
    )
    settings = settings_for(
        AuthMethod.CERTIFICATE, certificate_path=path, certificate_password=password
    )
    with directory(RegisteredClient(client_id="cid", certificate=certificate.public)) as there:
        assert there.service.recognises(source(there, settings).token())


def test_a_certificate_that_an_editor_saved_with_a_byte_order_mark_is_read_all_the_same(
    certificate: Certificate, tmp_path: Path
) -> None:
    path = tmp_path / "marked.pem"
    path.write_bytes(b"\xef\xbb\xbf" + certificate.pem(None).replace(b"\n", b"\r\n"))
    settings = settings_for(AuthMethod.CERTIFICATE, certificate_path=path)

    with directory(RegisteredClient(client_id="cid", certificate=certificate.public)) as there:
        assert there.service.recognises(source(there, settings).token())


def refused(path: Path, password: str = "") -> str:
    """The words with which a certificate file is refused, before anything is sent."""
    settings = settings_for(
        AuthMethod.CERTIFICATE, certificate_path=path, certificate_password=password
    )
    with pytest.raises(UnusableSettings) as raised:
        token_source(settings, ENVIRONMENT, now=clock)
    assert password not in str(raised.value) or not password
    return str(raised.value).partition(f"{path} ")[2]


def test_a_certificate_file_that_cannot_sign_in_is_refused_before_anything_is_sent(
    certificate: Certificate, tmp_path: Path
) -> None:
    path = tmp_path / "own.pem"
    pem, locked = certificate.pem(None), certificate.pem(b"right")
    key = pem.partition(b"-----BEGIN CERTIFICATE")[0]
    other = rsa.generate_private_key(65537, 2048)
    curve = ec.generate_private_key(ec.SECP256R1())
    cases = [
        (certificate.public.encode(), "", "holds no private key"),
        (key, "", "holds no certificate"),
        (locked, "", "is locked: certificate_password is missing"),
        (pem, "p4ssword", "is not locked: leave certificate_password out"),
        (locked, "wr0ng-one", "cannot be read: it is damaged, or certificate_password is wrong"),
        (pem.replace(b"MII", b"M!I"), "", "cannot be read: it is damaged,"),
        (as_pem(other) + certificate.public.encode(), "", "holds a key that is not"),
        (as_pem(curve) + certificate.public.encode(), "", "holds a key of another kind than RSA"),
    ]
    for content, password, words in cases:
        path.write_bytes(content)
        assert refused(path, password).startswith(words)


def test_a_pfx_file_that_cannot_sign_in_is_refused_before_anything_is_sent(
    certificate: Certificate, tmp_path: Path
) -> None:
    path = tmp_path / "own.PFX"
    how = serialization.BestAvailableEncryption(b"right")
    alone = pkcs12.serialize_key_and_certificates(b"us", None, certificate.certificate, None, how)
    keyed = pkcs12.serialize_key_and_certificates(b"us", certificate.key, None, None, how)
    cases = [
        (b"no PFX at all", "", "cannot be opened: it is no PFX file, or"),
        (certificate.pfx(b"right"), "wr0ng-one", "cannot be opened"),
        (certificate.pfx(b"right"), "", "cannot be opened"),
        (alone, "right", "holds no private key"),
        (keyed, "right", "holds no certificate"),
    ]
    for content, password, words in cases:
        path.write_bytes(content)
        assert refused(path, password).startswith(words)


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="everybody may read everything")
def test_a_certificate_that_may_not_be_read_is_named(tmp_path: Path) -> None:
    path = tmp_path / "secret.pem"
    path.write_bytes(b"")
    path.chmod(0)

    assert refused(path) == "cannot be read (Permission denied)"


def test_a_certificate_that_changes_under_way_fails_typed(
    certificate: Certificate, tmp_path: Path
) -> None:
    path = tmp_path / "own.pem"
    path.write_bytes(certificate.pem(None))
    settings = settings_for(AuthMethod.CERTIFICATE, certificate_path=path)
    with directory() as there:
        tokens = source(there, settings)
        path.write_text(certificate.public, encoding="utf-8")

        with pytest.raises(SignInFailed, match="sign-in by certificate"):
            tokens.token()


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


def test_no_sign_in_is_taken_for_this_machine_only() -> None:
    none = AuthSettings(method=AuthMethod.NONE)

    assert token_source(none, "http://127.0.0.1:80", now=clock).token() == ""
    with pytest.raises(UnusableSettings, match="this machine"):
        token_source(none, ENVIRONMENT, now=clock)


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        (AuthSettings(method=AuthMethod.CLIENT_SECRET), "tenant_id.*client_id.*client_secret"),
        (AuthSettings(method=AuthMethod.CERTIFICATE), "certificate_path is missing"),
        (
            settings_for(AuthMethod.CERTIFICATE, certificate_path=Path("nowhere.pem")),
            "nowhere.pem is no file",
        ),
        (AuthSettings(method=AuthMethod.DEVICE_CODE, tenant_id="t"), "client_id is missing"),
        (AuthSettings(method=AuthMethod.WORKLOAD_IDENTITY), "AZURE_FEDERATED_TOKEN_FILE"),
        (
            settings_for(
                AuthMethod.CLIENT_SECRET, client_secret="x", authority="http://login.example"
            ),
            "authority does not begin with https",
        ),
    ],
)
def test_incomplete_settings_are_refused_with_all_their_faults(
    settings: AuthSettings, named: str
) -> None:
    with pytest.raises(UnusableSettings, match=named):
        token_source(settings, ENVIRONMENT, now=clock, environ={})


def test_no_secret_shows_in_the_settings() -> None:
    settings = AuthSettings(
        method=AuthMethod.CLIENT_SECRET, client_secret=SECRET, certificate_password=SECRET
    )

    assert SECRET not in repr(settings)
    assert SECRET not in str(settings)


def test_asking_for_a_source_neither_imports_msal_nor_sends() -> None:
    settings = settings_for(AuthMethod.CLIENT_SECRET, client_secret=SECRET)
    with serving(lambda handler: pytest.fail(handler.path)) as base:
        token_source(settings, ENVIRONMENT, now=clock, http_client=Redirected(base))


@pytest.mark.parametrize(
    ("environment", "login"),
    [
        ("https://org.crm.dynamics.com", "https://login.microsoftonline.com"),
        ("https://org.crm9.dynamics.com", "https://login.microsoftonline.com"),
        ("https://org.crm.microsoftdynamics.us", "https://login.microsoftonline.us"),
        ("https://org.crm.dynamics.cn", "https://login.partner.microsoftonline.cn"),
    ],
)
def test_each_national_cloud_signs_in_at_home(environment: str, login: str) -> None:
    seen: list[str] = []

    class Listening(Redirected):
        def _url(self, url: str) -> str:
            seen.append(url)
            return self._base + urlsplit(url).path

    settings = settings_for(AuthMethod.CLIENT_SECRET, client_secret=SECRET)
    with directory() as there:
        client = Listening(there.base)
        token_source(settings, environment, now=clock, http_client=client).token()

    assert seen[0].startswith(f"{login}/{TENANT}/")
