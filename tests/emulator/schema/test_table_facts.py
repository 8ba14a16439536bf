"""Facts of well-known tables from their pages in the entity reference."""

from __future__ import annotations

import pytest

from connector.emulator.schema.table_facts import facts_of, type_code_of


@pytest.mark.parametrize(
    ("table", "code"), [("account", 1), ("systemuser", 8), ("role", 1036), ("invoice", 1090)]
)
def test_well_known_tables_have_their_published_type_codes(table: str, code: int) -> None:
    assert type_code_of(table) == code


def test_other_tables_have_a_code_of_their_own_above_those_of_the_platform() -> None:
    codes = {type_code_of(name) for name in ("msdyn_actual", "msdyn_project", "new_thing")}

    assert len(codes) == 3
    assert min(codes) >= 10_000
    assert facts_of("new_thing").schema_name == ""
