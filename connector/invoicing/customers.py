"""Who pays: the customer that a record names, never a percentage (B1, B2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from connector.invoicing.model import Actual, Milestone
from connector.invoicing.reasons import Facts, Reason, Refusal, refuse

if TYPE_CHECKING:
    from uuid import UUID

    from connector.invoicing.ids import (
        ContractCustomerId,
        ContractLineCustomerId,
        ContractLineId,
        CustomerId,
    )
    from connector.invoicing.model import (
        ContractCustomer,
        ContractLineCustomer,
        ContractSnapshot,
        Customer,
        Retainer,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Payer:
    """The receiver of an invoice; without *contract_customer* on contracts that have none yet."""

    customer: Customer
    contract_customer: ContractCustomer | None = None


@dataclass(frozen=True, slots=True)
class Payers:
    """The customers of one contract, opened for look-ups."""

    fallback: Customer | None
    contract_customers: tuple[ContractCustomer, ...]
    line_customers: tuple[ContractLineCustomer, ...]
    _by_contract_customer: dict[ContractCustomerId, Payer | Refusal]
    _by_line_customer: dict[tuple[ContractLineId, ContractLineCustomerId], Payer | Refusal]

    def of_record(self, record: Actual | Milestone) -> Payer | Refusal:
        """
        The customer that *record* is billed to (A8, B1, B2).

        The customer of the contract line comes before the customer of the contract. A contract
        without any customer rows has not been upgraded to split billing yet: there the record's
        own customer counts, else the contract's. A milestone that names nobody belongs to the only
        customer of its line or contract, where there is exactly one (B12).
        """
        if not self.contract_customers:
            return self._without_rows(record.customer if isinstance(record, Actual) else None)
        if record.contract_line_customer_id is not None and record.contract_line_id is not None:
            key = (record.contract_line_id, record.contract_line_customer_id)
            return self._by_line_customer.get(key) or _unknown(record.contract_line_customer_id)
        if record.contract_customer_id is None and isinstance(record, Milestone):
            return self.of_contract_customer(self._only_customer(record.contract_line_id))
        return self.of_contract_customer(record.contract_customer_id)

    def of_retainer(self, retainer: Retainer) -> Payer | Refusal:
        """The one contract customer that *retainer* belongs to (B9)."""
        if not self.contract_customers:
            return self._without_rows(None)
        return self.of_contract_customer(retainer.contract_customer_id)

    def of_contract_customer(self, key: ContractCustomerId | None) -> Payer | Refusal:
        """The customer behind the contract customer row *key*."""
        if key is None:
            return _missing("It names neither a contract line customer nor a contract customer")
        return self._by_contract_customer.get(key) or _unknown(key)

    def primary(self) -> Payer | Refusal:
        """The primary customer, who alone is billed for product lines (B8, D5)."""
        if not self.contract_customers:
            return self._without_rows(None)
        active = [row for row in self.contract_customers if row.is_active]
        primary = [row for row in active if row.is_primary]
        if not primary:  # an inactive primary customer says what to do; else the only one will do
            primary = [row for row in self.contract_customers if row.is_primary][:1]
        if not primary and len(active or self.contract_customers) == 1:
            primary = [*(active or self.contract_customers)]
        if len(primary) != 1:
            count = "no primary customer" if not primary else f"{len(primary)} primary customers"
            return refuse(Reason.PRIMARY_CUSTOMER_UNCLEAR, Facts(text=count))
        return self.of_contract_customer(primary[0].id)

    def _only_customer(self, line: ContractLineId) -> ContractCustomerId | None:
        """The one contract customer that a record of *line* can mean without naming it (B2)."""
        rules = [rule for rule in self.line_customers if rule.contract_line_id == line]
        named = [rule.contract_customer_id for rule in rules if rule.is_active]
        if not rules:
            named = [row.id for row in self.contract_customers if row.is_active]
        return named[0] if len(named) == 1 else None

    def _without_rows(self, own: Customer | None) -> Payer | Refusal:
        customer = own or self.fallback
        if customer is None:
            return _missing("Neither the record nor the contract names a customer")
        return Payer(customer=customer)


def payers_of(snapshot: ContractSnapshot) -> Payers:
    """
    The customers of *snapshot*'s contract.

    Shares are not looked at: a customer of 0 percent may still have transactions (B4).

    An inactive row bills nobody (B11). Two rows of one customer share the first active one,
    primary before others: one customer gets one invoice (P1), so it needs one set of invoice
    defaults (B10).
    """
    rows = tuple(sorted(snapshot.customers, key=lambda row: (not row.is_primary, row.id.int)))
    payers: dict[CustomerId, Payer] = {}
    by_row: dict[ContractCustomerId, Payer | Refusal] = {}
    for row in rows:
        if not row.is_active:
            by_row[row.id] = _inactive(row.id)
        elif row.customer is None:
            by_row[row.id] = _missing(f"Contract customer {row.id} names no customer")
        else:
            payer = Payer(customer=row.customer, contract_customer=row)
            by_row[row.id] = payers.setdefault(row.customer.id, payer)
    by_line = {
        (rule.contract_line_id, rule.id): _of_line_customer(rule, by_row)
        for rule in snapshot.line_customers
    }
    return Payers(snapshot.contract.customer, rows, snapshot.line_customers, by_row, by_line)


def _of_line_customer(
    rule: ContractLineCustomer, by_row: dict[ContractCustomerId, Payer | Refusal]
) -> Payer | Refusal:
    if not rule.is_active:
        return _inactive(rule.id)
    if rule.contract_customer_id is None:
        return _missing(f"Contract line customer {rule.id} is empty")
    return by_row.get(rule.contract_customer_id) or _unknown(rule.contract_customer_id)


def _missing(text: str) -> Refusal:
    return refuse(Reason.CUSTOMER_MISSING, Facts(text=text))


def _inactive(record: UUID) -> Refusal:
    return refuse(Reason.CUSTOMER_INACTIVE, Facts(record=record))


def _unknown(record: UUID) -> Refusal:
    return refuse(Reason.CUSTOMER_UNKNOWN, Facts(record=record))
