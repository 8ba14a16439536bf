"""Texts cut to the tenant's columns, counted as the platform counts them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from connector.invoicing.ids import OrganizationId
from connector.mapping import load_mapping
from connector.mapping.model import CopyRules
from connector.projectops.choices import resolve_choices
from connector.projectops.lengths import Shortened, combined, fitted
from connector.projectops.tenant import Tenant

MAPPING = load_mapping()


def tenant(**lengths: int) -> Tenant:
    return Tenant(
        organization_id=OrganizationId(UUID(int=1)),
        mapping=MAPPING,
        choices=resolve_choices(MAPPING.choices, {}),
        zone=ZoneInfo("UTC"),
        columns={},
        behaviours={},
        copies=CopyRules(),
        payment_terms={},
        lengths={"invoice": lengths},
    )


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("abcde", "abcde"),
        ("abcdef", "abcde"),
        # each of these counts as two; half of one is never written
        ("ab\U0001f680\U0001f680", "ab\U0001f680"),
        ("abcd\U0001f680", "abcd"),
        ("", ""),
    ],
)
def test_a_text_is_cut_to_what_its_column_holds(text: str, written: str) -> None:
    row, cut = fitted(tenant(name=5), "invoice", {"name": text, "description": text * 9})

    assert row == {"name": written, "description": text * 9}
    assert bool(cut) is (written != text)


def test_only_texts_of_columns_with_a_length_are_looked_at() -> None:
    row: dict[str, Any] = {"name": None, "tax": Decimal(1234567), "x@odata.bind": "/a(1)"}

    assert fitted(tenant(name=2, tax=2), "invoice", row) == (row, ())
    assert fitted(tenant(name=2), "invoicedetail", {"name": "abc"}) == ({"name": "abc"}, ())


def test_a_message_names_each_column_once_with_its_longest_text() -> None:
    def cut(column: str, length: int) -> Shortened:
        return Shortened(table="invoice", column=column, length=length, most=5)

    assert combined([cut("name", 6), cut("name", 9), cut("description", 7)]) == (
        "invoice.name (9 characters, it holds 5), invoice.description (7 characters, it holds 5)"
    )
