"""A container is opened by key, signature or sign-in, and no secret is ever shown."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest
import trustme
from azure.core.credentials import AzureNamedKeyCredential, AzureSasCredential
from azure.identity import DefaultAzureCredential
from azure.storage.blob import ContainerClient

from connector.dataverse.identity import AzureCli, MsalCache
from connector.runs.blobs.blob_store import BlobRunStore
from connector.runs.blobs.service import BlobService
from connector.runs.blobs.sign_in import Tokens, credential
from connector.runs.store import RunStoreUnreachable
from connector.settings.load import load_settings
from tests.azurite.server import ACCOUNT, KEY, NEWER_CLIENTS, running_azurite

if TYPE_CHECKING:
    from pathlib import Path

    from connector.settings.load import Settings

AZURE = "https://acme.blob.core.windows.net/runs"
SECRET = "Zm9yZ290dGVu"


def settings(store: str = AZURE, **environ: str) -> Settings:
    usual = {
        "PROFORMA__DATAVERSE__URL": "https://contoso.crm4.dynamics.com",
        "PROFORMA__AUTH__METHOD": "azure-cli",
        "PROFORMA__RUN__TIME_ZONE": "UTC",
        "PROFORMA__RUN__STORE": store,
    }
    return load_settings(None, usual | {f"PROFORMA__{k}": v for k, v in environ.items()})


def opened(given: Settings) -> object:
    container = given.run.container
    assert container is not None
    return credential(given, container, time.time)


def test_a_signature_comes_before_a_key_and_a_key_before_a_sign_in() -> None:
    signed = opened(settings(f"{AZURE}?sv=2024-11-04&sig={SECRET}"))
    keyed = opened(settings(RUN__STORE_KEY=SECRET))
    signed_in = opened(settings())

    assert isinstance(signed, AzureSasCredential)
    assert signed.signature == f"sv=2024-11-04&sig={SECRET}"
    assert isinstance(keyed, AzureNamedKeyCredential)
    assert (keyed.named_key.name, keyed.named_key.key) == ("acme", SECRET)
    assert isinstance(signed_in, Tokens)
    assert isinstance(signed_in.source, AzureCli)
    for shown in (signed, keyed, signed_in):
        assert SECRET not in repr(shown)


def test_azurites_own_account_needs_no_key_in_the_settings() -> None:
    found = opened(settings("http://127.0.0.1:10000/devstoreaccount1/runs"))

    assert isinstance(found, AzureNamedKeyCredential)
    assert (found.named_key.name, found.named_key.key) == (ACCOUNT, KEY)


@pytest.mark.parametrize("method", ["device-code", "none"])
def test_a_method_that_serves_one_service_only_gives_way_to_the_default_chain(method: str) -> None:
    url = "http://127.0.0.1:1" if method == "none" else "https://contoso.crm4.dynamics.com"
    given = settings(
        AUTH__METHOD=method,
        AUTH__TENANT_ID="contoso",
        AUTH__CLIENT_ID="proforma",
        DATAVERSE__URL=url,
    )

    found = opened(given)

    assert isinstance(found, DefaultAzureCredential)
    found.close()


@pytest.mark.parametrize(
    ("url", "authority"),
    [
        ("https://contoso.crm4.dynamics.com", "https://login.microsoftonline.com/contoso"),
        ("https://contoso.crm.microsoftdynamics.us", "https://login.microsoftonline.us/contoso"),
    ],
)
def test_tokens_are_for_azure_storage_from_the_cloud_of_the_environment(
    url: str, authority: str
) -> None:
    found = opened(
        settings(
            AUTH__METHOD="client-secret",
            AUTH__TENANT_ID="contoso",
            AUTH__CLIENT_ID="proforma",
            AUTH__CLIENT_SECRET=SECRET,
            DATAVERSE__URL=url,
        )
    )

    assert isinstance(found, Tokens)
    assert isinstance(found.source, MsalCache)
    assert found.source._sign_in.authority == authority
    assert found.source._sign_in.scopes == ["https://storage.azure.com/.default"]
    assert SECRET not in repr(found)


class CountedTokens:
    """A source that counts, and begins anew when a token was not accepted."""

    def __init__(self) -> None:
        self.asked = self.forgotten = 0

    def token(self) -> str:
        self.asked += 1
        return f"token {self.asked}"

    def invalidate(self) -> None:
        self.forgotten += 1


def test_the_source_is_asked_each_time_and_forgets_what_was_not_accepted() -> None:
    source = CountedTokens()
    tokens = Tokens(source, lambda: 1_000.9)

    assert tokens.get_token("https://storage.azure.com/.default") == ("token 1", 1000)
    assert tokens.get_token("https://storage.azure.com/.default").token == "token 2"
    assert source.forgotten == 0
    tokens.get_token("https://storage.azure.com/.default", tenant_id="contoso")
    assert source.forgotten == 1


def jwt(lasts: int) -> str:
    """A token as Azurite wants it; nobody checks the signature."""
    now = int(time.time())

    def part(value: object) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()

    claims = {
        "aud": "https://storage.azure.com",
        "iss": "https://sts.windows.net/11111111-1111-1111-1111-111111111111/",
        "nbf": now - 10,
        "iat": now - 10,
        "exp": now + lasts,
    }
    return f"{part({'alg': 'none', 'typ': 'JWT'})}.{part(claims)}.c2ln"


Say = Callable[[str], None]


def azure_cli(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Say]:
    """A program `az` on the path, which gives the token that it was told last."""
    program = folder / "bin" / "az"
    program.parent.mkdir()
    answer = folder / "answer.json"
    program.write_text(f"#!/bin/sh\ncat {answer}\n", encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(program.parent), prepend=":")

    def say(token: str) -> None:
        text = {"accessToken": token, "expires_on": int(time.time()) + 3600}
        answer.write_text(json.dumps(text), encoding="utf-8")

    yield say


def managed_identity(_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Say]:
    """The endpoint that a function app has on its own machine, which gives what it was told."""
    told = [""]

    class Endpoint(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Nothing is printed."""

        def do_GET(self) -> None:
            asked = parse_qs(urlsplit(self.path).query)
            assert asked["resource"] == ["https://storage.azure.com"]
            assert self.headers["X-IDENTITY-HEADER"] == "of this machine"
            ends = int(time.time()) + 3600
            text = {"access_token": told[0], "expires_on": str(ends), "token_type": "Bearer"}
            body = json.dumps(text | {"resource": asked["resource"][0]}).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Endpoint)
    thread = Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    endpoint = f"http://127.0.0.1:{server.server_address[1]}/msi/token"
    monkeypatch.setenv("IDENTITY_ENDPOINT", endpoint)
    monkeypatch.setenv("IDENTITY_HEADER", "of this machine")
    yield lambda token: told.__setitem__(0, token)
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.cloud
@pytest.mark.parametrize("way", [azure_cli, managed_identity])
def test_a_token_of_the_sign_in_opens_a_container_over_tls(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    way: Callable[[Path, pytest.MonkeyPatch], Iterator[Say]],
) -> None:
    authority = trustme.CA()
    certificate = authority.issue_cert("127.0.0.1")
    certificate.cert_chain_pems[0].write_to_path(str(tmp_path / "cert.pem"))
    certificate.private_key_pem.write_to_path(str(tmp_path / "key.pem"))
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "ca.pem"))
    tls = (NEWER_CLIENTS, "--oauth", "basic", "--cert", str(tmp_path / "cert.pem"), "--key")

    with (
        contextmanager(way)(tmp_path, monkeypatch) as say,
        running_azurite(options=(*tls, str(tmp_path / "key.pem"))) as started,
    ):
        key = AzureNamedKeyCredential(ACCOUNT, KEY)
        with ContainerClient(started.blobs, "runs", credential=key) as container:
            container.create_container()
        method = way.__name__.replace("_", "-")
        given = settings(f"{started.blobs}/runs", AUTH__METHOD=method)
        assert given.run.container is not None
        address = given.run.container
        store = BlobRunStore(BlobService(address, lambda: credential(given, address, time.time)))

        say(jwt(lasts=3600))
        store.put("runs/R1/run.json", (b"kept",))
        assert store.get("runs/R1/run.json") == b"kept"
        store.close()

        say(jwt(lasts=-60))
        with pytest.raises(RunStoreUnreachable, match="does not accept how this program signs in"):
            store.get("runs/R1/run.json")
        store.close()
