"""Tokens from the emulator's own sign-in service, demanded by the emulator's own Web API."""

from __future__ import annotations

import time
from contextlib import closing
from typing import TYPE_CHECKING
from uuid import UUID

import pytest
import trustme

from connector.dataverse.address import service_root
from connector.dataverse.auth import AuthMethod, AuthSettings, token_source
from connector.dataverse.client import DataverseClient
from connector.dataverse.errors import SignInFailed, Unauthorized
from connector.dataverse.retry import RetryPolicy
from connector.dataverse.transport import RequestsTransport, SessionOptions
from connector.emulator import (
    Emulator,
    EmulatorOptions,
    RegisteredClient,
    SignInSettings,
    TlsFiles,
)
from tests.contract.conftest import users

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TENANT = "11111111-1111-1111-1111-111111111111"


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    """A tenant that demands its own tokens and knows one application."""
    clients = (RegisteredClient(client_id="cid", secret="right"),)
    options = EmulatorOptions(sign_in=SignInSettings(clients=clients))
    found = Emulator(behaviour="plain", auth="strict", options=options)
    yield found
    found.close()


@pytest.fixture
def tls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> TlsFiles:
    """A certificate for this machine, trusted by everything in this process."""
    authority = trustme.CA()
    leaf = authority.issue_cert("localhost", "127.0.0.1")
    bundle, certificate, key = (tmp_path / name for name in ("ca.pem", "cert.pem", "key.pem"))
    authority.cert_pem.write_to_path(str(bundle))
    leaf.cert_chain_pems[0].write_to_path(str(certificate))
    leaf.private_key_pem.write_to_path(str(key))
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(bundle))
    return TlsFiles(certificate=certificate, key=key)


def client_at(url: str, secret: str) -> DataverseClient:
    settings = AuthSettings(
        method=AuthMethod.CLIENT_SECRET,
        tenant_id=TENANT,
        client_id="cid",
        client_secret=secret,
        authority=url,
    )
    transport = RequestsTransport(
        service_root(url),
        token_source(settings, url, now=time.time),
        ids=lambda: UUID(int=1),
        clock=time.monotonic,
        sleep=lambda _: None,
        options=SessionOptions(connect_timeout=2, read_timeout=5),
    )
    return DataverseClient(transport, RetryPolicy(attempts=3))


def test_a_client_signs_in_over_tls_and_reads(emulator: Emulator, tls: TlsFiles) -> None:
    with emulator.serve(host="127.0.0.1", tls=tls) as server:
        client = client_at(server.url, "right")
        with closing(client):
            assert str(client.who_am_i().user_id) in users(emulator)


def test_a_token_that_was_revoked_is_replaced_once(emulator: Emulator, tls: TlsFiles) -> None:
    with emulator.serve(tls=tls) as server, closing(client_at(server.url, "right")) as client:
        client.who_am_i()
        emulator.tokens.revoke_all()

        assert str(client.who_am_i().user_id) in users(emulator)
        assert client.statistics.get == 3


def test_a_wrong_secret_sends_nothing_to_the_tenant(emulator: Emulator, tls: TlsFiles) -> None:
    with (
        emulator.serve(tls=tls) as server,
        closing(client_at(server.url, "wr0ng")) as client,
        pytest.raises(SignInFailed, match="AADSTS7000215") as raised,
    ):
        client.who_am_i()

    assert "wr0ng" not in str(raised.value)
    assert emulator.trace == ()


def test_without_a_token_a_strict_tenant_refuses(emulator: Emulator) -> None:
    with emulator.serve() as server:
        none = token_source(AuthSettings(method=AuthMethod.NONE), server.url, now=time.time)
        transport = RequestsTransport(
            service_root(server.url),
            none,
            ids=lambda: UUID(int=1),
            clock=time.monotonic,
            sleep=lambda _: None,
        )
        with closing(DataverseClient(transport)) as client, pytest.raises(Unauthorized):
            client.who_am_i()
