"""An address is matched as a whole: scheme, host and port."""

from __future__ import annotations

import pytest

from connector.testing.addresses import EVERY_ENVIRONMENT, read_address


def test_an_address_is_read_with_the_port_of_its_scheme() -> None:
    secure, plain = read_address("https://a.example"), read_address("http://a.example/")

    assert (secure.host, secure.port, secure.is_secure) == ("a.example", 443, True)
    assert (plain.host, plain.port, plain.is_secure) == ("a.example", 80, False)
    assert read_address("https://a.example:8443").port == 8443


@pytest.mark.parametrize(
    ("host", "port", "covered"),
    [
        ("contoso.crm4.dynamics.com", 443, True),
        ("CONTOSO.crm4.Dynamics.com", 443, True),
        ("contoso.crm4.dynamics.com.", 443, True),
        ("contoso.crm4.dynamics.com", 80, False),
        ("dynamics.com", 443, False),
        ("dynamics.com.example.org", 443, False),
        ("contosodynamics.com", 443, False),
        ("contoso.dynamics-com", 443, False),
    ],
)
def test_a_host_is_covered_by_its_whole_name(host: str, port: int, covered: bool) -> None:  # noqa: FBT001  a case
    assert read_address("https://*.dynamics.com").covers(host, port) is covered


def test_every_cloud_has_environments_and_sign_in() -> None:
    known = [read_address(text) for text in EVERY_ENVIRONMENT]

    for host in ("org.crm.dynamics.cn", "org.crm.microsoftdynamics.us", "login.microsoftonline.us"):
        assert any(address.covers(host, 443) for address in known)
    assert not any(address.covers("graph.microsoft.com", 443) for address in known)
