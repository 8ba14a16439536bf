"""`emulator conform`: no difference against the emulator, one against a faulty emulator."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from connector.emulator import FaultKind, ScriptedFault

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cli.conftest import Ended, Tenant

    Proforma = Callable[..., Ended]


def test_the_emulator_has_no_differences(proforma: Proforma, tenant: Tenant) -> None:
    ended = proforma("emulator", "conform", "--config", tenant.config, "--json")

    document = json.loads(ended.out)
    assert ended.code == 0
    assert document["format"] == "proforma-conform/1"
    assert "differs" not in {check["verdict"] for check in document["checks"]}
    assert "0 differs" in ended.err


def test_a_loopback_address_needs_no_configuration(proforma: Proforma, tenant: Tenant) -> None:
    with tenant.emulator.serve() as server:
        ended = proforma("emulator", "conform", "--url", server.url)

    assert ended.code == 0
    assert "0 differs" in ended.out


def test_a_difference_is_named_and_ends_with_1(proforma: Proforma, tenant: Tenant) -> None:
    tenant.emulator.plan(
        ScriptedFault(
            kind=FaultKind.STATUS, path="nothings", status=404, code="0x80060888", message="No."
        )
    )

    ended = proforma("emulator", "conform", "--config", tenant.config)

    assert ended.code == 1
    assert "What no entity set is called is 404" in " ".join(ended.out.split())
    assert "GET nothings" in ended.out
    assert "1 differs" in ended.out


@pytest.mark.usefixtures("attempts_without_waits")
def test_an_environment_that_cannot_be_reached_is_said_so(proforma: Proforma) -> None:
    ended = proforma("emulator", "conform", "--url", "http://127.0.0.1:9")

    assert ended.code == 4
    assert "http://127.0.0.1:9" in ended.err


def test_no_environment_at_all_is_a_fault_of_the_settings(proforma: Proforma) -> None:
    ended = proforma("emulator", "conform")

    assert ended.code == 2
    assert "url" in ended.err
