"""The mapping's names beside a tenant's: what is missing, and what is left without it."""

from __future__ import annotations

import pytest

from connector.mapping import load_mapping
from connector.projectops.mapped_names import (
    available_copies,
    available_mapping,
    missing_names,
)
from tests.projectops.tables import described

MAPPING = load_mapping()


def test_nothing_is_missing_where_everything_is_there() -> None:
    tables = described(MAPPING)

    assert list(missing_names(MAPPING, tables)) == []
    assert available_mapping(MAPPING, tables) == MAPPING
    assert available_copies(MAPPING, tables) == MAPPING.copy_rules


def test_a_missing_name_says_where_it_stands_and_whether_it_is_needed() -> None:
    lacks = {"msdyn_Transaction1Lookup_msdyn_invoicelinetransaction", "msdyn_transaction1role"}
    found = {item.entry: item for item in missing_names(MAPPING, described(MAPPING, lacks=lacks))}

    assert {entry: item.required for entry, item in found.items()} == {
        "connection.first_navigation": False,
        "connection.first_role": True,
    }
    assert str(found["connection.first_role"]) == (
        "[connection] first_role = 'msdyn_transaction1role': "
        "msdyn_transactionconnection has no such column or property"
    )


def test_an_optional_name_that_is_missing_is_taken_out_of_the_mapping() -> None:
    lacks = {"msdyn_milestonedate", "msdyn_Transaction2Lookup_msdyn_actual"}
    left = available_mapping(MAPPING, described(MAPPING, lacks=lacks))

    assert left.milestone.date is None
    assert left.milestone.dates == (MAPPING.milestone.fallback_date,)
    assert left.connection.second_actual_navigation is None
    assert left.connection.second_milestone_navigation is not None
    assert left.actual == MAPPING.actual


def test_a_required_name_stays_in_the_mapping_for_the_fault_to_name() -> None:
    left = available_mapping(MAPPING, described(MAPPING, lacks={"msdyn_transaction1"}))

    assert left.connection.first == "msdyn_transaction1"


@pytest.mark.parametrize("name", ["msdyn_basisprice", "msdyn_task", "msdyn_Task"])
def test_a_copy_travels_only_where_both_ends_are_there(name: str) -> None:
    rules = MAPPING.copy_rules.actual_to_detail
    left = available_copies(MAPPING, described(MAPPING, lacks={name})).actual_to_detail

    (gone,) = set(rules) - set(left)
    assert name in (gone.source, gone.target)
