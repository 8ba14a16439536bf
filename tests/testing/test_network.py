"""What is emulated leads to its emulator, what is this machine's stays, the rest is refused."""

from __future__ import annotations

import pytest

from connector.testing.addresses import read_address
from connector.testing.network import Emulated, HostRefusedError, Network, is_this_machine

CONTOSO = Emulated(addresses=(read_address("https://contoso.example"),), ports={True: 40_001})


@pytest.mark.parametrize(
    ("host", "here"),
    [
        ("localhost", True),
        ("LOCALHOST", True),
        ("", True),
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("::1", True),
        ("::ffff:127.0.0.1", True),
        ("0.0.0.0", True),  # noqa: S104  nothing is bound
        ("fe80::1%eth0", False),
        ("10.0.0.1", False),
        ("169.254.169.254", False),
        ("::ffff:10.0.0.1", False),
        ("localhost.example.com", False),
    ],
)
def test_this_machine_is_loopback_and_nothing_else(host: str, here: bool) -> None:  # noqa: FBT001  a case
    assert is_this_machine(host) is here


def test_an_emulated_host_leads_to_the_port_of_its_emulator() -> None:
    network = Network()
    with network.joined_by(CONTOSO):
        address = network.address_of("contoso.example")
        by_name, by_address = (
            network.place_of("contoso.example", 443),
            network.place_of(address, 443),
        )

    assert (by_name.host, by_name.port) == ("127.0.0.1", 40_001)
    assert (by_address.host, by_address.port) == ("127.0.0.1", 40_001)
    assert network.name_of(address) == "contoso.example"


def test_the_emulator_that_joined_last_answers_first() -> None:
    network = Network()
    later = Emulated(addresses=CONTOSO.addresses, ports={True: 40_002})
    with network.joined_by(CONTOSO):
        with network.joined_by(later):
            assert network.place_of("contoso.example", 443).port == 40_002
        assert network.place_of("contoso.example", 443).port == 40_001
    assert not network.stands_for("contoso.example")


@pytest.mark.parametrize(
    ("host", "port", "shown"),
    [
        ("api.example.com", 443, "api.example.com:443"),
        ("2001:db8::1", 443, "[2001:db8::1]:443"),
        ("contoso.example", 8443, "contoso.example:8443"),
        ("127.0.0.53", 53, "127.0.0.53:53"),
    ],
)
def test_a_refusal_names_the_host_and_what_to_do(host: str, port: int, shown: str) -> None:
    network = Network()
    with network.joined_by(CONTOSO), pytest.raises(HostRefusedError) as refused:
        network.place_of(host, port)

    assert str(refused.value).startswith(f"[Errno 111] {shown} was not reached")
    assert f"dataverse(allow=['{host}'])" in str(refused.value)


def test_an_allowed_host_is_reached_with_its_addresses_for_that_long() -> None:
    network = Network()
    with network.joined_by(Emulated(allowed=("db", "*.example.com"))):
        network.may_reach("172.18.0.3")
        for host in ("db", "DB", "a.example.com", "172.18.0.3"):
            assert network.place_of(host, 5432).host == host
        with pytest.raises(HostRefusedError):
            network.place_of("example.com", 443)
    with pytest.raises(HostRefusedError):
        network.place_of("172.18.0.3", 5432)
