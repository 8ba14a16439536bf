"""`docs/permissions.md` lists what the code needs."""

from __future__ import annotations

from connector.projectops.needed_privileges import OF_DEFINITIONS
from tests.docs.permissions_tables import MODES, PAGE, filled


def test_the_page_is_as_its_generator_writes_it() -> None:
    page = PAGE.read_text("utf-8")

    assert filled(page) == page, "run python -m tests.docs.permissions_tables"


def test_the_page_has_a_table_of_each_mode_and_names_what_definitions_need() -> None:
    page = PAGE.read_text("utf-8")

    for name in MODES:
        part = page.partition(f"<!-- {name} begin -->")[2].partition(f"<!-- {name} end -->")[0]
        assert part.count("\n| `") >= 1, name
    assert all(f"`{name}`" in page for name in OF_DEFINITIONS)
    assert "| `msdyn_actual` |  | Global |" in page
