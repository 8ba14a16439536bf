"""The privileges that the tables of a schema have, by the service's naming."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final
from uuid import UUID

from connector.emulator.schema.identity import metadata_id
from connector.emulator.schema.rights import Depth, Right

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from connector.emulator.schema.model import Schema, Table

ACT_ON_BEHALF: Final = "prvActOnBehalfOfAnotherUser"
ASSIGN_ROLE: Final = "prvAssignRole"
BULK_DELETE: Final = "prvBulkDelete"
PUBLISH: Final = "prvPublishCustomization"
_DEFINED: Final = ("Entity", "Attribute", "Relationship", "OptionSet")

# Whose privileges are not named after the table (page "Security role and privilege reference"
# and the list of privileges by table in the developer guide).
_NAMES: Final[Mapping[str, str]] = {
    "account": "Account",
    "annotation": "Note",
    "bookableresource": "BookableResource",
    "bookableresourcecategory": "BookableResourceCategory",
    "bookableresourcecategoryassn": "BookableResourceCategoryAssn",
    "businessunit": "BusinessUnit",
    "contact": "Contact",
    "discounttype": "Product",
    "incident": "Incident",
    "invoice": "Invoice",
    "lead": "Lead",
    "opportunity": "Opportunity",
    "organization": "Organization",
    "pricelevel": "Product",
    "product": "Product",
    "quote": "Quote",
    "role": "Role",
    "salesorder": "Order",
    "systemuser": "User",
    "team": "Team",
    "transactioncurrency": "TransactionCurrency",
    "uomschedule": "Product",
    **dict.fromkeys(("activitypointer", "appointment", "email", "fax", "letter"), "Activity"),
    **dict.fromkeys(("phonecall", "serviceappointment", "task"), "Activity"),
}
# Tables without privileges of their own, and the lookup to the row that decides for theirs.
PARENTS: Final[Mapping[str, str]] = {
    "activityparty": "activityid",
    "invoicedetail": "invoiceid",
    "opportunityproduct": "opportunityid",
    "productpricelevel": "pricelevelid",
    "quotedetail": "quoteid",
    "salesorderdetail": "salesorderid",
    "uom": "uomscheduleid",
}
_RIGHTS: Final[Mapping[str, tuple[Right, ...]]] = {
    "user": tuple(Right),
    "organization": tuple(right for right in Right if right not in (Right.ASSIGN, Right.SHARE)),
    "business": tuple(right for right in Right if right not in (Right.ASSIGN, Right.SHARE)),
    "none": (),
}
_SHALLOWEST: Final = {
    "user": Depth.BASIC,
    "business": Depth.LOCAL,
    "organization": Depth.GLOBAL,
    "none": Depth.GLOBAL,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Privilege:
    """
    One privilege: its name, the right it gives, and the least depth it can have.

    *right* is None where it is none of the eight rights to rows.
    """

    name: str
    right: Right | None
    shallowest: Depth

    @property
    def id(self) -> UUID:
        """The id, the same in every store; a tenant has another."""
        return UUID(metadata_id("privilege", self.name))

    @property
    def kind(self) -> str:
        """The PrivilegeType on the wire."""
        return "None" if self.right is None else self.right.value

    def can_be(self, depth: Depth) -> bool:
        """Whether a role may hold the privilege to this depth."""
        return depth >= self.shallowest


@lru_cache(maxsize=4096)
def privileges_of(table: Table) -> tuple[Privilege, ...]:
    """The privileges of a table, in the order of its role editor; child tables have none."""
    return tuple(
        Privilege(
            name=f"prv{right.value}{_base_name(table)}",
            right=right,
            shallowest=_shallowest(table),
        )
        for right in _rights(table)
    )


def privilege_for(schema: Schema, table: Table, right: Right) -> Privilege | None:
    """The privilege that a right to rows of *table* needs; None where there is none."""
    governing = governing_table(schema, table)
    return next((one for one in privileges_of(governing) if one.right is right), None)


def governing_table(schema: Schema, table: Table) -> Table:
    """The table whose privileges and owners decide about rows of *table*."""
    link = PARENTS.get(table.logical_name)
    column = table.columns.get(link) if link else None
    parent = schema.tables.get(column.targets[0]) if column and column.targets else None
    return table if parent is None else parent


def all_privileges(schema: Schema) -> Mapping[str, Privilege]:
    """Every privilege that a role may hold, by name."""
    found = {one.name: one for table in schema.tables.values() for one in privileges_of(table)}
    return found | {one.name: one for one in _others()}


def _base_name(table: Table) -> str:
    name = table.logical_name
    return _NAMES.get(name) or table.schema_name or name


def _rights(table: Table) -> tuple[Right, ...]:
    name = table.logical_name
    if name in PARENTS:
        return ()
    if name == "organization":
        return (Right.READ, Right.WRITE)
    if name == "role":
        return (*_RIGHTS["business"], Right.ASSIGN)
    return _RIGHTS.get(table.ownership, ())


def _shallowest(table: Table) -> Depth:
    if table.logical_name == "systemuser":
        return Depth.BASIC
    return _SHALLOWEST.get(table.ownership, Depth.GLOBAL)


def _others() -> Iterator[Privilege]:
    for right in (Right.CREATE, Right.READ, Right.WRITE, Right.DELETE):
        for what in _DEFINED:
            yield Privilege(name=f"prv{right.value}{what}", right=right, shallowest=Depth.GLOBAL)
    for name in (ACT_ON_BEHALF, BULK_DELETE, PUBLISH):
        yield Privilege(name=name, right=None, shallowest=Depth.GLOBAL)
