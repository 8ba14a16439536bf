"""A record that changed or vanished since the plan was made is told."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from connector.invoicing.choices import RecordKind
from connector.projectops.drift import Change, drifted
from connector.projectops.read import begin_reading, read_part
from tests.projectops.one_contract import CONTRACT, tenant_with
from tests.projectops.one_invoice import TENANT, plan

if TYPE_CHECKING:
    from tests.projectops.stored_rows import StoredRows

READ = (
    (RecordKind.CONTRACT, UUID(int=7), 'W/"1"'),
    (RecordKind.CONTRACT_LINE, UUID(int=21), 'W/"1"'),
    (RecordKind.SCHEDULE_ROW, UUID(int=61), 'W/"1"'),
    (RecordKind.MILESTONE, UUID(int=32), 'W/"1"'),
    (RecordKind.ACTUAL, UUID(int=31), 'W/"1"'),
)


def changes_in(far: StoredRows) -> tuple[Change, ...]:
    reading = begin_reading(far.client, TENANT)
    [snapshot] = read_part(far.client, reading, (CONTRACT,))
    return drifted(replace(plan(), source_etags=READ), snapshot)  # type: ignore[arg-type]


def test_nothing_is_told_while_every_version_is_as_it_was_read() -> None:
    assert changes_in(tenant_with()) == ()


@pytest.mark.parametrize(
    ("entity_set", "number", "kind"),
    [
        ("salesorders", 7, RecordKind.CONTRACT),
        ("salesorderdetails", 21, RecordKind.CONTRACT_LINE),
        ("msdyn_contractlineinvoiceschedules", 61, RecordKind.SCHEDULE_ROW),
        ("msdyn_contractlinescheduleofvalues", 32, RecordKind.MILESTONE),
        ("msdyn_actuals", 31, RecordKind.ACTUAL),
    ],
)
def test_a_record_with_another_version_is_told(
    entity_set: str, number: int, kind: RecordKind
) -> None:
    far = tenant_with()
    far.change(entity_set, UUID(int=number))

    [change] = changes_in(far)

    assert change == Change(kind=kind, record=UUID(int=number))
    assert str(change) == f"{kind} {UUID(int=number)}"


def test_records_that_vanished_are_told_in_order() -> None:
    far = tenant_with(msdyn_actuals=[], msdyn_contractlinescheduleofvalues=[])

    assert [change.record.int for change in changes_in(far)] == [31, 32]
