"""Contracts, their lines, customers, schedules and milestones, as rows of the sample tenant."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from connector.sample_tenant.rows import customer, midnight, row_id
from connector.sample_tenant.surroundings import CURRENCIES, currency, price_list

if TYPE_CHECKING:
    from connector.sample_tenant.rows import Rows

TIME_AND_MATERIAL, FIXED_PRICE = 192350000, 192350001
READY_TO_INVOICE, UNBILLED_SALES_CREATED = 192350004, 192350000
NOT_READY_MILESTONE, READY_MILESTONE = 192350000, 192350001

_WORK_BASED: Final = 192350001
_ACTIVE_CONFIRMED: Final = (192350002, 192350003)
_DRAFT: Final = (192350000, 192350000)
_PROJECT_SERVICE: Final = 690970000
_NOT_RUN: Final = 192350000
_PROJECT_CONTRACT, _MILESTONE = 192350004, 192350003
_NET_30: Final = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """A customer of a contract with its share in percent."""

    name: str
    table: str = "account"
    percent: Decimal = Decimal(100)

    @property
    def id(self) -> str:
        """The id of the account or contact."""
        return row_id(f"{self.table}s", self.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """A contract whose first party is the primary and the rounding customer."""

    rows: Rows
    name: str
    currency: str
    parties: tuple[Party, ...]
    is_draft: bool = False

    @property
    def id(self) -> str:
        """The id of the contract."""
        return row_id("salesorders", self.name)

    @property
    def project(self) -> str:
        """The id of the contract's project."""
        return row_id("msdyn_projects", self.name)

    @property
    def precision(self) -> int:
        """Decimals of the contract's currency."""
        return CURRENCIES[self.currency][2]

    def contract_customer(self, party: Party) -> str:
        """The id of the record that makes *party* a customer of the contract."""
        return row_id("msdyn_projectcontractsplitbillingrules", f"{self.name}/{party.name}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A project-based contract line."""

    contract: Contract
    name: str

    @property
    def id(self) -> str:
        """The id of the line."""
        return row_id("salesorderdetails", self.key)

    @property
    def key(self) -> str:
        """Contract and line, to tell lines of different contracts apart."""
        return f"{self.contract.name}/{self.name}"

    def line_customer(self, party: Party) -> str:
        """The id of the record that makes *party* a customer of the line."""
        return row_id("msdyn_projectcontractlinesplitbillingrules", f"{self.key}/{party.name}")


def add_contract(contract: Contract, number: str, end: str = "2020-12-31") -> Contract:
    """Add *contract* with its project and customers; *end* bounds generated schedules."""
    primary = contract.parties[0]
    state, reason = _DRAFT if contract.is_draft else _ACTIVE_CONFIRMED
    contract.rows.add(
        "salesorders",
        contract.name,
        name=contract.name,
        ordernumber=number,
        msdyn_ordertype=_WORK_BASED,
        msdyn_psastate=state,
        msdyn_psastatusreason=reason,
        requestdeliveryby=midnight(end),
        _pricelevelid_value=price_list(contract.currency),
        _transactioncurrencyid_value=currency(contract.currency),
        _msdyn_contractorganizationalunitid_value=row_id(
            "msdyn_organizationalunits", contract.currency
        ),
        **customer("customerid", primary.table, primary.id),
    )
    contract.rows.add(
        "msdyn_projects",
        contract.name,
        msdyn_subject=contract.name,
        _msdyn_salesorderid_value=contract.id,
        _transactioncurrencyid_value=currency(contract.currency),
    )
    for party in contract.parties:
        _add_contract_customer(contract, party, is_primary=party is primary)
    return contract


def _add_contract_customer(contract: Contract, party: Party, *, is_primary: bool) -> None:
    contract.rows.add(
        "msdyn_projectcontractsplitbillingrules",
        f"{contract.name}/{party.name}",
        msdyn_name=party.name,
        msdyn_billingsplitpercent=float(party.percent),
        msdyn_isprimarycustomer=is_primary,
        msdyn_isrounding=is_primary,
        msdyn_paymentterms=_NET_30,
        msdyn_billtoname=party.name,
        _msdyn_projectcontractid_value=contract.id,
        _transactioncurrencyid_value=currency(contract.currency),
        **customer("msdyn_customerid", party.table, party.id),
    )


def add_line(
    contract: Contract,
    name: str,
    method: int,
    *,
    amount: str,
    frequency: str | None = None,
    classes: str = "",
) -> Line:
    """Add a project-based line; *classes* names what it includes: time, expense, material, fee."""
    line = Line(contract=contract, name=name)
    contract.rows.add(
        "salesorderdetails",
        line.key,
        salesorderdetailname=name,
        productdescription=name,
        isproductoverridden=True,
        producttypecode=5,
        msdyn_linetype=_PROJECT_SERVICE,
        msdyn_billingmethod=method,
        msdyn_billingstartdate=midnight("2020-09-21"),
        quantity=1,
        priceperunit=Decimal(amount),
        baseamount=Decimal(amount),
        extendedamount=Decimal(amount),
        _salesorderid_value=contract.id,
        _msdyn_project_value=contract.project,
        _msdyn_invoicefrequency_value=(
            row_id("msdyn_invoicefrequencies", frequency) if frequency else None
        ),
        _transactioncurrencyid_value=currency(contract.currency),
        **{f"msdyn_include{kind}": True for kind in classes.split()},
    )
    for party in contract.parties:
        _add_line_customer(line, party)
    return line


def _add_line_customer(line: Line, party: Party) -> None:
    line.contract.rows.add(
        "msdyn_projectcontractlinesplitbillingrules",
        f"{line.key}/{party.name}",
        msdyn_name=party.name,
        msdyn_billingsplitpercent=float(party.percent),
        msdyn_isrounding=party is line.contract.parties[0],
        _msdyn_projectcontractlineid_value=line.id,
        _msdyn_projectcontractsplitbillingruleid_value=line.contract.contract_customer(party),
        _transactioncurrencyid_value=currency(line.contract.currency),
        **customer("msdyn_customerid", party.table, party.id),
    )


def add_product_line(
    contract: Contract, product: str, pieces: int, price: str, *, is_ready: bool
) -> None:
    """Add a product-based line of *pieces* of a catalogue product."""
    amount = pieces * Decimal(price)
    contract.rows.add(
        "salesorderdetails",
        f"{contract.name}/{product}",
        salesorderdetailname=product,
        isproductoverridden=False,
        producttypecode=1,
        msdyn_billingstatus=READY_TO_INVOICE if is_ready else UNBILLED_SALES_CREATED,
        quantity=pieces,
        priceperunit=Decimal(price),
        baseamount=amount,
        extendedamount=amount,
        _salesorderid_value=contract.id,
        _productid_value=row_id("products", product),
        _uomid_value=row_id("uoms", "Each"),
        _transactioncurrencyid_value=currency(contract.currency),
    )


def add_schedule(line: Line, *run_dates: str) -> None:
    """Add a schedule row a run date; the cut-off is the day before, as the platform makes it."""
    for run_date in run_dates:
        cutoff = date.fromisoformat(run_date) - timedelta(days=1)
        line.contract.rows.add(
            "msdyn_contractlineinvoiceschedules",
            f"{line.key}/{run_date}",
            msdyn_name=f"{line.name} {run_date}",
            msdyn_invoicerundate=midnight(run_date),
            msdyn_transactioncutoffdate=midnight(cutoff.isoformat()),
            msdyn_invoicerunstatus=_NOT_RUN,
            _msdyn_contractlineid_value=line.id,
        )


def add_milestone(line: Line, name: str, day: str, amount: str, *, ready: str = "all") -> None:
    """
    Add a milestone, a record a customer; several customers get a header above them (M8).

    *ready* names the party whose record is Ready, or says `all` or `none`.
    """
    contract = line.contract
    header = _add_header(line, name, day, amount) if len(contract.parties) > 1 else None
    for party in contract.parties:
        share = Decimal(amount) * party.percent / 100
        contract.rows.add(
            "msdyn_contractlinescheduleofvalues",
            f"{line.key}/{name}/{party.name}",
            msdyn_name=name,
            msdyn_invoicestatus=(
                READY_MILESTONE if ready in ("all", party.name) else NOT_READY_MILESTONE
            ),
            msdyn_amount=share,
            msdyn_price=share,
            msdyn_tax=0,
            msdyn_transactiontypecode=_PROJECT_CONTRACT,
            msdyn_transactionclassification=_MILESTONE,
            _msdyn_projectcontractsplitbillingrule_value=contract.contract_customer(party),
            _msdyn_projectcontractlinesplitbillingrule_value=line.line_customer(party),
            _msdyn_projectcontractlinemilestone_value=header,
            **_dated(line, day),
        )


def _add_header(line: Line, name: str, day: str, amount: str) -> str:
    return line.contract.rows.add(
        "msdyn_projectcontractlinemilestones",
        f"{line.key}/{name}",
        msdyn_name=name,
        msdyn_amount=Decimal(amount),
        **_dated(line, day),
    )


def _dated(line: Line, day: str) -> dict[str, str]:
    return {
        "msdyn_milestonedate": midnight(day),
        "msdyn_invoicedate": midnight(day),
        "_msdyn_contract_value": line.contract.id,
        "_msdyn_contractlineid_value": line.id,
        "_msdyn_project_value": line.contract.project,
        "_transactioncurrencyid_value": currency(line.contract.currency),
    }
