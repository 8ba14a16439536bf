"""One run as its section of the page needs it: bounded sums, and invoices read part by part."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, Final

from connector.invoicing.amounts import ZERO, total
from connector.invoicing.reasons import RULE
from connector.outcome import GOOD_STATUSES, InvoiceStatus
from connector.report import view
from connector.report.changes import changes
from connector.report.left_behind import Sums, left_behind
from connector.report.links import record_link
from connector.report.needs import needs
from connector.report.run_words import need_advice, need_title, run_state
from connector.report.texts.warnings import warning_advice, warning_title
from connector.report.texts.words import said

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date
    from decimal import Decimal
    from uuid import UUID

    from connector.invoicing.ids import ResourceNames
    from connector.invoicing.model import Currency
    from connector.invoicing.plan import DetailPlan, LinePlan, NotInvoiced
    from connector.invoicing.reasons import Reason
    from connector.outcome import InvoiceOutcome
    from connector.report.changes import Changes
    from connector.report.left_behind import LeftBehind
    from connector.report.needs import Need, Needs
    from connector.report.run_words import State
    from connector.report.surroundings import Surroundings
    from connector.report.texts.catalogue import Texts
    from connector.run_report import RunReport
    from connector.summary import CurrencyTotals

#: Rows of one run that the page shows; of a larger one it shows sums.
MOST_ROWS: Final = 2000
#: Warnings of one kind that are told one by one.
MOST_WARNINGS: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """The figures of one currency; *change* is the share by which the amount has changed."""

    currency: Currency
    amount: Decimal
    tax: Decimal
    invoices: int
    left: Sums
    failed: Decimal
    failed_invoices: int
    change: Decimal | None

    @property
    def left_amount(self) -> Decimal:
        """What stays behind in this currency."""
        return next((amount for _, amount in self.left.amounts), ZERO)


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceItem:
    """An invoice as it unfolds: its lines, and its details where there is room for them."""

    contract: view.ContractResult
    outcome: InvoiceOutcome
    lines: tuple[LinePlan, ...]
    shows_details: bool

    @property
    def customer(self) -> str:
        """Whom it bills."""
        return view.customer_name(self.outcome.invoice)

    @property
    def stands(self) -> bool:
        """Whether there is an invoice to open."""
        return self.outcome.status not in (InvoiceStatus.PLANNED, InvoiceStatus.FAILED)

    @property
    def tone(self) -> str:
        """The colour of its status."""
        return "good" if self.outcome.status in GOOD_STATUSES else "bad"

    def details(self, line: LinePlan) -> tuple[DetailPlan, ...]:
        """The details of *line*, by date."""
        return view.details(line) if self.shows_details else ()


@dataclass(frozen=True, slots=True, kw_only=True)
class WarningItem:
    """The warnings of one code; *texts* are the first, and *more* are not told."""

    code: str
    title: str
    advice: str
    count: int
    texts: tuple[str, ...]

    @property
    def more(self) -> int:
        """How many are not told."""
        return max(0, self.count - len(self.texts))


class RunPage:
    """
    The section of one run.

    What is above a single invoice is gathered once, in a pass over the parts, and is bounded by
    contracts and reasons; invoices are read again while the page is written.
    """

    def __init__(
        self,
        report: RunReport,
        texts: Texts,
        around: Surroundings,
        *,
        number: int,
        previous: RunReport | None,
        is_alone: bool,
    ) -> None:
        self.report = report
        self.number = number
        self.heading = "h1" if is_alone else "h2"
        self.most = MOST_ROWS
        self._texts = texts
        self._around = around
        self._previous = previous

    @property
    def environment(self) -> str:
        """Where the run bills."""
        return self.report.plan.environment_url.partition("://")[2]

    @property
    def state(self) -> State:
        """What became of the run, for its head."""
        return run_state(self._texts, self.report)

    @property
    def billed_label(self) -> str:
        """What the first figure is."""
        texts = self._texts
        return texts.text("To be billed") if self.report.dry_run else texts.text("Billed")

    @property
    def previous_day(self) -> date | None:
        """The date of the run that this one is compared with."""
        return self._previous.run_date if self._previous else None

    @property
    def billed(self) -> tuple[tuple[Currency, Decimal], ...]:
        """The amount in each currency that is billed."""
        return tuple((tile.currency, tile.amount) for tile in self.tiles if tile.invoices)

    @cached_property
    def left(self) -> LeftBehind:
        """What stays behind."""
        return left_behind(self.report, MOST_ROWS)

    @cached_property
    def needs(self) -> Needs:
        """What a person has to look at."""
        return needs(self.report)

    @cached_property
    def changes(self) -> Changes | None:
        """What is billed otherwise than in the run before; None where there is none."""
        return changes(self._previous, self.report) if self._previous else None

    @cached_property
    def tiles(self) -> tuple[Tile, ...]:
        """The figures, currency by currency."""
        return tuple(self._tile(item) for item in self.report.totals.currencies)

    @cached_property
    def people(self) -> ResourceNames:
        """The names of those whose work stays behind, as far as records are shown."""
        asked = {
            record.entry.resource_id: record.entry.source.id
            for reason in self.left.reasons
            for contract in reason.contracts
            for record in contract.records
            if record.entry.resource_id is not None
        }
        return self._around.people(asked) if asked else {}

    @property
    def is_whole(self) -> bool:
        """Whether every row of the run is on the page."""
        return self.shows_details and self.left.has_records and not self.hidden_invoices

    @property
    def shows_details(self) -> bool:
        """Whether there is room for the details of the invoices."""
        totals = self.report.totals
        return totals.details + totals.lines + totals.invoices <= MOST_ROWS

    @property
    def hidden_invoices(self) -> int:
        """Invoices that are not on the page."""
        return max(0, self.report.totals.invoices - MOST_ROWS)

    def invoices(self) -> Iterator[InvoiceItem]:
        """The invoices of the page, in the order of the run."""
        totals = self.report.totals
        has_lines = totals.lines + totals.invoices <= MOST_ROWS
        for contract, outcome in islice(self._outcomes(), MOST_ROWS if totals.invoices else 0):
            yield InvoiceItem(
                contract=contract,
                outcome=outcome,
                lines=view.lines(outcome) if has_lines else (),
                shows_details=self.shows_details,
            )

    @cached_property
    def warnings(self) -> tuple[WarningItem, ...]:
        """The warnings by code."""
        first: dict[str, list[str]] = {}
        for warning in view.all_warnings(self.report) if self.report.warning_counts else ():
            told = first.setdefault(warning.code, [])
            if len(told) < MOST_WARNINGS:
                told.append(warning.text)
        counts = {item.code: item.count for item in self.report.warning_counts}
        return tuple(
            WarningItem(
                code=code,
                title=warning_title(self._texts, code),
                advice=warning_advice(self._texts, code),
                count=max(counts.get(code, 0), len(told)),
                texts=tuple(told),
            )
            for code, told in first.items()
        )

    @property
    def warning_total(self) -> int:
        """How many warnings there are."""
        return sum(item.count for item in self.warnings)

    def link(self, table: str, record: UUID) -> str:
        """The address of a record in the environment."""
        return record_link(self.report.plan.environment_url, table, record)

    def rule(self, reason: Reason) -> str:
        """The number of the rule that decides."""
        return RULE[reason]

    def record_name(self, entry: NotInvoiced) -> str:
        """What people know a record by: its description, else the kind of record it is."""
        if entry.description:
            return entry.description
        return said(self._texts, entry.source.table.value)

    def need_title(self, need: Need) -> str:
        """What has happened."""
        return need_title(self._texts, need.kind)

    def need_advice(self, need: Need) -> str:
        """What to do about it."""
        return need_advice(self._texts, need.kind)

    def _outcomes(self) -> Iterator[tuple[view.ContractResult, InvoiceOutcome]]:
        for contract in view.all_contracts(self.report):
            for outcome in contract.outcomes:
                yield contract, outcome

    def _tile(self, item: CurrencyTotals) -> Tile:
        code = item.currency.code
        found = [o for o in self.report.outcome_totals if o.currency.code == code]
        good = [o for o in found if o.status in GOOD_STATUSES]
        bad = [o for o in found if o.status not in GOOD_STATUSES]
        amount = total(o.amount for o in good)
        return Tile(
            currency=item.currency,
            amount=amount,
            tax=total(o.tax for o in good),
            invoices=sum(o.invoices for o in good),
            left=self.left.by_currency.get(code, Sums()),
            failed=total(o.amount for o in bad),
            failed_invoices=sum(o.invoices for o in bad),
            change=self._change(code, amount),
        )

    def _change(self, code: str, amount: Decimal) -> Decimal | None:
        """The share by which *amount* differs from the run before; None where nothing was then."""
        if self._previous is None:
            return None
        then = total(
            o.amount
            for o in self._previous.outcome_totals
            if o.currency.code == code and o.status in GOOD_STATUSES
        )
        return (amount - then) / then if then > ZERO else None
