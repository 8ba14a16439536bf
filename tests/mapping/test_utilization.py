"""What the shipped mapping says of utilization is what a mapping without it means."""

from __future__ import annotations

from connector.mapping import load_mapping
from connector.mapping.utilization import UtilizationTables


def test_a_mapping_of_before_needs_no_word_of_utilization() -> None:
    assert load_mapping().utilization == UtilizationTables()


def test_only_kinds_of_resources_that_work_are_capacity() -> None:
    """Contact 2, User 3, Equipment 4, Account 5; not Generic 1, Crew 6, Facility 7, Pool 8."""
    assert UtilizationTables().resource.kinds == (2, 3, 4, 5)
