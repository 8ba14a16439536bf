"""A role as a document, as lines of a terminal, and as a table of the documentation."""

from __future__ import annotations

import io
import json
from uuid import UUID

from rich.console import Console

from connector.cli.role_view import matrix_lines, print_role, role_text
from connector.dataverse.privileges import Depth, Right
from connector.projectops.needed_privileges import NeededPrivilege, Purpose
from connector.projectops.role import RolePrivilege

CREATE = NeededPrivilege(
    table="invoice", right=Right.CREATE, depth=Depth.BASIC, purposes=(Purpose.DRAFT,)
)
DELETE = NeededPrivilege(
    table="invoice", right=Right.DELETE, depth=Depth.BASIC, purposes=(Purpose.UNDO,)
)
ROLE = (RolePrivilege(id=UUID(int=7), name="prvCreateInvoice", depth=Depth.BASIC, needs=(CREATE,)),)


def test_the_document_has_what_adds_a_privilege_to_a_role() -> None:
    document = json.loads(role_text(ROLE))

    assert document == {
        "format": "proforma-role/1",
        "definitions": [
            "prvReadAttribute",
            "prvReadEntity",
            "prvReadOptionSet",
            "prvReadRelationship",
        ],
        "privileges": [
            {
                "id": "00000000-0000-0000-0000-000000000007",
                "name": "prvCreateInvoice",
                "depth": "Basic",
                "tables": ["invoice"],
                "for": ["write drafts"],
                "needed_by_runs": True,
            }
        ],
    }


def test_people_see_one_row_a_privilege() -> None:
    out = io.StringIO()

    print_role(Console(file=out, width=100), ROLE)

    (row,) = [line for line in out.getvalue().splitlines() if "prvCreateInvoice" in line]
    assert row.split() == ["prvCreateInvoice", "Basic", "invoice", "write", "drafts"]
    assert "prvReadEntity" in out.getvalue()


def test_the_documentation_has_one_row_a_table_and_one_column_a_right() -> None:
    head, _, row = matrix_lines((CREATE, DELETE))

    assert head == (
        "| table | Create | Read | Write | Delete | Append | AppendTo | Assign | needed to |"
    )
    assert row == "| `invoice` | Basic |  |  | Basic |  |  |  | write drafts; undo a run |"
