from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import msal
import pytest
import requests
import trustme
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from connector.emulator import (
    Emulator,
    EmulatorOptions,
    RegisteredClient,
    SignInSettings,
    TlsFiles,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from connector.emulator import Server

RESOURCE = "https://org.crm.dynamics.com"
SCOPE = [f"{RESOURCE}/.default"]
TENANT = "11111111-1111-1111-1111-111111111111"


class Redirect:
    """MSAL's HTTP client, led from the public sign-in host to the emulator."""

    def __init__(self, base: str) -> None:
        self.session = requests.Session()
        self.base = base

    def get(self, url: str, params: Any = None, headers: Any = None, **_: Any) -> requests.Response:
        return self.session.get(self.moved(url), params=params, headers=headers)

    def post(
        self, url: str, params: Any = None, data: Any = None, headers: Any = None, **_: Any
    ) -> requests.Response:
        return self.session.post(self.moved(url), params=params, data=data, headers=headers)

    def close(self) -> None:
        self.session.close()

    def moved(self, url: str) -> str:
        return url.replace("https://login.microsoftonline.com", self.base)


def certificate(client_id: str) -> tuple[str, str]:
    """Return a private key and a certificate of its own, both PEM."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, client_id)])
    start = datetime(2020, 1, 1, tzinfo=UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=36500))
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return private.decode(), signed.public_bytes(serialization.Encoding.PEM).decode()


KEY, CERTIFICATE = certificate("cert-client")
SIGN_IN = SignInSettings(
    clients=(
        RegisteredClient(client_id="secret-client", secret="s3cret"),
        RegisteredClient(client_id="cert-client", certificate=CERTIFICATE),
    ),
    polls=1,
    identity_header="right",
)


@pytest.fixture
def strict() -> Emulator:
    return Emulator(behaviour="plain", auth="strict", options=EmulatorOptions(sign_in=SIGN_IN))


@pytest.fixture
def server(strict: Emulator) -> Iterator[Server]:
    with strict.serve() as running:
        yield running


def application(server: Server, client_id: str, credential: Any) -> Any:
    return msal.ConfidentialClientApplication(
        client_id,
        client_credential=credential,
        authority=f"https://login.microsoftonline.com/{TENANT}",
        instance_discovery=False,
        http_client=Redirect(server.url),
    )


def who_am_i(server: Server, token: str | None) -> requests.Response:
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    return requests.get(f"{server.url}/api/data/v9.2/WhoAmI", headers=headers, timeout=10)


def test_msal_signs_in_by_client_secret_and_the_token_opens_the_web_api(server: Server) -> None:
    result = application(server, "secret-client", "s3cret").acquire_token_for_client(SCOPE)
    assert who_am_i(server, result["access_token"]).status_code == 200


def test_a_wrong_secret_is_refused_as_the_directory_does(server: Server) -> None:
    result = application(server, "secret-client", "wrong").acquire_token_for_client(SCOPE)
    assert result["error"] == "invalid_client"
    assert "AADSTS7000215" in result["error_description"]
    unknown = application(server, "nobody", "s3cret").acquire_token_for_client(SCOPE)
    assert "AADSTS700016" in unknown["error_description"]


@pytest.mark.parametrize("with_public", [True, False])
def test_msal_signs_in_by_certificate(server: Server, *, with_public: bool) -> None:
    credential = {"private_key": KEY, "public_certificate": CERTIFICATE}
    if not with_public:
        digest = x509.load_pem_x509_certificate(CERTIFICATE.encode()).fingerprint(hashes.SHA1())  # noqa: S303 - the thumbprint is SHA-1
        credential = {"private_key": KEY, "thumbprint": digest.hex()}
    result = application(server, "cert-client", credential).acquire_token_for_client(SCOPE)
    assert who_am_i(server, result["access_token"]).status_code == 200


def test_an_assertion_signed_by_another_key_is_refused(server: Server) -> None:
    key, public = certificate("cert-client")
    credential = {"private_key": key, "public_certificate": public}
    result = application(server, "cert-client", credential).acquire_token_for_client(SCOPE)
    assert "AADSTS700027" in result["error_description"]


@pytest.mark.parametrize("assertion", ["x", "a.b.c", "e30.e30.", "W10.W10.W10"])
def test_an_assertion_that_is_no_token_is_refused(server: Server, assertion: str) -> None:
    form = {
        "grant_type": "client_credentials",
        "client_id": "cert-client",
        "client_assertion": assertion,
    }
    url = f"{server.url}/{TENANT}/oauth2/v2.0/token"
    answer = requests.post(url, data=form, timeout=10)
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


def test_msal_signs_in_by_device_code_after_somebody_did(server: Server) -> None:
    client = msal.PublicClientApplication(
        "public",
        authority=f"https://login.microsoftonline.com/{TENANT}",
        instance_discovery=False,
        http_client=Redirect(server.url),
    )
    flow = client.initiate_device_flow(scopes=SCOPE)
    assert flow["user_code"] in flow["message"] or flow["verification_uri"] in flow["message"]
    first = client.acquire_token_by_device_flow(flow, exit_condition=lambda _: True)
    assert first["error"] == "authorization_pending"
    flow["expires_at"] = flow["expires_at"] + 60
    result = client.acquire_token_by_device_flow(flow, exit_condition=lambda _: True)
    assert who_am_i(server, result["access_token"]).status_code == 200
    assert client.get_accounts()[0]["username"] == "user@emulator.invalid"


def test_msal_signs_in_by_managed_identity_of_app_service(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IDENTITY_ENDPOINT", f"{server.url}/msi/token")
    monkeypatch.setenv("IDENTITY_HEADER", "right")
    client = msal.ManagedIdentityClient(
        msal.SystemAssignedManagedIdentity(), http_client=requests.Session()
    )
    result = client.acquire_token_for_client(resource=RESOURCE)
    assert who_am_i(server, result["access_token"]).status_code == 200
    monkeypatch.setenv("IDENTITY_HEADER", "wrong")
    other = msal.ManagedIdentityClient(
        msal.UserAssignedManagedIdentity(client_id="c"), http_client=requests.Session()
    )
    assert "access_token" not in other.acquire_token_for_client(resource=RESOURCE)


def test_msal_signs_in_by_managed_identity_of_a_virtual_machine(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AZURE_POD_IDENTITY_AUTHORITY_HOST", server.url)
    client = msal.ManagedIdentityClient(
        msal.SystemAssignedManagedIdentity(), http_client=requests.Session()
    )
    result = client.acquire_token_for_client(resource=RESOURCE)
    assert who_am_i(server, result["access_token"]).status_code == 200


def test_msal_signs_in_over_tls_without_any_redirection(
    strict: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority = trustme.CA()
    chain, key, root = tmp_path / "chain.pem", tmp_path / "key.pem", tmp_path / "root.pem"
    issued = authority.issue_cert("localhost", "127.0.0.1")
    issued.cert_chain_pems[0].write_to_path(chain)
    issued.private_key_pem.write_to_path(key)
    authority.cert_pem.write_to_path(root)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(root))
    with strict.serve(tls=TlsFiles(certificate=chain, key=key)) as server:
        base = server.url.replace("127.0.0.1", "localhost")
        client = msal.ConfidentialClientApplication(
            "secret-client",
            client_credential="s3cret",
            authority=f"{base}/{TENANT}",
            instance_discovery=False,
        )
        result = client.acquire_token_for_client([f"{base}/.default"])
        assert who_am_i(server, result["access_token"]).status_code == 200


def test_a_request_without_a_known_token_is_refused(server: Server, strict: Emulator) -> None:
    for token in (None, "", "made up"):
        answer = who_am_i(server, token)
        assert (answer.status_code, answer.json()["error"]["code"]) == (401, "0x80044302")
        assert answer.headers["WWW-Authenticate"].startswith("Bearer ")
    client = application(server, "secret-client", "s3cret")
    token = client.acquire_token_for_client(SCOPE)["access_token"]
    strict.clock.advance(3598)
    assert who_am_i(server, token).status_code == 200
    strict.clock.advance(1)
    assert who_am_i(server, token).status_code == 401


def test_any_token_will_do_when_the_emulator_says_so() -> None:
    with Emulator(behaviour="plain", auth="any").serve() as server:
        assert who_am_i(server, "made up").status_code == 200
        assert who_am_i(server, None).status_code == 401


def test_without_registered_clients_every_client_is_known() -> None:
    with Emulator(behaviour="plain", auth="strict").serve() as server:
        result = application(server, "anybody", "anything").acquire_token_for_client(SCOPE)
        assert who_am_i(server, result["access_token"]).status_code == 200


def test_a_registered_client_never_shows_its_proofs() -> None:
    assert "s3cret" not in repr(SIGN_IN)


def test_the_identity_token_names_the_user(server: Server) -> None:
    start = requests.post(f"{server.url}/{TENANT}/oauth2/v2.0/devicecode", timeout=10).json()
    form = {
        "grant_type": "urn:ietf:params:oauth:grant-type:device_code",
        "device_code": start["device_code"],
    }
    url = f"{server.url}/{TENANT}/oauth2/v2.0/token"
    assert requests.post(url, data=form, timeout=10).json()["error"] == "authorization_pending"
    answer = requests.post(url, data=form, timeout=10).json()
    claims = answer["id_token"].split(".")[1]
    padded = base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4))
    assert json.loads(padded)["preferred_username"] == "user@emulator.invalid"


def test_names_of_one_sign_in_service_are_told_together() -> None:
    with Emulator().serve() as server:
        url = f"{server.url}/common/discovery/instance"
        query = {
            "api-version": "1.1",
            "authorization_endpoint": "https://login.microsoftonline.us/x",
        }
        told = requests.get(url, params=query, timeout=5).json()

    assert told["api-version"] == "1.1"
    aliases = [cloud["aliases"] for cloud in told["metadata"]]
    assert ["login.microsoftonline.us", "login.usgovcloudapi.net"] in aliases
    assert all(cloud["preferred_network"] in cloud["aliases"] for cloud in told["metadata"])
