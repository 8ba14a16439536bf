"""Keys of rows that are written already must be found again by every later release."""

from __future__ import annotations

from datetime import date
from uuid import UUID, uuid5

from connector.invoicing import keys
from connector.invoicing.choices import SourceTable
from connector.invoicing.ids import ContractId, ContractLineId, CustomerId, OrganizationId
from connector.invoicing.model import Source

ORGANIZATION = OrganizationId(UUID("11111111-0000-4000-8000-000000000000"))
CONTRACT = ContractId(UUID("22222222-0000-4000-8000-000000000000"))
CUSTOMER = CustomerId(UUID("33333333-0000-4000-8000-000000000000"))
LINE = ContractLineId(UUID("44444444-0000-4000-8000-000000000000"))
SOURCE = Source(table=SourceTable.MILESTONE, id=UUID("55555555-0000-4000-8000-000000000000"))


def test_the_texts_behind_the_keys_never_change() -> None:
    invoice = keys.invoice_id(ORGANIZATION, CONTRACT, CUSTOMER, date(2020, 10, 5))
    detail = keys.detail_id(ORGANIZATION, SOURCE)

    assert invoice == uuid5(ORGANIZATION, f"invoice/{CONTRACT}/{CUSTOMER}/2020-10-05")
    assert keys.line_id(invoice, LINE) == uuid5(invoice, f"line/{LINE}")
    assert detail == uuid5(ORGANIZATION, f"detail/msdyn_contractlinescheduleofvalue/{SOURCE.id}")
    assert keys.billing_line_id(ORGANIZATION, SOURCE) == detail
    assert keys.connection_id(detail) == uuid5(detail, "connection")


def test_each_generation_of_a_credited_milestone_has_a_key_of_its_own() -> None:
    found = [keys.detail_id(ORGANIZATION, SOURCE, generation) for generation in range(3)]

    assert found[0] == keys.detail_id(ORGANIZATION, SOURCE)
    assert found[1] == uuid5(
        ORGANIZATION, f"detail/msdyn_contractlinescheduleofvalue/{SOURCE.id}/1"
    )
    assert len(set(found)) == 3
