"""What a run has made of an emulator: its drafts as the platform's logic left them, and moves."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from connector.invoicing.choices import RecordKind
from connector.projectops.decode import read_row

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from decimal import Decimal
    from uuid import UUID

    from connector.dataverse.message import Row
    from connector.mapping.tables import Table
    from connector.projectops.contract_world import ContractWorld
    from connector.projectops.tenant import Tenant


@dataclass(frozen=True, slots=True, kw_only=True)
class RehearsedLine:
    """An invoice line with what the platform's own sums make of it: *amount* is with tax."""

    line_id: UUID
    name: str | None
    details: int
    amount: Decimal | None
    tax: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RehearsedDraft:
    """A draft with the totals that the platform's own sums come to; *total* is with tax."""

    invoice_id: UUID
    name: str | None
    total: Decimal | None
    tax: Decimal | None
    lines: tuple[RehearsedLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusMove:
    """So many records of a kind went from one status to another, in the words of the rules."""

    kind: RecordKind
    before: str
    after: str
    records: int


_EMPTY: Final = "empty"


def rehearsed_drafts(
    tenant: Tenant, world: ContractWorld, wanted: Sequence[UUID]
) -> tuple[RehearsedDraft, ...]:
    """The invoices *wanted* as they are in *world*, in their order; those that are not there go."""
    names = tenant.mapping.invoice
    lines = _by_owner(tenant, "invoice_line", tenant.mapping.invoice_line.invoice, world)
    rows = {read_row(tenant, names, row).id: row for row in world.get("invoice", ())}
    details = Counter(
        read_row(tenant, tenant.mapping.invoice_detail, row).lookup(
            tenant.mapping.invoice_detail.invoice_line
        )
        for row in world.get("invoice_detail", ())
    )
    return tuple(
        RehearsedDraft(
            invoice_id=key,
            name=read_row(tenant, names, rows[key]).text(names.name),
            total=read_row(tenant, names, rows[key]).decimal(names.total),
            tax=read_row(tenant, names, rows[key]).decimal(names.total_tax),
            lines=tuple(_line(tenant, row, details) for row in lines.get(key, ())),
        )
        for key in wanted
        if key in rows
    )


def status_moves(
    tenant: Tenant, before: ContractWorld, after: ContractWorld
) -> tuple[StatusMove, ...]:
    """What changed its status between two readings, by kind and statuses; new records are none."""
    found: Counter[tuple[RecordKind, str, str]] = Counter()
    for kind, word, column, words in _statuses(tenant):
        names: Table = getattr(tenant.mapping, word)
        was = {read_row(tenant, names, r).id: r.get(column) for r in before.get(word, ())}
        for row in after.get(word, ()):
            key = read_row(tenant, names, row).id
            if key in was and was[key] != row.get(column):
                found[kind, _said(words, was[key]), _said(words, row.get(column))] += 1
    return tuple(
        StatusMove(kind=kind, before=old, after=new, records=count)
        for (kind, old, new), count in sorted(found.items())
    )


def _statuses(tenant: Tenant) -> Iterator[tuple[RecordKind, str, str, Mapping[int, str]]]:
    """Kind, word of the mapping, status column and its words, of what a run can move."""
    names, choices = tenant.mapping, tenant.choices
    billing = choices.billing_status.word_of
    yield (
        RecordKind.SCHEDULE_ROW,
        "schedule_row",
        names.schedule_row.status,
        (choices.run_status.word_of),
    )
    yield RecordKind.ACTUAL, "actual", names.actual.billing_status, billing
    yield (
        RecordKind.MILESTONE,
        "milestone",
        names.milestone.status,
        (choices.milestone_status.word_of),
    )
    yield RecordKind.PRODUCT_LINE, "contract_line", names.contract_line.billing_status, billing
    yield RecordKind.RETAINER, "retainer", names.retainer.status, choices.retainer_status.word_of


def _said(words: Mapping[int, str], value: object) -> str:
    if value is None:
        return _EMPTY
    word = words.get(value) if isinstance(value, int) else None
    return str(value) if word is None else str(word)


def _line(tenant: Tenant, row: Row, details: Counter[UUID | None]) -> RehearsedLine:
    names = tenant.mapping.invoice_line
    reader = read_row(tenant, names, row)
    return RehearsedLine(
        line_id=reader.id,
        name=reader.text(names.name) if names.name in row else None,
        details=details[reader.id],
        amount=reader.decimal(names.extended_amount),
        tax=reader.decimal(names.tax),
    )


def _by_owner(
    tenant: Tenant, word: str, column: str, world: ContractWorld
) -> Mapping[UUID, list[Row]]:
    found: dict[UUID, list[Row]] = {}
    for row in world.get(word, ()):
        owner = read_row(tenant, getattr(tenant.mapping, word), row).lookup(column)
        if owner is not None:
            found.setdefault(owner, []).append(row)
    return found
