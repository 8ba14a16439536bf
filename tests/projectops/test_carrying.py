"""What travels along unseen by the rules: copies, and what keeps a product's price."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from connector.invoicing.ids import OrganizationId
from connector.invoicing.model import Carried
from connector.mapping import load_mapping
from connector.mapping.model import CopyRule, CopyRules
from connector.projectops.carrying import carried, priced
from connector.projectops.choices import resolve_choices
from connector.projectops.rows import RowFault, RowReader
from connector.projectops.tenant import Tenant

MAPPING = load_mapping()
LINE, BILL = MAPPING.contract_line, MAPPING.invoice_line
ID = "11111111-1111-1111-1111-111111111111"
PRICING = frozenset({"ispriceoverridden", "manualdiscountamount", "volumediscountamount"})


def tenant(source: frozenset[str] = PRICING, target: frozenset[str] = PRICING) -> Tenant:
    return Tenant(
        organization_id=OrganizationId(UUID(int=1)),
        mapping=MAPPING,
        choices=resolve_choices(MAPPING.choices, {}),
        zone=ZoneInfo("UTC"),
        columns={LINE.table: source, BILL.table: target},
        behaviours={},
        copies=CopyRules(),
        payment_terms={},
    )


def reader(row: dict[str, Any], known: Tenant | None = None) -> RowReader:
    return RowReader(known or tenant(), LINE.table, LINE.id, {LINE.id: ID, **row})


def pricing(known: Tenant, **row: Any) -> dict[str, Any]:
    usual = dict.fromkeys(PRICING) | row
    return {
        item.property: item.value if item.number is None else item.number
        for item in priced(known, reader(usual, known))
    }


@pytest.mark.parametrize("own", [None, False, True])
def test_the_price_of_a_product_is_fixed_unless_its_list_discounts_the_volume(
    *, own: bool | None
) -> None:
    fixed = pricing(tenant(), ispriceoverridden=own, manualdiscountamount=Decimal("4.90"))
    listed = pricing(tenant(), ispriceoverridden=own, volumediscountamount=Decimal(1))

    assert fixed == {"manualdiscountamount": Decimal("4.90"), "ispriceoverridden": True}
    assert listed == ({} if own is None else {"ispriceoverridden": own})


def test_a_column_that_one_side_lacks_does_not_travel() -> None:
    row = {"manualdiscountamount": Decimal(5), "volumediscountamount": Decimal(1)}

    assert pricing(tenant(target=frozenset()), **row) == {}
    assert pricing(tenant(source=frozenset()), **row) == {"ispriceoverridden": True}


def test_values_and_lookups_travel_as_they_are_and_empty_ones_stay() -> None:
    rules = [
        CopyRule.model_validate({"from": "text", "to": "note"}),
        CopyRule.model_validate({"from": "rate", "to": "rate"}),
        CopyRule.model_validate({"from": "empty", "to": "empty"}),
        CopyRule.model_validate({"from": "unit", "to": "new_Unit", "set": "uoms"}),
        CopyRule.model_validate({"from": "none", "to": "new_None", "set": "uoms"}),
    ]
    row = {
        "text": "CC-17",
        "rate": Decimal("1.2500"),
        "empty": None,
        "_unit_value": ID,
        "_none_value": None,
    }

    assert carried(reader(row), rules) == (
        Carried(property="note", value="CC-17"),
        Carried(property="rate", number=Decimal("1.2500")),
        Carried(property="new_Unit@odata.bind", value=f"/uoms({ID})"),
    )


def test_what_is_no_single_value_is_a_fault() -> None:
    rule = CopyRule.model_validate({"from": "list", "to": "note"})

    with pytest.raises(RowFault, match="a single value that can be copied"):
        carried(reader({"list": [1]}), [rule])
