"""Payment terms: by the mapping, by equal labels, and never by a guess."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from connector.dataverse.metadata import AttributeInfo, TableInfo
from connector.mapping.load import parse_mapping
from connector.projectops.payment_terms import payment_terms, unknown_targets

if TYPE_CHECKING:
    from collections.abc import Mapping

    from connector.mapping import TenantMapping

SHIPPED = Path(__file__).parents[2] / "mappings" / "project-operations.toml"
INVOICE = {1: ("Net 30",), 2: ("2% 10, Net 30",), 3: ("Net 45",), 4: ("Net 60", "Netto 60")}
Labels = dict[int, tuple[str, ...]]


def mapping(pairs: str = "1 = 1\n2 = 2\n3 = 3\n4 = 4\n") -> TenantMapping:
    head, _, tail = SHIPPED.read_text(encoding="utf-8").partition("[payment_terms]\n")
    return parse_mapping(f"{head}[payment_terms]\n{pairs}{tail[tail.index(chr(10) * 2) :]}", "test")


def tables(customer: Labels | None, invoice: Labels | None) -> Mapping[str, TableInfo]:
    columns = {
        "msdyn_projectcontractsplitbillingrule": ("msdyn_paymentterms", customer),
        "invoice": ("paymenttermscode", invoice),
    }
    return {
        name: TableInfo(
            logical_name=name,
            entity_set=f"{name}s",
            primary_id=f"{name}id",
            lookups={},
            attributes={
                column: AttributeInfo(
                    type="Picklist",
                    labels=labels,
                    options=None
                    if labels is None
                    else {number: (*found, "")[0] for number, found in labels.items()},
                )
            },
        )
        for name, (column, labels) in columns.items()
    }


def test_the_mapping_says_what_public_sources_say() -> None:
    assert payment_terms(mapping(), tables(None, INVOICE)) == {1: 1, 2: 2, 3: 3, 4: 4}


@pytest.mark.parametrize(
    ("labels", "number"),
    [
        (("Net 60",), 4),
        (("netto 60",), 4),
        (("Sixty days", "NET 60"), 4),
        (("Net 90",), None),
        ((), None),
        (("",), None),
        (("Net 45", "Net 60"), None),  # two languages that contradict each other
    ],
)
def test_what_the_mapping_does_not_list_is_matched_by_its_label(
    labels: tuple[str, ...], number: int | None
) -> None:
    found = payment_terms(mapping(), tables({192350001: labels}, INVOICE))

    assert found.get(192350001) == number


def test_the_mapping_wins_over_labels() -> None:
    found = payment_terms(mapping("192350001 = 3\n"), tables({192350001: ("Net 60",)}, INVOICE))

    assert found == {192350001: 3}


def test_a_number_that_no_invoice_has_is_left_out_and_told() -> None:
    without_four = {number: labels for number, labels in INVOICE.items() if number != 4}
    known = tables({}, without_four)

    assert payment_terms(mapping(), known) == {1: 1, 2: 2, 3: 3}
    assert list(unknown_targets(mapping(), known)) == [(4, 4)]
    assert list(unknown_targets(mapping(), tables({}, INVOICE))) == []


def test_a_tenant_without_the_columns_has_what_the_mapping_says() -> None:
    assert payment_terms(mapping(), {}) == {1: 1, 2: 2, 3: 3, 4: 4}
    assert list(unknown_targets(mapping(), {})) == []
