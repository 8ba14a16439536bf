"""What a security role has to hold, for a person, as a JSON document, and as a table of docs."""

from __future__ import annotations

import json
from itertools import groupby
from typing import TYPE_CHECKING, Final

from rich import box
from rich.table import Table

from connector.dataverse.privileges import Right
from connector.projectops.needed_privileges import OF_DEFINITIONS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.console import Console

    from connector.projectops.needed_privileges import NeededPrivilege
    from connector.projectops.role import RolePrivilege

FORMAT: Final = "proforma-role/1"


def role_text(privileges: Sequence[RolePrivilege]) -> str:
    """The role as a JSON document; its ids are the tenant's own."""
    listed = [
        {
            "id": str(privilege.id),
            "name": privilege.name,
            "depth": privilege.depth.word,
            "tables": list(privilege.tables),
            "for": [purpose.value for purpose in privilege.purposes],
            "needed_by_runs": privilege.is_for_runs,
        }
        for privilege in privileges
    ]
    document = {"format": FORMAT, "definitions": list(OF_DEFINITIONS), "privileges": listed}
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def print_role(console: Console, privileges: Sequence[RolePrivilege]) -> None:
    """One row a privilege."""
    table = Table("Privilege", "Depth", "Tables", "Needed to", box=box.SIMPLE_HEAD, pad_edge=False)
    for privilege in privileges:
        table.add_row(*_cells(privilege))
    console.print(table)
    console.print(f"And, with depth Global: {', '.join(OF_DEFINITIONS)}")


def matrix_lines(needed: Sequence[NeededPrivilege]) -> Iterator[str]:
    """The rights by table as Markdown, with the depth of each, for docs/permissions.md."""
    rights = list(Right)
    yield f"| table | {' | '.join(rights)} | needed to |"
    yield "|" + "---|" * (len(rights) + 2)
    for table, found in groupby(needed, key=lambda need: need.table):
        needs = {need.right: need for need in found}
        depths = (needs[right].depth.word if right in needs else "" for right in rights)
        purposes = dict.fromkeys(purpose for need in needs.values() for purpose in need.purposes)
        yield f"| `{table}` | {' | '.join(depths)} | {'; '.join(purposes)} |"


def _cells(privilege: RolePrivilege) -> tuple[str, str, str, str]:
    return (
        privilege.name,
        privilege.depth.word,
        ", ".join(privilege.tables),
        "; ".join(privilege.purposes),
    )
