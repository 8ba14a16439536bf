"""
Every right to rows that the connector needs, from what it reads and writes.

The one list behind `check`, `check --role` and docs/permissions.md. A lookup that is written needs
Append on the row that has it and AppendTo on the row that it points to (Microsoft's page "How
access to a record is determined").
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from connector.dataverse.privileges import Depth, Right
from connector.projectops.mapped_names import COPIES, available_copies, available_mapping

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from connector.dataverse.metadata import Tables
    from connector.mapping import TenantMapping
    from connector.mapping.model import CopyRule
    from connector.mapping.tables import Table


class Purpose(StrEnum):
    """What a right is needed for, in words that complete `needed to …`."""

    READ = "read what is to be billed"
    SEE_JOBS = "see whether the tenant's own invoice job is active"
    DRAFT = "write drafts"
    POINT_TO = "let drafts point to it"
    MARK_ROWS = "mark invoice schedule rows as run"
    FOLLOW_JOB = "have drafts made by the tenant's own action"
    CLAIM = 'mark what was billed (claim = "patch")'
    OWN = "give drafts to the configured owner"
    UNDO = "undo a run"
    GENERATE = "write generated invoice schedules"


#: What single commands need: a run does without.
OF_COMMANDS: Final = frozenset({Purpose.UNDO, Purpose.GENERATE})

#: Privileges of no table: whoever reads the definitions of tables needs them, globally.
OF_DEFINITIONS: Final = (
    "prvReadAttribute",
    "prvReadEntity",
    "prvReadOptionSet",
    "prvReadRelationship",
)

#: A row under a key of ours is created by PATCH, which asks for the right to change as well.
_MAKING: Final = (Right.CREATE, Right.WRITE, Right.APPEND)

#: Tables whose rows have no owner and no privileges of their own, and the table that decides.
GOVERNED: Final[Mapping[str, str]] = {
    "invoicedetail": "invoice",
    "salesorderdetail": "salesorder",
    "uom": "uomschedule",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Modes:
    """
    What the settings ask for beyond reading.

    *by_action* has the tenant's own action make the drafts, *claims* marks what was billed, *owner*
    gives drafts to somebody else, *retainers* bills them.
    """

    by_action: bool = False
    claims: bool = False
    owner: bool = False
    retainers: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NeededPrivilege:
    """
    One right to the rows of *table*, what it is needed for, and how deep it has to be.

    The depth Basic is enough for rows that the connector itself has made and owns; what others
    own is reached whole with Global only.
    """

    table: str
    right: Right
    depth: Depth
    purposes: tuple[Purpose, ...]

    @property
    def is_for_runs(self) -> bool:
        """Whether a run needs it, and not a single command only."""
        return not OF_COMMANDS.issuperset(self.purposes)


def needed_privileges(
    mapping: TenantMapping, modes: Modes, tables: Tables
) -> tuple[NeededPrivilege, ...]:
    """
    What a user needs in the tenant whose metadata shows *tables*, sorted by table and right.

    *tables* has all that the mapping requires. What the tenant lacks needs no privilege.
    """
    there = available_mapping(mapping, tables)
    needs = _Needs(tables)
    _reading(needs, there)
    _drafts(needs, there, modes)
    _copies(needs, mapping, tables)
    _rows(needs, there)
    if modes.claims:
        for table in (there.actual, there.milestone, there.contract_line):
            needs.add(table.table, Purpose.CLAIM, Right.WRITE)
    _undoing(needs, there)
    _generating(needs, there)
    if modes.by_action and there.actions.job_table is not None:
        rights = (Right.CREATE, Right.READ, Right.WRITE)
        needs.add(there.actions.job_table, Purpose.FOLLOW_JOB, *rights, depth=Depth.BASIC)
    return needs.sorted()


class _Needs:
    """Collects needs; the deepest depth and every purpose of one right count."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._depths: dict[tuple[str, Right], Depth] = {}
        self._purposes: dict[tuple[str, Right], set[Purpose]] = defaultdict(set)

    def has(self, table: Table) -> bool:
        """Whether the tenant has *table*; what the mapping requires was looked at before."""
        return table.table in self._tables

    def add(
        self, table: str, purpose: Purpose, *rights: Right, depth: Depth = Depth.GLOBAL
    ) -> None:
        for right in rights:
            key = (table, right)
            self._depths[key] = max(depth, self._depths.get(key, depth))
            self._purposes[key].add(purpose)

    def bind(self, table: Table, purpose: Purpose, *navigations: str | None) -> None:
        """Let rows of *table* that we write point to the targets of *navigations*."""
        for navigation in navigations:
            for target in self._targets(table.table, navigation):
                self.add(target, purpose, Right.APPEND_TO)

    def _targets(self, table: str, navigation: str | None) -> tuple[str, ...]:
        lookups = self._tables[table].lookups.values()
        found = (target for ends in lookups for target, name in ends.items() if name == navigation)
        return tuple(dict.fromkeys(found))

    def sorted(self) -> tuple[NeededPrivilege, ...]:
        order = list(Right)
        keys = sorted(self._depths, key=lambda key: (key[0], order.index(key[1])))
        purposes = list(Purpose)
        return tuple(
            NeededPrivilege(
                table=table,
                right=right,
                depth=self._depths[table, right],
                purposes=tuple(sorted(self._purposes[table, right], key=purposes.index)),
            )
            for table, right in keys
        )


def _reading(needs: _Needs, names: TenantMapping) -> None:
    """Also invoices that others made: what is on one already is not billed again."""
    read: tuple[Table, ...] = (
        *(names.contract, names.contract_line, names.schedule_row, names.milestone),
        *(names.contract_customer, names.contract_line_customer, names.actual, names.retainer),
        *(names.currency, names.invoice, names.invoice_line, names.invoice_detail),
        names.connection,
    )
    for table in read:
        if needs.has(table):
            needs.add(table.table, Purpose.READ, Right.READ)
    needs.add(names.batch_job.table, Purpose.SEE_JOBS, Right.READ)


def _drafts(needs: _Needs, names: TenantMapping, modes: Modes) -> None:
    """
    The rows of a draft: ours, so that the depth Basic makes them.

    An invoice that belongs to somebody else takes its lines along, and is reached with Global.
    """
    purpose = Purpose.FOLLOW_JOB if modes.by_action else Purpose.DRAFT
    own: tuple[Table, ...] = (
        names.invoice,
        names.invoice_line,
        names.invoice_detail,
        names.connection,
    )
    for table in own:
        needs.add(table.table, purpose, *_MAKING, depth=Depth.BASIC)
    for table in own[:3]:  # nothing points to a connection
        needs.add(table.table, purpose, Right.APPEND_TO, depth=Depth.BASIC)
    for table in own[:2] if modes.owner else ():
        rights = (Right.CREATE, Right.WRITE, Right.DELETE, Right.APPEND, Right.APPEND_TO)
        needs.add(table.table, Purpose.OWN, *rights)
    for table, navigations in _navigations(names, retainers=modes.retainers):
        needs.bind(table, Purpose.POINT_TO, *navigations)
    if modes.owner:
        needs.add(names.invoice.table, Purpose.OWN, Right.ASSIGN)


def _navigations(
    names: TenantMapping, *, retainers: bool
) -> Iterator[tuple[Table, tuple[str | None, ...]]]:
    """The lookups of each row of a draft to rows that are there before it."""
    invoice, line, detail = names.invoice, names.invoice_line, names.invoice_detail
    connection = names.connection
    yield (
        invoice,
        (
            *(invoice.contract_navigation, invoice.account_navigation, invoice.contact_navigation),
            *(invoice.contract_customer_navigation, invoice.currency_navigation),
            invoice.price_list_navigation,
        ),
    )
    yield (
        line,
        (
            *(line.contract_line_navigation, line.project_navigation),
            line.schedule_row_navigation,
            line.retainer_navigation if retainers else None,
        ),
    )
    yield (
        detail,
        (
            *(detail.contract_navigation, detail.contract_line_navigation),
            *(detail.project_navigation, detail.account_navigation, detail.contact_navigation),
            *(detail.contract_customer_navigation, detail.contract_line_customer_navigation),
            *(detail.source_milestone_navigation, detail.currency_navigation),
        ),
    )
    second = (connection.second_actual_navigation, connection.second_milestone_navigation)
    yield connection, second


def _copies(needs: _Needs, mapping: TenantMapping, tables: Tables) -> None:
    """What copied lookups point to."""
    copies = available_copies(mapping, tables)
    for name, (_, target) in COPIES.items():
        rules: tuple[CopyRule, ...] = getattr(copies, name)
        bound = (rule.target for rule in rules if rule.set is not None)
        needs.bind(getattr(mapping, target), Purpose.POINT_TO, *bound)


def _rows(needs: _Needs, names: TenantMapping) -> None:
    """Schedule rows are others', and get a status and their invoice."""
    rights = (Right.WRITE, Right.APPEND)
    needs.add(names.schedule_row.table, Purpose.MARK_ROWS, *rights)


def _undoing(needs: _Needs, names: TenantMapping) -> None:
    for table in (names.invoice, names.invoice_line, names.invoice_detail, names.connection):
        needs.add(table.table, Purpose.UNDO, Right.DELETE, depth=Depth.BASIC)


def _generating(needs: _Needs, names: TenantMapping) -> None:
    """`schedule generate --write`: rows of the schedule, or milestones."""
    for table in (names.invoice_frequency, names.invoice_frequency_detail):
        if needs.has(table):
            needs.add(table.table, Purpose.GENERATE, Right.READ)
    rows, milestones = names.schedule_row, names.milestone
    for made in (rows, milestones):
        needs.add(made.table, Purpose.GENERATE, *_MAKING, depth=Depth.BASIC)
    needs.bind(rows, Purpose.GENERATE, rows.contract_line_navigation)
    needs.bind(
        milestones,
        Purpose.GENERATE,
        *(milestones.contract_navigation, milestones.contract_line_navigation),
        *(milestones.currency_navigation, milestones.project_navigation),
    )
