"""Writing rows: bodies become values, bound addresses become references, packs are asked."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, Protocol
from uuid import UUID

from connector.emulator import faults
from connector.emulator.protocol.addressing import (
    guid_reference,
    parse_key,
    relative_reference,
    split_path,
)
from connector.emulator.rows.files import complete_images, forget_files
from connector.emulator.rows.guard import check_may_change, check_may_create
from connector.emulator.rows.keys import missing, typed_key
from connector.emulator.rows.ownership import (
    OWNER,
    PRINCIPAL,
    UNIT,
    check_kind,
    check_one_owner,
    hand_down,
    inherited,
    settle_unit,
)
from connector.emulator.rows.payload import decode_payload
from connector.emulator.rows.required import check_changed, check_created
from connector.emulator.rows.role_links import check_association
from connector.emulator.schema.model import DeleteRule, Link, Reference
from connector.emulator.schema.privileges import PARENTS
from connector.emulator.schema.rights import Right
from connector.emulator.storage.activities import POINTER
from connector.emulator.storage.string_maps import STRING_MAP

if TYPE_CHECKING:
    from collections.abc import Mapping

    from connector.emulator.protocol.addressing import KeyValue
    from connector.emulator.rows.payload import DecodedRow
    from connector.emulator.schema.model import Collection, Column, Navigation, Schema, Table
    from connector.emulator.schema.values import NewValues, RowValues, Value
    from connector.emulator.storage.store import StoredRow, Transaction

Body = dict[str, Any]


class Hooks(Protocol):
    """
    What a writer asks before and after each write.

    The `...ing` methods run before a write and may complete *values* or refuse by raising a
    fault; the `...ed` methods follow it inside the same transaction. `created` is called for
    the tables in `follows` only.
    """

    follows: frozenset[str]

    def creating(self, writer: Writer, table: Table, values: NewValues) -> None:
        """Refuse or complete a row before it is created."""

    def created(self, writer: Writer, row: StoredRow) -> None:
        """Follow up the creation of *row*."""

    def updating(self, writer: Writer, row: StoredRow, values: NewValues) -> None:
        """Refuse or complete a change before it is made."""

    def updated(self, writer: Writer, before: StoredRow, after: StoredRow) -> None:
        """Follow up a change."""

    def deleting(self, writer: Writer, row: StoredRow) -> None:
        """Refuse or prepare the deletion of *row*."""

    def deleted(self, writer: Writer, row: StoredRow) -> None:
        """Follow up a deletion."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Writer:
    """
    Writes rows inside one transaction, through the behaviour pack.

    *system* marks writes of the pack itself and of seeds, which rules for
    clients do not bind; *numbers_as_text* that bodies may write large numbers as texts.
    """

    tx: Transaction
    schema: Schema
    behaviour: Hooks
    system: bool = False
    numbers_as_text: bool = False

    def as_system(self) -> Writer:
        """Return a writer that no rule for clients binds."""
        return replace(self, system=True)

    def create(self, table: Table, body: Body, given: RowValues | None = None) -> Reference:
        """
        Create a row with everything nested in *body*.

        *given* holds values by logical name that stand beside the body; where both
        name a column the body wins, except for the primary key.
        """
        if not self.system:
            _check_own("Create", table)
            self.tx.demand(table, Right.CREATE)
        decoded = self._decoded(table, body)
        values = {**(given or {}), **self._values(decoded, None)}
        if given and table.primary_id in given:
            values[table.primary_id] = given[table.primary_id]
        for nested in decoded.nested:
            child = self.create(self.schema.table(nested.navigation.target), nested.body)
            values[nested.navigation.column.logical_name] = child
        check_created(table, values)
        if table.file_columns:
            complete_images(self, table, values, None)
        row = Reference(table=table.logical_name, id=self._insert_of_client(table, values))
        self._create_collections(row, decoded)
        return row

    def insert(self, table: Table, values: NewValues) -> StoredRow:
        """Create a row of checked values, through the pack, and return it."""
        return self.row(table, self._insert(table, values))

    def update(self, row: StoredRow, body: Body, key: RowValues | None = None) -> None:
        """
        Change an existing row.

        Values of *key* in the body are dropped, as an upsert by alternate key does.
        """
        decoded = self._decoded(row.table, body)
        if decoded.nested or decoded.nested_collections:
            message = "Rows cannot be created through an update of another row."
            raise faults.bad_request(message)
        values = self._values(decoded, row)
        for name in (row.table.primary_id, *_ONLY_AT_CREATION, *(key or ())):
            values.pop(name, None)
        check_changed(row.table, values)
        if UNIT in values:
            settle_unit(self.tx, values, row)
        if row.table.file_columns:
            complete_images(self, row.table, values, row)
        self.change(row, values)
        self._bind_collections(reference_to(row), decoded)

    def change(self, row: StoredRow, values: NewValues) -> StoredRow:
        """Change columns of an existing row to checked values, through the pack."""
        _check_own("Update", row.table)
        if not self.system:
            check_may_change(self.tx, row, values)
        self.behaviour.updating(self, row, values)
        if values:
            self.tx.update(row.table, row.id, values)
            if OWNER in values:
                hand_down(self.tx, row, values)
        after = self.row(row.table, row.id)
        self.behaviour.updated(self, row, after)
        return after

    def delete(self, row: StoredRow) -> None:
        """Delete a row; lookups that refer to it are cleared."""
        _check_own("Delete", row.table)
        if not self.system:
            self.tx.check(row, Right.DELETE)
        self.behaviour.deleting(self, row)
        self._clear_links(row)
        self._clear_intersections(row)
        forget_files(self.tx, row)
        if self.tx.exists(row.table, row.id):
            self.tx.delete(row.table, row.id)
            self.behaviour.deleted(self, row)

    def row(self, table: Table, row_id: UUID) -> StoredRow:
        """Return a row, or raise the documented 404."""
        found = self.tx.get(table, row_id)
        if found is None:
            raise faults.not_found(table.logical_name, row_id)
        return found

    def find(self, table: Table, key: UUID | Mapping[str, KeyValue]) -> StoredRow | None:
        """Return the row of a key predicate; None when there is none."""
        if isinstance(key, UUID):
            return self.tx.get(table, key)
        found = self.tx.find(table, typed_key(table, key))
        return found[0] if found else None

    def resolve(self, address: str) -> StoredRow:
        """Return the row that an address names, as `@odata.bind` and `@odata.id` write it."""
        found = self.locate(address)
        return self.row(self.schema.table(found.table), found.id)

    def locate(self, address: str, target: Table | None = None) -> Reference:
        """
        Return which row an address names, without reading it.

        With *target* it must be a row of that table. Raises the documented 404 where there is
        no such row.
        """
        table, key = self._addressed(address)
        if target is not None and table.logical_name != target.logical_name:
            raise faults.bad_request(_WRONG_TARGET.format(table.entity_set, target.logical_name))
        if isinstance(key, UUID):
            if not self.tx.exists(table, key):
                raise missing(table, key)
            return Reference(table=table.logical_name, id=key)
        found = self.find(table, key)
        if found is None:
            raise missing(table, key)
        return reference_to(found)

    def bound(self, navigation: Navigation, address: str | None) -> Reference | None:
        """Return what a lookup refers to when it is bound to *address*; None clears it."""
        if address is None:
            return None
        if navigation.target == PRINCIPAL:
            return check_kind(address, self.locate(address))
        return self.locate(address, self.schema.table(navigation.target))

    def attach(self, parent: Reference, collection: Collection | Link, child: StoredRow) -> None:
        """Put *child* into a collection of *parent*."""
        if child.table.logical_name != collection.table:
            raise faults.bad_request(_WRONG_TARGET.format(child.table.entity_set, collection.table))
        if isinstance(collection, Link):
            check_association(self, parent, collection, reference_to(child))
            self._associate(parent.id, collection, child.id)
        else:
            self.change(child, {collection.column: parent})

    def detach(self, parent: Reference, link: Link, child_id: UUID) -> None:
        """Take a row out of a many-to-many collection; nothing happens when it is not in it."""
        check_association(self, parent, link, Reference(table=link.table, id=child_id))
        table = self.schema.table(link.intersect)
        pair = {link.own_column: parent.id, link.other_column: child_id}
        for found in self.tx.find(table, pair):
            self.tx.delete(table, found.id)

    def _associate(self, own: UUID, link: Link, other: UUID) -> None:
        table = self.schema.table(link.intersect)
        pair: NewValues = {link.own_column: own, link.other_column: other}
        if self.tx.find(table, pair):
            raise faults.duplicate_record(table.logical_name)
        self.tx.insert(table, pair)

    def _decoded(self, table: Table, body: Body) -> DecodedRow:
        return decode_payload(self.schema, table, body, numbers_as_text=self.numbers_as_text)

    def _addressed(self, address: str) -> tuple[Table, UUID | Mapping[str, KeyValue]]:
        usual = guid_reference(address)
        if usual is not None:
            return self.schema.by_entity_set(usual[0]), usual[1]
        segments = split_path(relative_reference(address))
        if len(segments) != 1 or segments[0].arguments is None:
            message = f"'{address[:200]}' does not address a row."
            raise faults.bad_request(message)
        table = self.schema.by_entity_set(segments[0].name)
        return table, parse_key(table.logical_name, segments[0].arguments)

    def _insert(self, table: Table, values: NewValues) -> UUID:
        _check_own("Create", table)
        self.behaviour.creating(self, table, values)
        if table.logical_name in PARENTS:
            values.update(inherited(self.tx, table, values))
        row_id = self.tx.insert(table, values)
        if table.logical_name in self.behaviour.follows:
            self.behaviour.created(self, self.row(table, row_id))
        return row_id

    def _insert_of_client(self, table: Table, values: NewValues) -> UUID:
        """Create a row that a client asked for, if its access allows it."""
        if UNIT in values:
            settle_unit(self.tx, values, None)
        is_checked = not self.system and self.tx.caller.access is not None
        wanted = dict(values) if is_checked else {}
        row_id = self._insert(table, values)
        if is_checked:
            check_may_create(self.tx, self.row(table, row_id), wanted)
        return row_id

    def _values(self, decoded: DecodedRow, row: StoredRow | None) -> NewValues:
        values: NewValues = dict(decoded.values)
        for bind in sorted(decoded.binds, key=lambda one: one.target is not None):
            column = bind.navigation.column.logical_name
            target = self.bound(bind.navigation, bind.target)
            check_one_owner(column, values, target)
            if target is not None:
                values[column] = target
            elif row is None or refers_to(row.values.get(column), bind.navigation.target):
                values[column] = None
        return values

    def _create_collections(self, row: Reference, decoded: DecodedRow) -> None:
        for nested in decoded.nested_collections:
            child_table = self.schema.table(nested.collection.table)
            for body in nested.bodies:
                if isinstance(nested.collection, Link):
                    child = self.create(child_table, body)
                    check_association(self, row, nested.collection, child)
                    self._associate(row.id, nested.collection, child.id)
                else:
                    self.create(child_table, body, {nested.collection.column: row})
        self._bind_collections(row, decoded)

    def _bind_collections(self, row: Reference, decoded: DecodedRow) -> None:
        for bound in decoded.collection_binds:
            for address in bound.targets:
                self.attach(row, bound.collection, self.resolve(address))

    def _clear_links(self, row: StoredRow) -> None:
        referring = [
            (delete_rule(row.table, table, column), table, column, ids)
            for table, column, ids in self.tx.referencing(row.table, row.id)
        ]
        for rule, table, _column, _ids in referring:
            if rule is DeleteRule.RESTRICT:
                raise faults.cannot_delete(row.table.logical_name, table.logical_name)
        for rule, table, column, ids in referring:
            for other_id in ids:
                self._clear_link(rule, table, column, other_id)

    def _clear_intersections(self, row: StoredRow) -> None:
        """Take a row out of every many-to-many relationship."""
        for link in row.table.links.values():
            table = self.schema.table(link.intersect)
            for found in self.tx.find(table, {link.own_column: row.id}):
                self.tx.delete(table, found.id)

    def _clear_link(self, rule: DeleteRule, table: Table, column: Column, row_id: UUID) -> None:
        """Clear one lookup; the link goes first, so that rows in a circle end the cascade."""
        self.tx.update(table, row_id, {column.logical_name: None})
        if rule is DeleteRule.CASCADE:
            self.delete(self.row(table, row_id))


# Rows of these come and go with others, and by messages of their own.
_MADE_BY_OTHERS: Final = frozenset(
    {STRING_MAP, POINTER, "privilege", "roletemplate", "principalobjectaccess"}
)


def _check_own(message: str, table: Table) -> None:
    """Refuse to write rows that follow from others: labels, all activities, shares, links."""
    if table.logical_name in _MADE_BY_OTHERS:
        raise faults.no_such_method(message, table.logical_name)
    if table.is_intersect:
        raise faults.not_supported_message(message, table.logical_name)


def delete_rule(referenced: Table, table: Table, column: Column) -> DeleteRule:
    """What deleting a row of *referenced* does to rows that refer to it by a column."""
    wanted = (table.logical_name, column.logical_name)
    for one in referenced.collections.values():
        if (one.table, one.column) == wanted:
            return one.on_delete
    return DeleteRule.REMOVE_LINK


# Ignored in a change, as columns are that are not valid for update.
_ONLY_AT_CREATION: Final = ("overriddencreatedon",)
_WRONG_TARGET: Final = "'{}' addresses no row of '{}'."


def reference_to(row: StoredRow) -> Reference:
    """Return the value of a lookup that refers to *row*."""
    return Reference(table=row.table.logical_name, id=row.id)


def refers_to(value: Value, table: str) -> bool:
    """Whether a lookup refers to a row of a table; owners may be of any."""
    return isinstance(value, Reference) and table in (value.table, "principal")
