"""Who a request comes from and what its user may do, remembered until security changes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from connector.emulator import faults
from connector.emulator.access import refusals
from connector.emulator.access.catalog import catalog_of
from connector.emulator.access.grants import grants_of, roles_are_used
from connector.emulator.access.reach import Reach, Units, units_in
from connector.emulator.access.role_access import Combined, RoleAccess
from connector.emulator.access.row_rights import rights_by_role, rights_by_share
from connector.emulator.schema.model import Reference
from connector.emulator.schema.privileges import ACT_ON_BEHALF
from connector.emulator.schema.values import parse_guid
from connector.emulator.sign_in.callers import identity_of
from connector.emulator.storage.caller import OWN_USER, Caller
from connector.emulator.storage.principals import USER

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from uuid import UUID

    from connector.emulator.protocol.exchange import Request
    from connector.emulator.schema.values import RowValues, Value
    from connector.emulator.sign_in.callers import Identity
    from connector.emulator.sign_in.token import TokenService
    from connector.emulator.storage.caller import Access
    from connector.emulator.storage.store import Store, StoredRow, Transaction

_IMPERSONATION: Final[Mapping[str, str]] = {
    "callerobjectid": "azureactivedirectoryobjectid",
    "mscrmcallerid": "systemuserid",
}
_REMEMBERED: Final = 1000
_NO_OBJECT: Final = "00000000-0000-0000-0000-000000000000"

Key = tuple[str | None, ...]


@dataclass(slots=True, kw_only=True)
class _Remembered:
    """What was found out since security last changed."""

    security: int = -1
    callers: dict[Key, Caller] = field(default_factory=dict)
    reaches: dict[Reference, Reach] = field(default_factory=dict)
    privilege_ids: Mapping[str, UUID] | None = None
    units: Units = field(default_factory=lambda: Units(children={}))


class AccessControl:
    """
    Ties requests to users and users to what they may do.

    As long as nobody but the emulator's own user has a role, every caller may do everything.
    """

    def __init__(self, store: Store, tokens: TokenService) -> None:
        self._store = store
        self._tokens = tokens
        self._known = _Remembered()

    @property
    def privilege_ids(self) -> Mapping[str, UUID]:
        """The ids of privileges by name: thousands, of which nobody asks where all may do all."""
        with self._store.reading() as tx:
            known = self._current()
            if known.privilege_ids is None:
                known.privilege_ids = catalog_of(tx).ids if "privilege" in tx.schema.tables else {}
            return known.privilege_ids

    def caller_of(self, request: Request) -> Caller:
        """
        The caller of a request, by its token and by the impersonation headers.

        `CallerObjectId` is a directory object id, `MSCRMCallerID` a systemuserid. Raises the
        documented 404 when no such user exists, and 403 for callers that may not call at all.
        """
        headers = request.headers
        named = (headers.get("authorization"), *map(headers.get, _IMPERSONATION))
        known = self._known
        if known.security == self._store.security:
            found = known.callers.get(named)
            if found is not None:
                return found
        return self._remember(named, request)

    def reach_of(self, principal: Reference) -> Reach:
        """What a user or team reaches, by its roles and those of its teams."""
        known = self._current()
        found = known.reaches.get(principal)
        if found is None:
            with self._store.reading() as tx:
                grants = grants_of(tx, principal)
            found = Reach(grants=grants, units=known.units, schema=self._store.schema)
            known.reaches[principal] = found
        return found

    def described(self, principal: Reference) -> refusals.Described:
        """What messages tell of a user or team."""
        grants = self.reach_of(principal).grants
        values = self._values_of(principal)
        team_type = values.get("teamtype")
        return refusals.Described(
            principal=principal,
            roles=len(grants.roles),
            privileges=len(grants.held),
            all_privileges=len(self.privilege_ids),
            unit=grants.unit,
            access_mode=self._access_mode(values),
            object_id=str(values.get("azureactivedirectoryobjectid") or _NO_OBJECT),
            team_type=team_type if isinstance(team_type, int) else 0,
        )

    def rights_to(self, principal: Reference, row: StoredRow) -> tuple[int, int]:
        """The masks of the rights to a row: by roles, and by sharing."""
        reach = self.reach_of(principal)
        with self._store.reading() as tx:
            return rights_by_role(tx, reach, row), rights_by_share(tx, reach, row)

    def _remember(self, named: Key, request: Request) -> Caller:
        with self._store.reading() as tx:
            known = self._current()
            caller = self._caller(tx, request)
            if len(known.callers) >= _REMEMBERED:
                known.callers.clear()
            known.callers[named] = caller
            return caller

    def _caller(self, tx: Transaction, request: Request) -> Caller:
        are_used = roles_are_used(tx)
        actor = self._user_of(tx, identity_of(self._tokens, request), are_used=are_used)
        origin = request.service_root.partition("/api/data/")[0]
        access = self._access(actor, origin) if are_used else None
        user = _impersonated(tx, request.headers)
        if user is None or user == actor:
            return (
                OWN_USER if access is None and actor == USER else Caller(user=actor, access=access)
            )
        if access is None:
            return Caller(user=user, delegate=actor)
        if not self.reach_of(actor).grants.holds(ACT_ON_BEHALF):
            raise refusals.may_not_act_on_behalf()
        both = Combined(actor=access, user=self._access(user, origin))
        return Caller(user=user, delegate=actor, access=both)

    def _access(self, user: Reference, origin: str) -> Access:
        reach = self.reach_of(user)
        if not reach.grants.roles:
            raise refusals.no_roles(user.id)
        return RoleAccess(caller=user, reach=reach, principals=self, origin=origin)

    def _user_of(self, tx: Transaction, identity: Identity | None, *, are_used: bool) -> Reference:
        found = _user_row(tx, identity) if identity else None
        if found is not None:
            return _enabled(found)
        if identity is not None and not identity.is_vague and are_used:
            raise refusals.no_member()
        return USER

    def _current(self) -> _Remembered:
        """What is remembered, renewed when security changed meanwhile."""
        with self._store.reading() as tx:
            if self._known.security != self._store.security:
                self._known = _Remembered(security=self._store.security, units=units_in(tx))
            return self._known

    def _values_of(self, principal: Reference) -> RowValues:
        with self._store.reading() as tx:
            row = tx.get(tx.schema.table(principal.table), principal.id)
        return row.values if row else {}

    def _access_mode(self, values: RowValues) -> str:
        column = self._store.schema.table("systemuser").columns.get("accessmode")
        mode = values.get("accessmode")
        number = mode if isinstance(mode, int) else 0
        label = column.options.get(number, "") if column else "Read-Write"
        return f"{number} {label}".strip()


def _user_row(tx: Transaction, identity: Identity) -> StoredRow | None:
    table = tx.schema.tables.get("systemuser")
    if table is None:
        return None
    for column, value in _wanted(identity):
        found = tx.find(table, {column: value}) if column in table.columns else []
        if found:
            return found[0]
    return None


def _wanted(identity: Identity) -> Iterator[tuple[str, Value]]:
    """Columns of a user and the values in them that an identity stands for."""
    object_id = parse_guid(identity.object_id)
    application_id = parse_guid(identity.application_id)
    if object_id is not None:
        yield "azureactivedirectoryobjectid", object_id
    if application_id is not None:
        yield "applicationid", application_id
    if identity.user_name:
        yield "domainname", identity.user_name


def _impersonated(tx: Transaction, headers: Mapping[str, str]) -> Reference | None:
    for header, column in _IMPERSONATION.items():
        text = headers.get(header)
        if text is not None:
            return _user_by_id(tx, column, text)
    return None


def _user_by_id(tx: Transaction, column: str, text: str) -> Reference:
    table, user_id = tx.schema.table("systemuser"), parse_guid(text)
    if user_id is None or column not in table.columns:
        raise faults.not_found(table="systemuser", row_id=text)
    found = tx.find(table, {column: user_id})
    if not found:
        raise faults.not_found(table="systemuser", row_id=text)
    return _enabled(found[0])


def _enabled(user: StoredRow) -> Reference:
    if user.values.get("isdisabled"):
        raise refusals.disabled()
    return Reference(table="systemuser", id=user.id)
