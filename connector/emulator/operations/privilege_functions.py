"""The functions that tell which privileges a user, a team or a role holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from uuid import UUID

from connector.emulator import faults
from connector.emulator.access.catalog import catalog_of
from connector.emulator.access.grants import grants_of, role_privileges
from connector.emulator.operations.parameters import parameters_of
from connector.emulator.protocol.addressing import parse_guid
from connector.emulator.rows.writer import reference_to
from connector.emulator.schema.rights import Depth

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from connector.emulator.access.grants import Grants
    from connector.emulator.operations.parameters import Parameters
    from connector.emulator.operations.scope import Scope
    from connector.emulator.protocol.addressing import Segment
    from connector.emulator.protocol.exchange import Response
    from connector.emulator.storage.store import StoredRow

_CONTEXT: Final = "$metadata#Microsoft.Dynamics.CRM."
_NO_FILTER: Final = "00000000-0000-0000-0000-000000000000"

Found = tuple[str, UUID, Depth]


def user_privileges(scope: Scope, row: StoredRow, segment: Segment) -> Response:
    """
    Answer what a user holds: the depth of its own roles, Basic for what only teams give.

    So the service documents it; the functions that name privileges answer the depth in force.
    """
    parameters = parameters_of(scope, segment).only()
    grants = grants_of(scope.tx, reference_to(row))
    ids = {name: held[0].privilege_id for name, held in grants.held.items()}
    found = [(name, ids[name], grants.own(name) or Depth.BASIC) for name in sorted(grants.held)]
    return _answer(scope, parameters, grants.unit, found)


def privilege_by_name(scope: Scope, row: StoredRow, segment: Segment) -> Response:
    """Answer the depth of one privilege, teams included; an empty list where it is not held."""
    parameters = parameters_of(scope, segment).only("PrivilegeName", "ExcludeTeamBasic")
    return _named(scope, row, parameters, [_known(scope, parameters.text("PrivilegeName"))])


def privilege_by_id(scope: Scope, row: StoredRow, segment: Segment) -> Response:
    """Answer the depth of one privilege, named by its id."""
    parameters = parameters_of(scope, segment).only("PrivilegeId", "ExcludeTeamBasic")
    return _named(scope, row, parameters, [_name_of(scope, parameters.guid("PrivilegeId"))])


def privileges_by_names(scope: Scope, row: StoredRow, segment: Segment) -> Response:
    """Answer the depth of those of several privileges that are held."""
    parameters = parameters_of(scope, segment).only("PrivilegeNames")
    names = parameters.texts("PrivilegeNames")
    return _named(scope, row, parameters, [_known(scope, name) for name in names])


def privileges_by_ids(scope: Scope, row: StoredRow, segment: Segment) -> Response:
    """Answer the depth of those of several privileges, named by their ids."""
    parameters = parameters_of(scope, segment).only("PrivilegeIds")
    texts = parameters.texts("PrivilegeIds")
    ids = [parse_guid(text) for text in texts]
    if None in ids:
        raise faults.bad_request(message="The parameter 'PrivilegeIds' must be a list of guids.")
    return _named(scope, row, parameters, [_name_of(scope, one) for one in ids if one])


def team_privileges(scope: Scope, row: StoredRow, segment: Segment) -> Response:
    """Answer what a team holds by its roles."""
    parameters = parameters_of(scope, segment).only()
    grants = grants_of(scope.tx, reference_to(row))
    return _answer(scope, parameters, grants.unit, _effective(grants, sorted(grants.held)))


def privileges_of_role(scope: Scope, segment: Segment) -> Response:
    """Answer what a role holds, a copy in a business unit what its root holds."""
    parameters = parameters_of(scope, segment).only("RoleId")
    role_id = parameters.guid("RoleId")
    scope.writer.row(scope.schema.table("role"), role_id)
    unit, held = role_privileges(scope.tx, role_id)
    return _answer(scope, parameters, unit, sorted(held))


BOUND: Final[Mapping[tuple[str, str], Callable[[Scope, StoredRow, Segment], Response]]] = {
    ("systemuser", "RetrieveUserPrivileges"): user_privileges,
    ("systemuser", "RetrieveUserPrivilegeByPrivilegeId"): privilege_by_id,
    ("systemuser", "RetrieveUserPrivilegeByPrivilegeName"): privilege_by_name,
    ("systemuser", "RetrieveUserSetOfPrivilegesByIds"): privileges_by_ids,
    ("systemuser", "RetrieveUserSetOfPrivilegesByNames"): privileges_by_names,
    ("team", "RetrieveTeamPrivileges"): team_privileges,
}
UNBOUND: Final[Mapping[str, Callable[[Scope, Segment], Response]]] = {
    "RetrieveRolePrivilegesRole": privileges_of_role,
}


def _known(scope: Scope, name: str) -> str:
    """The name in its case; the service refuses names of no privilege."""
    wanted = name.casefold()
    found = next((one for one in catalog_of(scope.tx).ids if one.casefold() == wanted), None)
    if found is None:
        raise faults.bad_request(message=f"There is no privilege with the name '{name[:100]}'.")
    return found


def _name_of(scope: Scope, privilege_id: UUID) -> str:
    found = catalog_of(scope.tx).names.get(privilege_id)
    if found is None:
        raise faults.bad_request(message=f"There is no privilege with the id '{privilege_id}'.")
    return found


def _named(scope: Scope, row: StoredRow, parameters: Parameters, names: Iterable[str]) -> Response:
    grants = grants_of(scope.tx, reference_to(row))
    found = _effective(grants, names)
    if parameters.flag("ExcludeTeamBasic", default=False):
        found = [one for one in found if one[2] > Depth.BASIC or grants.own(one[0])]
    return _answer(scope, parameters, grants.unit, found)


def _effective(grants: Grants, names: Iterable[str]) -> list[Found]:
    found = []
    for name in names:
        depth = grants.effective(name)
        if depth is not None:
            found.append((name, grants.held[name][0].privilege_id, depth))
    return found


def _answer(scope: Scope, parameters: Parameters, unit: UUID, found: Iterable[Found]) -> Response:
    rows = [
        {
            "Depth": depth.wire,
            "PrivilegeId": str(privilege_id),
            "BusinessUnitId": str(unit),
            "PrivilegeName": name,
            "RecordFilterId": _NO_FILTER,
            "RecordFilterUniqueName": None,
        }
        for name, privilege_id, depth in found
    ]
    context = f"{scope.root}{_CONTEXT}{parameters.function}Response"
    return scope.json({"@odata.context": context, "RolePrivileges": rows})
