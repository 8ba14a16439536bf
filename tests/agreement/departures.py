"""Where the two jobs may differ, each difference by name and no wider than its words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Final, TypeAlias, TypeVar
from zoneinfo import ZoneInfo

from connector.invoicing.reasons import Reason
from tests.agreement.bills import Bills, Item, Row, Rows

if TYPE_CHECKING:
    from connector import RunReport


class Departure(StrEnum):
    """A difference that `docs/emulator.md` describes under this name."""

    AMOUNT_MISSING = "amount missing"
    AMOUNT_TOO_PRECISE = "amount finer than the currency"
    QUANTITY_MISSING = "quantity or price missing"
    MILESTONE_OF_NOBODY = "milestone without customer"
    ACTUAL_OF_NOBODY = "transaction without customer"
    PRIMARY_UNCLEAR = "primary customer unclear"
    ROW_OF_SEVERAL = "schedule row of several customers"


#: What the connector says of a source that only the platform bills.
OUR_REASON: Final[Mapping[Departure, Reason]] = {
    Departure.AMOUNT_MISSING: Reason.AMOUNT_MISSING,
    Departure.AMOUNT_TOO_PRECISE: Reason.AMOUNT_TOO_PRECISE,
    Departure.MILESTONE_OF_NOBODY: Reason.CUSTOMER_MISSING,
    Departure.PRIMARY_UNCLEAR: Reason.PRIMARY_CUSTOMER_UNCLEAR,
}

_CHARGEABLE = 192350001
_NOT_RUN = 192350000
_PROJECT_WORK, _FIELD_SERVICE = 5, 690970001
_OF_PRODUCT: Final = ("baseamount", "manualdiscountamount")
_OF_ACTUAL: Final = (
    "msdyn_amount",
    "msdyn_projectcontractlinediscountamount",
    "msdyn_projectcontractlinefeeamount",
)

Sources: TypeAlias = Mapping[tuple[str, str], frozenset[Item]]
Explain: TypeAlias = Callable[[str], Departure | None]
ValueT = TypeVar("ValueT")


class Books:
    """A tenant before a run, opened for what the departures look at."""

    def __init__(self, rows: Rows, zone: str, day: date) -> None:
        self.rows = rows
        self.actuals = _by(rows, "msdyn_actuals", "msdyn_actualid")
        self.milestones = _by(
            rows, "msdyn_contractlinescheduleofvalues", "msdyn_contractlinescheduleofvalueid"
        )
        self.lines = _by(rows, "salesorderdetails", "salesorderdetailid")
        self._contracts = _by(rows, "salesorders", "salesorderid")
        self._schedule = _by(
            rows, "msdyn_contractlineinvoiceschedules", "msdyn_contractlineinvoicescheduleid"
        )
        self._rules = rows.get("msdyn_projectcontractsplitbillingrules", ())
        self._line_rules = rows.get("msdyn_projectcontractlinesplitbillingrules", ())
        self._currencies = _by(rows, "transactioncurrencies", "transactioncurrencyid")
        self._zone, self._day = ZoneInfo(zone), day

    def contract_of(self, record: str) -> str:
        """The contract of an actual, milestone, schedule row or product line."""
        if record in self.actuals:
            return str(self.actuals[record]["_msdyn_salescontract_value"])
        row = self.milestones.get(record) or self._schedule.get(record)
        line = row["_msdyn_contractlineid_value"] if row else record
        return str(self.lines[line]["_salesorderid_value"])

    def has_due_row(self, contract: str) -> bool:
        """Whether a schedule row of a project line of the contract waits for this day."""
        return any(self._is_due(row, contract) for row in self._schedule.values())

    def refused_by_us(self, source: str) -> Departure | None:
        """Why the platform may bill *source* and the connector does not."""
        amount, *others = self._amounts(source)
        if amount is None:
            return Departure.AMOUNT_MISSING
        contract = self.contract_of(source)
        precision = self._precision_of(contract)
        if any(part != round(part, precision) for part in (amount, *others) if part is not None):
            return Departure.AMOUNT_TOO_PRECISE
        if source in self.milestones and self._belongs_to_nobody(source):
            return Departure.MILESTONE_OF_NOBODY
        active = [rule for rule in self._rules_of(contract) if not rule["statecode"]]
        primary = [rule for rule in active if rule["msdyn_isprimarycustomer"]]
        if source in self.lines and len(active) > 1 and len(primary) != 1:
            return Departure.PRIMARY_UNCLEAR
        return None

    def refused_by_platform(self, source: str) -> Departure | None:
        """Why the connector may bill *source* and the platform does not."""
        actual = self.actuals.get(source)
        if actual is None or self._rules_of(self.contract_of(source)):
            return None
        own = ("_msdyn_accountcustomer_value", "_msdyn_contactcustomer_value")
        return None if any(actual[name] for name in own) else Departure.ACTUAL_OF_NOBODY

    def as_we_write_it(self, item: Item) -> Item:
        """`QUANTITY_MISSING`: ours is 1 at the amount, theirs stays empty."""
        if item.quantity is None or item.price is None:
            return replace(item, quantity=Decimal(1), price=item.amount)
        return item

    def _belongs_to_nobody(self, milestone: str) -> bool:
        """Whether a milestone names nobody, on a line or contract of not exactly one customer."""
        row, rules = self.milestones[milestone], self._rules_of(self.contract_of(milestone))
        line = row["_msdyn_contractlineid_value"]
        of_line = [r for r in self._line_rules if r["_msdyn_projectcontractlineid_value"] == line]
        active = [rule for rule in of_line or rules if not rule["statecode"]]
        return bool(rules) and _names_nobody(row) and len(active) != 1

    def _amounts(self, source: str) -> list[Decimal | None]:
        """The amount of *source*, and what is added to it or taken off."""
        names: tuple[str, ...]
        if source in self.lines:
            row, names = self.lines[source], _OF_PRODUCT
        elif source in self.actuals:
            row, names = self.actuals[source], _OF_ACTUAL
        else:
            row, names = self.milestones[source], _OF_ACTUAL[:1]
        return [None if row[name] is None else Decimal(str(row[name])) for name in names]

    def _precision_of(self, contract: str) -> int:
        currency = self._contracts[contract]["_transactioncurrencyid_value"]
        return int(self._currencies[currency]["currencyprecision"])

    def _rules_of(self, contract: str) -> list[Row]:
        return [row for row in self._rules if row["_msdyn_projectcontractid_value"] == contract]

    def _is_due(self, row: Row, contract: str) -> bool:
        line = self.lines[row["_msdyn_contractlineid_value"]]
        instant = datetime.fromisoformat(row["msdyn_invoicerundate"])
        return (
            line["_salesorderid_value"] == contract
            and line["producttypecode"] == _PROJECT_WORK
            and line["msdyn_linetype"] != _FIELD_SERVICE
            and line["msdyn_billingmethod"] is not None
            and row["msdyn_invoicerunstatus"] == _NOT_RUN
            and not row["statecode"]
            and instant.astimezone(self._zone).date() == self._day
        )


class Reconciled:
    """Both jobs' items without those that a departure explains."""

    def __init__(self, books: Books, platform: Bills, ours: Bills) -> None:
        self._books = books
        self._explained: dict[str, Departure] = {}
        self.platform = self._kept(platform, books.refused_by_us)
        self.ours = self._kept(ours, books.refused_by_platform)
        self._touched = _gone(platform, self.platform) | _gone(ours, self.ours)
        self._contracts = {books.contract_of(source) for source in self._touched}
        self.untouched = {key for key in platform if key[0] not in self._contracts}

    def contradictions(self, report: RunReport) -> Iterator[str]:
        """Sources of which the connector does not say what the departure says."""
        said = {
            str(entry.source.id): entry.reason
            for plan in report.plan.contracts
            for entry in plan.not_invoiced
        }
        for source, departure in self._explained.items():
            expected = OUR_REASON.get(departure)
            if expected is not None and said.get(source) is not expected:
                yield f"{source}: {departure}, but the connector says {said.get(source)}"

    def settled(self, statuses: Mapping[str, int | None]) -> Mapping[str, int | None]:
        """The statuses of all records that no departure explains."""
        return {key: value for key, value in statuses.items() if key not in self._touched}

    def settled_rows(self, named: Mapping[str, ValueT]) -> Mapping[str, ValueT]:
        """What schedule rows of contracts without a departure name."""
        contract_of = self._books.contract_of
        return {row: it for row, it in named.items() if contract_of(row) not in self._contracts}

    def _kept(self, bills: Bills, explain: Explain) -> Sources:
        """The items that nothing explains; what they leave behind may be no invoice any more."""
        found: dict[tuple[str, str], frozenset[Item]] = {}
        for key, bill in bills.items():
            reasons = {item: explain(item.source) for item in bill.items}
            self._explained |= {item.source: why for item, why in reasons.items() if why}
            found[key] = frozenset(
                self._books.as_we_write_it(item) for item, why in reasons.items() if not why
            )
        riding = {
            key: items if self._has_due_line(key[0], found) else self._without_products(items)
            for key, items in found.items()
        }
        return {
            key: items
            for key, items in riding.items()
            if len(items) == len(bills[key].items) or any(map(_counts, items))
        }

    def _has_due_line(self, contract: str, found: Sources) -> bool:
        """Product lines wait for a due line: a row of the day, or a milestone that is billed."""
        return self._books.has_due_row(contract) or any(
            item.source in self._books.milestones
            for key, items in found.items()
            if key[0] == contract
            for item in items
        )

    def _without_products(self, items: frozenset[Item]) -> frozenset[Item]:
        return frozenset(item for item in items if item.source not in self._books.lines)


def _gone(before: Bills, after: Sources) -> set[str]:
    left = {item.source for items in after.values() for item in items}
    return {item.source for bill in before.values() for item in bill.items} - left


def _counts(item: Item) -> bool:
    """Whether the item makes its invoice worth making; a product line has no billing type."""
    return item.billing_type in (_CHARGEABLE, None)


def _names_nobody(row: Row) -> bool:
    return not (
        row["_msdyn_projectcontractsplitbillingrule_value"]
        or row["_msdyn_projectcontractlinesplitbillingrule_value"]
    )


def _by(rows: Rows, name: str, key: str) -> Mapping[str, Row]:
    return {row[key]: row for row in rows.get(name, ())}
