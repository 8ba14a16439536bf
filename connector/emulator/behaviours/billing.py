"""
Draft invoices as the platform makes them, read from its documentation.

One contract and one run date at a time: what is due is collected per customer,
and each customer with something chargeable gets one draft. Independent of the
connector's own rules on purpose, so that each can check the other.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from connector.emulator.behaviours.choices import (
    ACTUAL,
    CONNECTION,
    CONTRACT_ACTIVE,
    CONTRACT_CONFIRMED,
    CONTRACT_LINE,
    DETAIL,
    FIELD_SERVICE,
    LINE,
    LINE_SPLIT_RULE,
    PROJECT_SERVICE,
    SPLIT_RULE,
    WORK_BASED,
    BillingMethod,
    BillingStatus,
    BillingType,
    MilestoneStatus,
    TransactionClass,
    TransactionType,
)
from connector.emulator.behaviours.local_dates import transaction_date
from connector.emulator.rows.writer import reference_to
from connector.emulator.schema.model import Reference

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date
    from uuid import UUID
    from zoneinfo import ZoneInfo

    from connector.emulator.schema.model import Table
    from connector.emulator.storage.store import StoredRow, Transaction

_BILLABLE_CLASSES: Final = frozenset(
    {
        TransactionClass.TIME,
        TransactionClass.EXPENSE,
        TransactionClass.MATERIAL,
        TransactionClass.FEE,
    }
)
_BILLABLE_TYPES: Final = frozenset(
    {BillingType.CHARGEABLE, BillingType.NON_CHARGEABLE, BillingType.COMPLIMENTARY}
)
_LIMIT_FAILED: Final = frozenset({"Failed"})
_LIMIT_EXCEEDED: Final = _LIMIT_FAILED | {"Not Evaluated"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """
    What is due on a contract on one run date.

    *cut_offs* maps contract lines to the last transaction date that counts,
    inclusive; *milestones* are those the date calls out, whatever their status.
    """

    run_date: date
    cut_offs: Mapping[UUID, date]
    milestones: tuple[StoredRow, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """An actual, milestone or product line to bill on a contract line."""

    line: StoredRow
    row: StoredRow

    @property
    def is_chargeable(self) -> bool:
        """Whether it counts in the total; milestones and products always do."""
        if self.row.table.logical_name != ACTUAL:
            return True
        return self.row.values["msdyn_billingtype"] == BillingType.CHARGEABLE


@dataclass(slots=True)
class CustomerShare:
    """What one customer of the contract is to be billed."""

    customer: Reference
    sources: list[Source] = field(default_factory=list)

    @property
    def has_content(self) -> bool:
        """Whether an invoice is made at all (DR-13: not for non-chargeable work alone)."""
        return any(source.is_chargeable for source in self.sources)


def is_billable(contract: StoredRow) -> bool:
    """Whether invoices are made for a contract: work-based, active and confirmed (DR-1)."""
    values = contract.values
    return (
        values["msdyn_ordertype"] == WORK_BASED
        and values["msdyn_psastate"] == CONTRACT_ACTIVE
        and values["msdyn_psastatusreason"] == CONTRACT_CONFIRMED
    )


def is_project_line(line: StoredRow) -> bool:
    """Whether a contract line is billed by a schedule: project work of either billing method."""
    values = line.values
    return (
        values["producttypecode"] == PROJECT_SERVICE
        and values["msdyn_linetype"] != FIELD_SERVICE
        and values["msdyn_billingmethod"] is not None
    )


def shares(tx: Transaction, contract: StoredRow, due: Due, zone: ZoneInfo) -> list[CustomerShare]:
    """Return what each customer is billed, in the order of the customers' ids."""
    lines = {line.id: line for line in contract_lines(tx, contract)}
    found: dict[UUID, CustomerShare] = {}
    for source in _due_sources(tx, contract, due, lines, zone):
        customer = customer_of(tx, contract, source.row)
        if customer is not None and not _is_taken(tx, source.row):
            share = found.setdefault(customer.id, CustomerShare(customer))
            share.sources.append(source)
    _add_products(tx, contract, due, list(lines.values()), found)
    return [found[key] for key in sorted(found, key=str) if found[key].has_content]


def contract_lines(tx: Transaction, contract: StoredRow) -> list[StoredRow]:
    """Return the lines of a contract in a fixed order."""
    rows = tx.find(tx.schema.table(CONTRACT_LINE), {"salesorderid": contract.id})
    return sorted(rows, key=lambda row: (str(row.values["salesorderdetailname"]), str(row.id)))


def is_active(row: StoredRow) -> bool:
    """Whether a row is active: inactive ones take no part in invoicing."""
    return row.values["statecode"] == 0


def customer_of(tx: Transaction, contract: StoredRow, source: StoredRow) -> Reference | None:
    """
    Return who is billed for a source; None when nobody is known.

    Where a contract has customers of its own, an actual is invoiced to the one that
    it was split to, and not at all when it names none; on older contracts to the
    customer on it. A milestone that names nobody belongs to the only customer of its
    line or contract, and where there are several to the contract's.
    """
    rules = _rules(tx, contract)
    named = _named_rule(tx, source)
    if named is not None:
        return _customer_behind(tx, named)
    if source.table.logical_name == ACTUAL:
        names = () if rules else ("msdyn_accountcustomer", "msdyn_contactcustomer")
        direct = (source.values[name] for name in names)
        return next((found for found in direct if isinstance(found, Reference)), None)
    only = _only_rule(tx, source, rules)
    own = contract.values["customerid"]
    if only is not None:
        return _customer_behind(tx, only)
    return own if isinstance(own, Reference) else None


def primary_customer(tx: Transaction, contract: StoredRow) -> Reference | None:
    """
    Return the primary customer: of the active contract customers, else of the contract.

    Nobody, where the primary contract customer was deactivated.
    """
    rules = _rules(tx, contract)
    active = [rule for rule in rules if is_active(rule)]
    flagged = [rule for rule in rules if rule.values["msdyn_isprimarycustomer"]]
    primary = [rule for rule in flagged if is_active(rule)]
    if rules and (not active or (flagged and not primary)):
        return None
    for rule in primary or (active if len(active) == 1 else []):
        customer = rule.values["msdyn_customerid"]
        if isinstance(customer, Reference):
            return customer
    own = contract.values["customerid"]
    return own if isinstance(own, Reference) else None


def _rules(tx: Transaction, contract: StoredRow) -> list[StoredRow]:
    """Return the customers of a contract, active or not."""
    return tx.find(tx.schema.table(SPLIT_RULE), {"msdyn_projectcontractid": contract.id})


def _only_rule(
    tx: Transaction, milestone: StoredRow, rules: Sequence[StoredRow]
) -> StoredRow | None:
    """Return the one active customer of a milestone's line, or contract, if it is just one."""
    line = milestone.values["msdyn_contractlineid"]
    table = tx.schema.table(LINE_SPLIT_RULE)
    wanted = {"msdyn_projectcontractlineid": line.id} if isinstance(line, Reference) else None
    of_line = tx.find(table, wanted) if wanted else []
    found = [rule for rule in of_line or rules if is_active(rule)]
    return found[0] if len(found) == 1 else None


def _named_rule(tx: Transaction, source: StoredRow) -> StoredRow | None:
    """Return the customer row that a source names, of the line before that of the contract."""
    for name in (
        "msdyn_projectcontractlinesplitbillingrule",
        "msdyn_projectcontractsplitbillingrule",
    ):
        rule = source.values[name]
        row = tx.get(tx.schema.table(rule.table), rule.id) if isinstance(rule, Reference) else None
        if row is not None:
            return row
    return None


def _customer_behind(tx: Transaction, rule: StoredRow) -> Reference | None:
    """Return the customer of a customer row; None when it, or the row above it, is inactive."""
    above = rule.values.get("msdyn_projectcontractsplitbillingruleid")
    parent = tx.get(tx.schema.table(SPLIT_RULE), above.id) if isinstance(above, Reference) else None
    rows = (rule, parent) if parent is not None else (rule,)
    customer = rule.values["msdyn_customerid"]
    is_known = isinstance(customer, Reference) and all(map(is_active, rows))
    return customer if is_known and isinstance(customer, Reference) else None


def _due_sources(
    tx: Transaction,
    contract: StoredRow,
    due: Due,
    lines: Mapping[UUID, StoredRow],
    zone: ZoneInfo,
) -> Iterator[Source]:
    for line_id, cut_off in due.cut_offs.items():
        line = lines.get(line_id)
        if line is None or not _bills(line, BillingMethod.TIME_AND_MATERIAL):
            continue
        for actual in tx.find(tx.schema.table(ACTUAL), {"msdyn_salescontractlineid": line_id}):
            if _is_ready(actual, contract) and _is_within(actual, cut_off, zone):
                yield Source(line=line, row=actual)
    for milestone in due.milestones:
        reference = milestone.values["msdyn_contractlineid"]
        line = lines.get(reference.id) if isinstance(reference, Reference) else None
        if line is not None and _is_ready_milestone(milestone, line, contract):
            yield Source(line=line, row=milestone)


def _is_ready(actual: StoredRow, contract: StoredRow) -> bool:
    values = actual.values
    return (
        values["msdyn_transactiontypecode"] == TransactionType.UNBILLED_SALES
        and values["msdyn_billingstatus"] == BillingStatus.READY_TO_INVOICE
        and values["msdyn_adjustmentstatus"] is None
        and is_active(actual)
        and values["msdyn_transactionclassification"] in _BILLABLE_CLASSES
        and values["msdyn_billingtype"] in _BILLABLE_TYPES
        and _is_in_currency(actual, contract)
        and not exceeds_limit(actual)
    )


def _is_within(actual: StoredRow, cut_off: date, zone: ZoneInfo) -> bool:
    day = transaction_date(actual, zone)
    return day is not None and day <= cut_off


def _is_ready_milestone(milestone: StoredRow, line: StoredRow, contract: StoredRow) -> bool:
    return (
        milestone.values["msdyn_invoicestatus"] == MilestoneStatus.READY
        and is_active(milestone)
        and _bills(line, BillingMethod.FIXED_PRICE)
        and _is_in_currency(milestone, contract)
        and not exceeds_limit(milestone)
    )


def _bills(line: StoredRow, method: BillingMethod) -> bool:
    return is_project_line(line) and line.values["msdyn_billingmethod"] == method


def _is_in_currency(source: StoredRow, contract: StoredRow) -> bool:
    """Whether a source has no currency of its own or the contract's; none is ever converted."""
    own = source.values["transactioncurrencyid"]
    return own in (None, contract.values["transactioncurrencyid"])


def exceeds_limit(row: StoredRow) -> bool:
    """
    Whether the not-to-exceed check keeps a source off every invoice (DR-16).

    Milestones are stopped by a failed check only: whether they are evaluated at all
    is not documented for those that are billed when completed.
    """
    status = row.values["msdyn_nottoexceedstatus"]
    label = row.table.columns["msdyn_nottoexceedstatus"].options.get(status)  # type: ignore[arg-type]
    return label in (_LIMIT_EXCEEDED if row.table.logical_name == ACTUAL else _LIMIT_FAILED)


def _add_products(
    tx: Transaction,
    contract: StoredRow,
    due: Due,
    lines: list[StoredRow],
    found: dict[UUID, CustomerShare],
) -> None:
    """Put ready product lines on the primary customer's invoice, if any line is due (DR-19)."""
    customer = primary_customer(tx, contract)
    if customer is None or not (due.cut_offs or found):
        return
    for line in lines:
        if _is_ready_product(tx, line, contract):
            share = found.setdefault(customer.id, CustomerShare(customer))
            share.sources.append(Source(line=line, row=line))


def _is_ready_product(tx: Transaction, line: StoredRow, contract: StoredRow) -> bool:
    values = line.values
    return (
        values["producttypecode"] != PROJECT_SERVICE
        and values["msdyn_linetype"] != FIELD_SERVICE
        and values["msdyn_billingstatus"] == BillingStatus.READY_TO_INVOICE
        and _is_in_currency(line, contract)
        and not tx.find(tx.schema.table(LINE), {"salesorderdetailid": line.id})
    )


def _is_taken(tx: Transaction, source: StoredRow) -> bool:
    """
    Whether a source stands on any invoice line detail already.

    Asked for each source, so that a run costs what is due and not what was ever billed.
    """
    reference, text = reference_to(source), str(source.id)
    named = (
        {"msdyn_transaction2": text},
        {"msdyn_transaction2": f"{{{text}}}"},
        {"msdyn_transaction2lookup": reference},
    )
    connections, details = tx.schema.table(CONNECTION), tx.schema.table(DETAIL)
    return any(
        _is_of_detail(connection, tx, details)
        for wanted in named
        for connection in tx.find(connections, wanted)
    ) or bool(tx.find(details, {"msdyn_sourcedocument": reference}))


def _is_of_detail(connection: StoredRow, tx: Transaction, details: Table) -> bool:
    first = connection.values["msdyn_transaction1lookup"]
    return connection.values["msdyn_transaction1type"] == DETAIL or (
        isinstance(first, Reference) and tx.exists(details, first.id)
    )
