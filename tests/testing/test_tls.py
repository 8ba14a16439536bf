"""Callers trust the emulated hosts, and everybody else as much as before."""

from __future__ import annotations

import socket
import ssl
from typing import TYPE_CHECKING

import certifi
import pytest
import requests
import trustme

from connector.emulator import Emulator, TlsFiles
from connector.testing import mount

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HOST = "contoso.crm4.dynamics.com"


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    emulator = Emulator()
    with mount(emulator):
        yield emulator
    emulator.close()


def peer_of(context: ssl.SSLContext, host: str) -> object:
    with (
        socket.create_connection((HOST, 443), timeout=5) as plain,
        context.wrap_socket(plain, server_hostname=host) as secured,
    ):
        return (secured.getpeercert() or {}).get("subjectAltName")


@pytest.mark.usefixtures("emulator")
def test_a_context_that_was_made_before_trusts_an_emulated_host() -> None:
    assert peer_of(ssl.create_default_context(), HOST) == (("DNS", HOST),)
    assert peer_of(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), HOST) == (("DNS", HOST),)


@pytest.mark.usefixtures("emulator")
def test_a_host_that_is_not_emulated_is_not_trusted() -> None:
    with pytest.raises(ssl.SSLCertVerificationError):
        peer_of(ssl.create_default_context(), "other.example.com")


def test_authorities_that_were_not_needed_are_there_afterwards() -> None:
    expected = ssl.create_default_context(cafile=certifi.where()).cert_store_stats()
    with mount(Emulator()):
        context = ssl.create_default_context(cafile=certifi.where())
        assert context.cert_store_stats()["x509"] == 0
    assert context.cert_store_stats() == expected


@pytest.mark.usefixtures("emulator")
def test_a_server_of_the_test_is_trusted_by_its_own_authority(tmp_path: Path) -> None:
    authority = trustme.CA()
    issued = authority.issue_cert("localhost")
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    issued.cert_chain_pems[0].write_to_path(tmp_path / "server.pem")
    issued.private_key_pem.write_to_path(tmp_path / "key.pem")
    tls = TlsFiles(certificate=tmp_path / "server.pem", key=tmp_path / "key.pem")
    with Emulator().serve(tls=tls) as server:
        url = f"https://localhost:{server.port}/api/data/v9.2/WhoAmI"
        trusting = requests.get(url, timeout=5, verify=str(tmp_path / "ca.pem"))
        assert trusting.status_code == 200
        with pytest.raises(requests.exceptions.SSLError):
            requests.get(url, timeout=5)


def test_a_file_that_is_not_there_is_missed_at_once() -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    with mount(Emulator()), pytest.raises(FileNotFoundError):
        context.load_verify_locations("nowhere.pem")
