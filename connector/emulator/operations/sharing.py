"""Sharing rows with users and teams, and asking who may do what with a row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from connector.emulator import faults
from connector.emulator.access.reach import reach_of
from connector.emulator.access.row_rights import rights_by_role, rights_by_share
from connector.emulator.access.shares import set_share, shares_of
from connector.emulator.operations.entity_references import principal_named, row_named
from connector.emulator.operations.parameters import parameters_of
from connector.emulator.operations.scope import NO_CONTENT
from connector.emulator.protocol.json_text import load_object
from connector.emulator.rows.ownership import refuse_sharing_along
from connector.emulator.rows.writer import reference_to
from connector.emulator.schema.privileges import privileges_of
from connector.emulator.schema.rights import Right, access_text, read_access, rights_in

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from connector.emulator.operations.parameters import Parameters
    from connector.emulator.operations.scope import Scope
    from connector.emulator.protocol.addressing import Segment
    from connector.emulator.protocol.exchange import Response
    from connector.emulator.schema.model import Reference
    from connector.emulator.storage.store import StoredRow

_CONTEXT: Final = "$metadata#Microsoft.Dynamics.CRM."
_TYPE: Final = "#Microsoft.Dynamics.CRM."


def grant_access(scope: Scope) -> Response:
    """Share a row: the rights are added to those that the user or team was given before."""
    row, principal, mask = _sharing(scope)
    refuse_sharing_along(scope.tx, row, "Share")
    given = next((one.mask for one in shares_of(scope.tx, row) if one.principal == principal), 0)
    set_share(scope.tx, row, principal, given | mask)
    return NO_CONTENT


def modify_access(scope: Scope) -> Response:
    """Share a row with other rights than before."""
    row, principal, mask = _sharing(scope)
    refuse_sharing_along(scope.tx, row, "Share")
    set_share(scope.tx, row, principal, mask)
    return NO_CONTENT


def revoke_access(scope: Scope) -> Response:
    """Take back everything that a user or team was given."""
    body = load_object(scope.request.body)
    row = _shareable(scope, body)
    refuse_sharing_along(scope.tx, row, "Unshare")
    revokee = principal_named(scope.writer, "Revokee", body.get("Revokee"))
    set_share(scope.tx, row, reference_to(revokee), 0)
    return NO_CONTENT


def shared_principals(scope: Scope, segment: Segment) -> Response:
    """Answer with whom a row is shared, and what each may do."""
    parameters = parameters_of(scope, segment).only("Target")
    row = _target(scope, parameters)
    shares = [
        {
            "AccessMask": access_text(share.mask),
            "Principal": {
                "@odata.type": f"{_TYPE}{share.principal.table}",
                "ownerid": str(share.principal.id),
            },
        }
        for share in shares_of(scope.tx, row)
    ]
    return _answer(scope, segment.name, {"PrincipalAccesses": shares})


def principal_access(scope: Scope, row: StoredRow, segment: Segment) -> Response:
    """Answer what the user or team *row* may do with a row that the caller may read."""
    parameters = parameters_of(scope, segment).only("Target")
    target = _target(scope, parameters)
    reach = reach_of(scope.tx, reference_to(row))
    mask = rights_by_role(scope.tx, reach, target) | rights_by_share(scope.tx, reach, target)
    return _answer(scope, parameters.function, {"AccessRights": access_text(mask)})


ACTIONS: Final[Mapping[str, Callable[[Scope], Response]]] = {
    "GrantAccess": grant_access,
    "ModifyAccess": modify_access,
    "RevokeAccess": revoke_access,
}
BOUND: Final[Mapping[tuple[str, str], Callable[[Scope, StoredRow, Segment], Response]]] = {
    ("systemuser", "RetrievePrincipalAccess"): principal_access,
    ("team", "RetrievePrincipalAccess"): principal_access,
}
UNBOUND: Final[Mapping[str, Callable[[Scope, Segment], Response]]] = {
    "RetrieveSharedPrincipalsAndAccess": shared_principals,
}


def _sharing(scope: Scope) -> tuple[StoredRow, Reference, int]:
    """The row, the user or team and the rights of a request; who shares must have them all."""
    body = load_object(scope.request.body)
    row = _shareable(scope, body)
    access = body.get("PrincipalAccess")
    if not isinstance(access, dict):
        raise faults.payload_error(message="the parameter 'PrincipalAccess' must be an object")
    principal = principal_named(scope.writer, "Principal", access.get("Principal"))
    mask = _mask(access)
    for right in rights_in(mask):
        scope.tx.check(row, right)
    return row, reference_to(principal), mask


def _mask(access: Mapping[str, Any]) -> int:
    text = access.get("AccessMask")
    mask = read_access(text) if isinstance(text, str) else None
    if mask is None:
        expected = "Microsoft.Dynamics.CRM.AccessRights"
        raise faults.wrong_type(name="AccessMask", value=text, expected=expected)
    return mask


def _shareable(scope: Scope, body: Mapping[str, Any]) -> StoredRow:
    row = row_named(scope.writer, "Target", body.get("Target"))
    if not any(one.right is Right.SHARE for one in privileges_of(row.table)):
        message = f"Rows of the entity {row.table.logical_name} cannot be shared."
        raise faults.bad_request(message)
    scope.tx.check(row, Right.SHARE)
    return row


def _target(scope: Scope, parameters: Parameters) -> StoredRow:
    row = row_named(scope.writer, "Target", parameters.entity("Target"))
    scope.tx.check(row, Right.READ)
    return row


def _answer(scope: Scope, name: str, members: Mapping[str, object]) -> Response:
    context = f"{scope.root}{_CONTEXT}{name}Response"
    return scope.json({"@odata.context": context, **members})
