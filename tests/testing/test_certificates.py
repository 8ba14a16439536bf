"""Any host's name gets a certificate that its authority vouches for, and nobody else does."""

from __future__ import annotations

import ssl

import pytest

from connector.testing.certificates import authority_text, context_of, server_context


def shaken(client: ssl.SSLContext, server: ssl.SSLContext, host: str) -> str:
    """Both ends of a handshake in memory; the subject that the client was shown."""
    to_client, to_server = ssl.MemoryBIO(), ssl.MemoryBIO()
    asking = client.wrap_bio(to_client, to_server, server_hostname=host)
    answering = server.wrap_bio(to_server, to_client, server_side=True)
    for _ in range(4):
        for end in (asking, answering):
            try:
                end.do_handshake()
            except ssl.SSLWantReadError:
                continue
    shown = asking.getpeercert() or {}
    return str(shown["subjectAltName"][0][1])


def test_a_server_is_whatever_host_it_is_asked_for() -> None:
    client = ssl.create_default_context(cadata=authority_text())

    for host in ("contoso.crm4.dynamics.com", "login.microsoftonline.com"):
        assert shaken(client, server_context(), host) == host


def test_who_does_not_know_the_authority_refuses_it() -> None:
    stranger = ssl.create_default_context()

    with pytest.raises(ssl.SSLCertVerificationError):
        shaken(stranger, server_context(), "contoso.crm4.dynamics.com")


def test_a_host_has_one_context_in_a_process() -> None:
    assert context_of("a.example") is context_of("a.example")
    assert context_of("a.example") is not context_of("b.example")
