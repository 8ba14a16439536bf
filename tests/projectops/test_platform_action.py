"""The tenant's action by its names: what is called, and what counts as missing."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from connector.dataverse.errors import BadRequest, NotFound, Refused
from connector.projectops.platform_action import ScheduleAction
from tests.dataverse.far_side import answer, client_of, error, scripted
from tests.projectops.small_tenant import small_tenant

if TYPE_CHECKING:
    from connector.dataverse.message import Response
    from tests.dataverse.far_side import FarSide

CONTRACT, ROW = UUID(int=1), UUID(int=2)
SYNC = "msdyn_CreateInvoicefromInvoiceScheduleSync"
OTHER = "msdyn_CreateInvoiceFromInvoiceSchedule"
THIRD = "msdyn_createinvoicefrominvoiceschedule"
UNKNOWN = error(404, "0x8006088a", f"Resource not found for the segment '{SYNC}'.")


def action_of(*answers: Response) -> tuple[ScheduleAction, FarSide]:
    client, far = client_of(scripted(*answers))
    return ScheduleAction(client, small_tenant()), far


def called(far: FarSide) -> list[str]:
    return [request.path.rpartition("Microsoft.Dynamics.CRM.")[2] for request in far.requests]


def test_the_rows_are_given_to_the_action_of_their_contract() -> None:
    action, far = action_of(answer(200, {"IsSuccess": True}))

    action.call(CONTRACT, [ROW])

    (request,) = far.requests
    assert request.path == f"salesorders({CONTRACT})/Microsoft.Dynamics.CRM.{SYNC}"
    table = "msdyn_contractlineinvoiceschedule"
    assert json.loads(request.body or b"") == {
        "InvoiceSchedules": [
            {"@odata.type": f"#Microsoft.Dynamics.CRM.{table}", f"{table}id": str(ROW)}
        ]
    }


@pytest.mark.parametrize("missing", [UNKNOWN, error(501, "", "not implemented")])
def test_a_name_that_the_tenant_lacks_gives_way_to_the_next_and_is_not_tried_again(
    missing: Response,
) -> None:
    action, far = action_of(missing, answer(204))

    action.call(CONTRACT, [ROW])
    action.call(CONTRACT, [ROW])

    assert called(far) == [SYNC, OTHER, OTHER]


def test_a_tenant_without_any_of_the_names_is_told_all_of_them() -> None:
    action, far = action_of(UNKNOWN)

    with pytest.raises(NotFound, match=rf"{SYNC}, {OTHER}, {THIRD}") as refused:
        action.call(CONTRACT, [ROW])

    assert not refused.value.proven
    assert called(far) == [SYNC, OTHER, THIRD]


@pytest.mark.parametrize(
    ("refusal", "kind"),
    [
        (error(400, "0x80040265", "a plug-in says no"), BadRequest),
        (error(404, "0x80040217", "salesorder With Id = 1 Does Not Exist"), NotFound),
        (answer(200, {"IsSuccess": False}), Refused),
    ],
)
def test_another_refusal_is_not_taken_for_a_missing_action(
    refusal: Response, kind: type[Refused]
) -> None:
    action, far = action_of(refusal, answer(204))

    with pytest.raises(kind):
        action.call(CONTRACT, [ROW])

    assert called(far) == [SYNC]
