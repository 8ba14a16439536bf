"""SecurityPrivilegeMetadata of tables, with the ids that an organisation gave."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from connector.emulator.faults import DataverseFault
from connector.emulator.metadata.privilege_rows import privilege_rows, shown_privileges, with_ids
from connector.emulator.query.options import parse_options

if TYPE_CHECKING:
    from connector.emulator.schema.model import Schema


def test_a_table_of_the_organisation_is_read_globally_or_not_at_all(schema: Schema) -> None:
    row = privilege_rows(schema.table("product"))[1]

    depths = (row["CanBeBasic"], row["CanBeLocal"], row["CanBeDeep"], row["CanBeGlobal"])
    assert (row["Name"], row["PrivilegeType"]) == ("prvReadProduct", "Read")
    assert depths == (False, False, False, True)


def test_known_ids_take_the_place_of_the_emulators_own(schema: Schema) -> None:
    own = privilege_rows(schema.table("account"))
    answer: Any = with_ids({"value": own, "Privileges": own}, {"prvReadAccount": "known"})

    for rows in (answer["value"], answer["Privileges"]):
        assert [row["PrivilegeId"] for row in rows if row["Name"] == "prvReadAccount"] == ["known"]
        assert len({row["PrivilegeId"] for row in rows}) == 8
    assert "known" not in {row["PrivilegeId"] for row in own}


def test_child_tables_show_none(schema: Schema) -> None:
    assert privilege_rows(schema.table("invoicedetail")) == []


@pytest.mark.parametrize("options", ["$expand=Name", "$select=Nonsense", "$filter=Nonsense eq 1"])
def test_a_property_that_privileges_lack_is_refused(schema: Schema, options: str) -> None:
    with pytest.raises(DataverseFault) as refused:
        shown_privileges(schema.table("account"), parse_options(options))
    assert refused.value.status == 400
