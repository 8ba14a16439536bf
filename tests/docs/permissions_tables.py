"""
The tables of `docs/permissions.md`: what the connector needs of the emulator's own schema.

`python -m tests.docs.permissions_tables` writes them into the page.
"""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from connector.cli.role_view import matrix_lines
from connector.dataverse.address import service_root
from connector.dataverse.auth import AuthMethod, AuthSettings, token_source
from connector.dataverse.client import DataverseClient
from connector.dataverse.transport import RequestsTransport
from connector.emulator import Emulator
from connector.mapping import load_mapping
from connector.projectops.needed_privileges import Modes, needed_privileges
from connector.projectops.role import mapped_infos

if TYPE_CHECKING:
    from collections.abc import Mapping

    from connector.dataverse.metadata import TableInfo
    from connector.mapping import TenantMapping
    from connector.projectops.needed_privileges import NeededPrivilege

PAGE = Path(__file__).resolve().parents[2] / "docs" / "permissions.md"
#: The modes of the page by the name of their part.
MODES = {
    "defaults": Modes(),
    "platform": Modes(by_action=True),
    "claims": Modes(claims=True),
    "owner": Modes(owner=True),
    "retainers": Modes(retainers=True),
}


def parts() -> Mapping[str, str]:
    """The text of each part: the whole of the defaults, and what each mode adds to it."""
    mapping = load_mapping()
    tables = _tables(mapping)
    needed = {name: needed_privileges(mapping, modes, tables) for name, modes in MODES.items()}
    known = {_right(need) for need in needed["defaults"]}
    added = {
        name: tuple(need for need in found if name == "defaults" or _right(need) not in known)
        for name, found in needed.items()
    }
    return {name: "\n".join(matrix_lines(found)) for name, found in added.items()}


def filled(page: str) -> str:
    """*page* with the tables of today."""
    for name, text in parts().items():
        begin, end = f"<!-- {name} begin -->\n", f"<!-- {name} end -->"
        before, rest = page.split(begin)
        page = f"{before}{begin}{text}\n{end}{rest.partition(end)[2]}"
    return page


def _tables(mapping: TenantMapping) -> Mapping[str, TableInfo]:
    """The definitions of the emulator's tables, as a client reads them."""
    none = AuthSettings(method=AuthMethod.NONE)
    with closing(Emulator(behaviour="plain")) as emulator, emulator.serve() as server:
        transport = RequestsTransport(
            service_root(server.url),
            token_source(none, server.url, now=lambda: emulator.clock().timestamp()),
            ids=lambda: UUID(int=1),
            clock=lambda: emulator.clock().timestamp(),
            sleep=emulator.clock.advance,
        )
        with closing(transport):
            return mapped_infos(DataverseClient(transport), mapping)


def _right(need: NeededPrivilege) -> tuple[str, str, int]:
    return need.table, need.right.value, int(need.depth)


if __name__ == "__main__":
    PAGE.write_text(filled(PAGE.read_text("utf-8")), "utf-8")
