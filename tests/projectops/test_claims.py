"""What says that a source stands on an invoice, table by table."""

from __future__ import annotations

from uuid import UUID

from connector.invoicing.choices import SourceTable
from connector.projectops.change_sets import Claim
from connector.projectops.claims import claim_columns
from tests.projectops.small_tenant import small_tenant

KEY = UUID(int=5)
COLUMNS = claim_columns(small_tenant())


def test_an_actual_is_claimed_and_released_by_its_billing_status() -> None:
    own = COLUMNS[SourceTable.ACTUAL]

    assert own.claim(KEY) == Claim(
        set="msdyn_actuals", id=KEY, row={"msdyn_billingstatus": 192350001}
    )
    assert own.release(KEY) == Claim(
        set="msdyn_actuals", id=KEY, row={"msdyn_billingstatus": 192350004}
    )


def test_a_milestone_has_numbers_of_its_own() -> None:
    own = COLUMNS[SourceTable.MILESTONE]

    assert own.claim(KEY).row == {"msdyn_invoicestatus": 192350002}
    assert own.release(KEY).row == {"msdyn_invoicestatus": 192350001}
    assert own.set == "msdyn_contractlinescheduleofvalues"


def test_a_product_line_is_claimed_on_the_contract_line() -> None:
    own = COLUMNS[SourceTable.PRODUCT_LINE]

    assert own.claim(KEY) == Claim(
        set="salesorderdetails", id=KEY, row={"msdyn_billingstatus": 192350001}
    )
    assert own.release(KEY).row == {"msdyn_billingstatus": 192350004}


def test_a_retainer_is_left_to_the_platform() -> None:
    assert SourceTable.RETAINER not in COLUMNS
