"""A lookup is written by its navigation property and the address of the row."""

from __future__ import annotations

from uuid import UUID

from connector.projectops.binding import bind
from tests.projectops.small_tenant import MAPPING

KEY = UUID("0F8FAD5B-D9CB-469F-A165-70867728950E")


def test_a_lookup_is_bound_to_the_address_of_its_row() -> None:
    assert bind("msdyn_Invoice", MAPPING.invoice, KEY) == {
        "msdyn_Invoice@odata.bind": "/invoices(0f8fad5b-d9cb-469f-a165-70867728950e)"
    }


def test_nothing_is_written_without_a_row_or_without_a_property() -> None:
    assert bind("msdyn_Invoice", MAPPING.invoice, None) == {}
    assert bind(None, MAPPING.invoice, KEY) == {}
