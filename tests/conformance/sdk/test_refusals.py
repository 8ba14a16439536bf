from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from PowerPlatform.Dataverse.core.errors import HttpError

from connector.emulator import FaultKind, ScriptedFault
from tests.conformance.tenant import ADATUM, PUMP

if TYPE_CHECKING:
    from PowerPlatform.Dataverse.client import DataverseClient

    from connector.emulator import Emulator


@pytest.mark.parametrize(
    ("values", "status", "code", "words"),
    [
        ({"cr_nothing": 1}, 400, "0x80048d19", "cr_nothing"),
        ({"cr_parent@odata.bind": f"/cr_devices({PUMP})"}, 400, "0x80048d19", "undeclared"),
        ({"cr_Parent@odata.bind": f"/accounts({ADATUM})"}, 400, "0x80060888", "accounts"),
        ({"cr_name": "x" * 101}, 400, "0x80044331", "cr_name"),
        ({"cr_count": 1001}, 400, "0x80044330", "cr_count"),
        ({"cr_count": "seven"}, 400, "0x80048d19", "cr_count"),
        ({"cr_color": 99}, 400, "0x8004431a", "cr_color"),
        ({"cr_installedon": "2026-01-31T10:00:00Z"}, 400, "0x80048d19", "cr_installedon"),
        ({"cr_seenon": "1700-01-01T00:00:00Z"}, 400, "0x80044330", "cr_seenon"),
        ({"statecode": 1, "statuscode": 1}, 400, "0x80048408", "state"),
        ({"_cr_parent_value": PUMP}, 400, "0x80060888", "Navigation properties"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else None,
)
def test_a_value_that_does_not_fit_is_refused_and_named(
    client: DataverseClient,
    emulator: Emulator,
    values: dict[str, Any],
    status: int,
    code: str,
    words: str,
) -> None:
    before = emulator.dump()
    with pytest.raises(HttpError) as refused:
        client.records.update("cr_device", PUMP, values)
    assert refused.value.status_code == status
    assert refused.value.details["service_error_code"] == code
    assert words in str(refused.value)
    assert emulator.dump() == before


def test_the_service_limit_reaches_the_caller_with_its_waiting_time(
    client: DataverseClient, emulator: Emulator
) -> None:
    emulator.plan(
        ScriptedFault(
            kind=FaultKind.STATUS, method="POST", status=429, code="0x80072322", retry_after=2
        )
    )
    with pytest.raises(HttpError) as refused:
        client.records.create("account", {"name": "Limited"})
    assert refused.value.is_transient
    assert refused.value.details["retry_after"] == 2
    assert refused.value.details["service_error_code"] == "0x80072322"
    assert len(emulator.rows("accounts")) == 3


def test_a_failed_request_carries_the_ids_for_support(client: DataverseClient) -> None:
    with pytest.raises(HttpError) as refused:
        client.records.list("account", filter="nothing eq 1")
    assert refused.value.details["service_request_id"]
    assert refused.value.details["correlation_id"]


def test_a_dropped_answer_makes_the_sdk_send_its_creation_again(
    client: DataverseClient, emulator: Emulator
) -> None:
    """Known of the SDK: it repeats a POST; the emulator shows the duplicate as a tenant would."""
    emulator.plan(ScriptedFault(kind=FaultKind.DROP_AFTER, method="POST"))
    client.records.create("account", {"name": "Twice"})
    assert [one["name"] for one in emulator.rows("accounts")].count("Twice") == 2
