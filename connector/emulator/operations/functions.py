"""The functions that clients call: who, which version, how many rows, which definitions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from connector.emulator.operations import privilege_functions, sharing
from connector.emulator.operations.definition_changes import retrieve_metadata_changes
from connector.emulator.operations.language_functions import LANGUAGE_FUNCTIONS
from connector.emulator.operations.organization_functions import (
    ORGANIZATION_FUNCTIONS,
    VERSION,
)
from connector.emulator.operations.parameters import parameters_of
from connector.emulator.schema.rights import Right
from connector.emulator.storage.layout import VERSION as ROW_VERSION
from connector.emulator.storage.layout import sql_table
from connector.emulator.storage.principals import ORGANIZATION_ID

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from connector.emulator.operations.scope import Scope
    from connector.emulator.protocol.addressing import Segment
    from connector.emulator.protocol.exchange import Response
    from connector.emulator.schema.model import Table
    from connector.emulator.storage.store import Transaction

_PREFIX: Final = "$metadata#Microsoft.Dynamics.CRM."


def who_am_i(scope: Scope, _segment: Segment) -> Response:
    """Answer the ids of user, business unit and organisation."""
    return scope.json(
        {
            "@odata.context": f"{scope.root}{_PREFIX}WhoAmIResponse",
            "BusinessUnitId": str(scope.tx.unit_of(scope.tx.user).id),
            "UserId": str(scope.tx.user.id),
            "OrganizationId": str(ORGANIZATION_ID),
        }
    )


def retrieve_version(scope: Scope, _segment: Segment) -> Response:
    """Answer the version that the emulator passes itself off as."""
    context = f"{scope.root}{_PREFIX}RetrieveVersionResponse"
    return scope.json({"@odata.context": context, "Version": VERSION})


def total_record_count(scope: Scope, segment: Segment) -> Response:
    """Answer how many rows some tables have, named by `EntityNames=["account"]`."""
    names = parameters_of(scope, segment).only("EntityNames").texts("EntityNames")
    tables = [scope.schema.table(name) for name in names]
    for table in tables:
        scope.tx.demand(table, Right.READ)
    counts = [count_rows(scope.tx, table) for table in tables]
    context = f"{scope.root}{_PREFIX}RetrieveTotalRecordCountResponse"
    collection = {"Count": len(names), "IsReadOnly": False, "Keys": list(names), "Values": counts}
    return scope.json({"@odata.context": context, "EntityRecordCountCollection": collection})


FUNCTIONS: Final[Mapping[str, Callable[[Scope, Segment], Response]]] = {
    "WhoAmI": who_am_i,
    "RetrieveVersion": retrieve_version,
    "RetrieveTotalRecordCount": total_record_count,
    "RetrieveMetadataChanges": retrieve_metadata_changes,
    **LANGUAGE_FUNCTIONS,
    **ORGANIZATION_FUNCTIONS,
    **privilege_functions.UNBOUND,
    **sharing.UNBOUND,
}


def count_rows(tx: Transaction, table: Table, *, written: bool = False) -> int:
    """Return how many rows a table has, with *written* without those of the platform itself."""
    where = f" WHERE {ROW_VERSION} > 0" if written else ""
    return int(tx.select(f"SELECT COUNT(*) FROM {sql_table(table)}{where}")[0][0] or 0)  # noqa: S608  a name of the schema
