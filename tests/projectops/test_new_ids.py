"""New ids keep the order of the old ones, and runs of ours are known again."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from connector.emulator import Emulator
from connector.invoicing import keys
from connector.invoicing.ids import ContractId, CustomerId
from connector.projectops.new_ids import ORGANIZATION, new_ids, obligation_keys
from tests.projectops.one_contract import due_row, line_row, uid
from tests.projectops.small_tenant import small_tenant

TENANT = small_tenant("Europe/Berlin")
CONTRACT, CUSTOMER = UUID(int=7), UUID(int=8)
OLD = [UUID(int=number) for number in range(1, 60)]


def invoice_row(key: UUID) -> dict[str, object]:
    return {"invoiceid": str(key), "_salesorderid_value": uid(7), "_customerid_value": uid(8)}


def test_the_order_of_ids_stays_and_nothing_else_of_them() -> None:
    made = new_ids(OLD, "secret")

    assert [made[key] for key in OLD] == sorted(made.values())
    assert len(set(made.values())) == len(OLD)
    assert not set(made.values()) & set(OLD)


def test_ids_follow_from_the_secret() -> None:
    assert new_ids(OLD, "a") == new_ids(reversed(OLD), "a")
    assert new_ids(OLD, "a") != new_ids(OLD, "b")


def test_the_invoice_of_a_run_gets_the_key_of_that_run_in_the_new_contract() -> None:
    day = date(2020, 10, 5)
    own = keys.invoice_id(TENANT.organization_id, ContractId(CONTRACT), CustomerId(CUSTOMER), day)
    ids = new_ids([CONTRACT, CUSTOMER, own, UUID(int=21)], "secret")
    world = {
        "contract_line": (line_row(21),),
        "schedule_row": (due_row(),),  # of 5 October
        "invoice": (invoice_row(own), invoice_row(UUID(int=99))),
    }

    found = dict(obligation_keys(TENANT, world, ids))

    there = ContractId(ids[CONTRACT]), CustomerId(ids[CUSTOMER])
    assert found == {own: keys.invoice_id(ORGANIZATION, *there, day)}


def test_the_organization_is_that_of_a_fresh_emulator() -> None:
    emulator = Emulator()
    [row] = emulator.rows("organizations")
    emulator.close()

    assert row["organizationid"] == str(ORGANIZATION)
