"""Random small tenants as emulator seeds: mostly billable, with every fault that rules know."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

BASE = 192350000
READY, CREATED, POSTED, CANCELED = BASE + 4, BASE + 1, BASE + 2, BASE + 3
CHARGEABLE, NON_CHARGEABLE, COMPLIMENTARY = BASE + 1, BASE, BASE + 2
TIME, EXPENSE, MATERIAL, MILESTONE_CLASS, FEE, TAX = *range(BASE, BASE + 5), 690970002
MILESTONE_READY, MILESTONE_CREATED = BASE + 1, BASE + 2
TIME_AND_MATERIAL, FIXED_PRICE = BASE, BASE + 1
PROJECT_WORK, PRODUCT = 5, 1
FIELD_SERVICE = 690970001
DRAFT, CONFIRMED = BASE, BASE + 2

DAYS = tuple(date(2020, 10, 1) + timedelta(days=n) for n in range(8))
CURRENCIES = {f"X0{precision}": precision for precision in range(5)}
CUSTOMERS = (("account", "A"), ("account", "B"), ("account", "C"), ("contact", "D"))
LOOKUP = "@Microsoft.Dynamics.CRM.lookuplogicalname"

Row = Mapping[str, Any]
_NAMESPACE = UUID("6ba7b810-0000-4000-8000-00000000a9ee")


def ident(text: str) -> str:
    """The id of the row that tests know as *text*."""
    return str(uuid5(_NAMESPACE, text))


@dataclass(frozen=True)
class Tenant:
    """A tenant's rows, the calendar that its dates mean, and the days on which it is billed."""

    zone: str
    ours_goes_on: bool
    rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    called_out: list[date] = field(default_factory=list)
    days: list[date] = field(default_factory=list)

    def __repr__(self) -> str:
        """The rows, one a line, with what is empty left out."""
        lines = [f"Tenant({self.zone}, {[str(day) for day in self.days]}, {self.ours_goes_on}"]
        for name, rows in self.rows.items():
            lines += [f"  {name} { ({k: v for k, v in r.items() if v is not None}) }" for r in rows]
        return "\n".join([*lines, ")"])

    def add(self, entity_set: str, **columns: object) -> None:
        """One more row."""
        self.rows.setdefault(entity_set, []).append(columns)

    def midnight(self, day: date | None) -> str | None:
        """The instant by which a user-local column shows *day*."""
        if day is None:
            return None
        local = datetime.combine(day, time(), tzinfo=ZoneInfo(self.zone))
        return local.astimezone(ZoneInfo("UTC")).strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass
class Place:
    """
    The contract that rows are drawn for.

    A record has at most two unusual values: otherwise hardly any could be billed.
    """

    tenant: Tenant
    draw: st.DrawFn
    name: str
    currency: str
    unusual: tuple[int, int] = (0, 0)
    turn: int = 0

    @property
    def id(self) -> str:
        """The contract."""
        return ident(self.name)

    def begin(self, columns: int) -> None:
        """A new record, with as many values as can be unusual; half of all records have none."""
        place = st.integers(-columns, columns)
        self.unusual, self.turn = (self.draw(place), self.draw(place)), 0

    def often(self, usual: object, *unusual: object) -> Any:
        """*usual*, or the unusual value that this record has."""
        self.turn += 1
        if not unusual or self.turn not in self.unusual:
            return usual
        return self.draw(st.sampled_from(unusual))

    def day(self) -> date:
        """Any day of the tenant's short calendar."""
        return self.draw(st.sampled_from(DAYS))

    def money(self, *, lowest: int = -300) -> Decimal | None:
        """An amount; seldom none, seldom finer than the currency."""
        precision = CURRENCIES[self.currency]
        amount = Decimal(self.draw(st.integers(lowest, 90_000))).scaleb(-precision)
        finer = amount + Decimal("0.0001") if precision < 4 else amount
        return self.often(amount, amount, None, finer)

    def discount(self) -> Decimal | None:
        """A discount or fee: often none; seldom finer than the currency."""
        precision = CURRENCIES[self.currency]
        some = Decimal(self.draw(st.integers(0, 9_000))).scaleb(-precision)
        finer = some + Decimal("0.0001") if precision < 4 else some
        return self.often(self.draw(st.sampled_from((None, None, some))), finer)

    def own_currency(self) -> str | None:
        """The currency of a record of this contract."""
        other = "X00" if self.currency != "X00" else "X02"
        named = self.often(self.currency, None, other)
        return named and ident(named)


@st.composite
def tenants(draw: st.DrawFn, zones: Sequence[str]) -> Tenant:
    """A tenant of one to three contracts, to be billed on one to three days."""
    zone = draw(st.sampled_from(zones))
    tenant = Tenant(zone=zone, ours_goes_on=draw(st.booleans()))
    for code, precision in CURRENCIES.items():
        tenant.add(
            "transactioncurrencies",
            transactioncurrencyid=ident(code),
            isocurrencycode=code,
            currencyprecision=precision,
        )
    tenant.add("pricelevels", pricelevelid=ident("prices"), name="Prices")
    for kind, name in CUSTOMERS:
        naming = {"name": name} if kind == "account" else {"lastname": name, "fullname": name}
        tenant.add(f"{kind}s", **{f"{kind}id": ident(name)}, **naming)
    for number in range(draw(st.integers(1, 3))):
        currency = draw(st.sampled_from(sorted(CURRENCIES)))
        _add_contract(Place(tenant, draw, f"contract {number}", currency))
    called_out = st.sampled_from(sorted(set(tenant.called_out)))
    tenant.days.extend(sorted(draw(st.lists(called_out, min_size=1, max_size=3, unique=True))))
    return tenant


def _customer(column: str, which: tuple[str, str] | None) -> dict[str, object]:
    if which is None:
        return {}
    kind, name = which
    return {f"_{column}_value": ident(name), f"_{column}_value{LOOKUP}": kind}


def _add_contract(place: Place) -> None:
    often = place.often
    place.begin(12)  # two values: most contracts are in force
    state, reason = often((2, 3), (0, 0), (2, 1), (3, 3), (1, 2), (2, 4))
    place.tenant.add(
        "salesorders",
        salesorderid=place.id,
        name=place.name,
        msdyn_ordertype=often(BASE + 1, BASE + 1, BASE + 1, BASE, 690970002),
        msdyn_psastate=BASE + state,
        msdyn_psastatusreason=BASE + reason,
        _transactioncurrencyid_value=ident(place.currency),
        _pricelevelid_value=ident("prices"),
        **_customer("customerid", CUSTOMERS[0]),
    )
    rules = _add_customers(place)
    lines = [_add_line(place, number) for number in range(place.draw(st.integers(1, 4)))]
    line_rules = {line: _add_line_customers(place, line, rules) for line in lines}
    milestones = _add_milestones(place, lines, rules, line_rules)
    _add_schedule(place, lines, milestones)
    _add_actuals(place, lines, rules, line_rules)
    _add_retainers(place, rules)
    if place.draw(st.integers(0, 2)) == 1:
        _add_invoice(place, lines, milestones)


def _add_customers(place: Place) -> list[str]:
    count = place.draw(st.integers(0, 3))
    place.begin(4)
    primary = place.often(0, 1, 9)
    for number in range(count):
        place.begin(16)
        which = place.draw(st.sampled_from(CUSTOMERS))
        place.tenant.add(
            "msdyn_projectcontractsplitbillingrules",
            msdyn_projectcontractsplitbillingruleid=ident(f"{place.name} customer {number}"),
            msdyn_name=which[1],
            msdyn_billingsplitpercent=50.0,
            msdyn_isprimarycustomer=number == primary,
            statecode=place.often(0, 1),
            _msdyn_projectcontractid_value=place.id,
            **_customer("msdyn_customerid", which),
        )
    return [ident(f"{place.name} customer {number}") for number in range(count)]


def _add_line(place: Place, number: int) -> str:
    place.begin(13)
    name = f"{place.name} line {number}"
    method = (TIME_AND_MATERIAL, FIXED_PRICE, None, TIME_AND_MATERIAL)[number]
    price = place.money(lowest=0)
    quantity = place.draw(st.integers(1, 9))
    volume, manual, tax = place.discount(), place.discount(), place.often(Decimal(1), None)
    amount = None if price is None else (price - (volume or 0)) * quantity
    extended = None if amount is None else amount - (manual or 0) + (tax or 0)
    place.tenant.add(
        "salesorderdetails",
        salesorderdetailid=ident(name),
        salesorderdetailname=name,
        producttypecode=PRODUCT if method is None else PROJECT_WORK,
        msdyn_linetype=place.often(690970000, None, FIELD_SERVICE),
        msdyn_billingmethod=place.often(method, None, FIXED_PRICE) if method else None,
        msdyn_billingstatus=place.often(READY, None, BASE, CREATED, POSTED, CANCELED),
        quantity=quantity,
        priceperunit=price,
        volumediscountamount=volume,
        baseamount=amount,
        manualdiscountamount=manual,
        tax=tax,
        extendedamount=place.often(extended, None),
        _salesorderid_value=place.id,
        _transactioncurrencyid_value=place.own_currency(),
    )
    return ident(name)


def _add_line_customers(place: Place, line: str, rules: list[str]) -> dict[str, str]:
    """Which contract customer is a customer of the line, by the row that says so."""
    customers = {
        row["msdyn_projectcontractsplitbillingruleid"]: row
        for row in place.tenant.rows.get("msdyn_projectcontractsplitbillingrules", ())
    }
    found = {}
    for rule in rules:
        if place.draw(st.integers(0, 2)) == 1:
            continue
        found[rule] = ident(f"{line} {rule}")
        place.tenant.add(
            "msdyn_projectcontractlinesplitbillingrules",
            msdyn_projectcontractlinesplitbillingruleid=found[rule],
            msdyn_billingsplitpercent=50.0,
            statecode=place.draw(st.sampled_from((0, 0, 0, 0, 1))),
            _msdyn_projectcontractlineid_value=line,
            _msdyn_projectcontractsplitbillingruleid_value=rule,
            **{
                name: value
                for name, value in customers[rule].items()
                if name.startswith("_msdyn_customerid_value")
            },
        )
    return found


def _named_customer(
    place: Place, line: str, rules: list[str], line_rules: Mapping[str, Mapping[str, str]]
) -> dict[str, object]:
    """How a record names who pays: by contract customer, by line customer too, or not at all."""
    if not rules or place.often(rules, None) is None:
        return {}
    rule = place.draw(st.sampled_from(rules))
    of_line = line_rules[line].get(rule)
    named: dict[str, object] = {"_msdyn_projectcontractsplitbillingrule_value": rule}
    if of_line and place.draw(st.booleans()):
        named["_msdyn_projectcontractlinesplitbillingrule_value"] = of_line
        named["_msdyn_projectcontractsplitbillingrule_value"] = place.often(rule, None)
    return named


def _add_milestones(
    place: Place,
    lines: list[str],
    rules: list[str],
    line_rules: Mapping[str, Mapping[str, str]],
) -> list[str]:
    found = []
    for number in range(place.draw(st.integers(0, 3))):
        place.begin(9)
        line = place.often(lines[min(1, len(lines) - 1)], *lines)
        day, older = place.day(), place.day()
        place.tenant.called_out.extend((day, older))
        newer = place.often(day, None)
        found.append(ident(f"{place.name} milestone {number}"))
        place.tenant.add(
            "msdyn_contractlinescheduleofvalues",
            msdyn_contractlinescheduleofvalueid=found[-1],
            msdyn_name=f"Milestone {number}",
            msdyn_invoicestatus=place.often(MILESTONE_READY, BASE, MILESTONE_CREATED, BASE + 3),
            msdyn_amount=place.money(),
            msdyn_tax=place.often(Decimal(2), None),
            msdyn_milestonedate=newer and f"{newer}T00:00:00Z",
            msdyn_invoicedate=place.tenant.midnight(older),
            msdyn_nottoexceedstatus=place.often(None, BASE, BASE + 1, BASE + 2, BASE + 3),
            statecode=place.often(0, 1),
            _msdyn_contract_value=place.id,
            _msdyn_contractlineid_value=line,
            _transactioncurrencyid_value=place.own_currency(),
            **_named_customer(place, line, rules, line_rules),
        )
    return found


def _add_schedule(place: Place, lines: list[str], milestones: list[str]) -> None:
    for number in range(place.draw(st.integers(1, 5))):
        place.begin(5)
        day = place.day()
        place.tenant.called_out.append(day)
        cut_off = place.often(day - timedelta(days=1), day, None, day + timedelta(days=2), DAYS[0])
        place.tenant.add(
            "msdyn_contractlineinvoiceschedules",
            msdyn_contractlineinvoicescheduleid=ident(f"{place.name} row {number}"),
            msdyn_name=f"Row {number}",
            msdyn_invoicerundate=place.tenant.midnight(day),
            msdyn_transactioncutoffdate=place.tenant.midnight(cut_off),
            msdyn_invoicerunstatus=place.often(BASE, BASE + 1, BASE + 2),
            statecode=place.often(0, 1),
            _msdyn_contractlineid_value=place.often(lines[0], *lines),
            _msdyn_contractlinescheduleofvalue_value=place.often(None, *milestones),
        )


def _add_actuals(
    place: Place,
    lines: list[str],
    rules: list[str],
    line_rules: Mapping[str, Mapping[str, str]],
) -> None:
    often = place.often
    for number in range(place.draw(st.integers(2, 8))):
        place.begin(18)
        line = often(lines[0], *lines)
        payer = often(CUSTOMERS[0], None, CUSTOMERS[1])
        day = place.day()
        on_actual = often(day, None)
        amount = place.money()
        place.tenant.add(
            "msdyn_actuals",
            msdyn_actualid=ident(f"{place.name} actual {number}"),
            msdyn_description=f"Work {number}",
            msdyn_transactiontypecode=often(BASE + 5, BASE, BASE + 4, BASE + 6),
            msdyn_transactionclassification=often(
                TIME, EXPENSE, MATERIAL, FEE, MILESTONE_CLASS, TAX
            ),
            msdyn_billingtype=often(
                CHARGEABLE, CHARGEABLE, NON_CHARGEABLE, COMPLIMENTARY, BASE + 3, None
            ),
            msdyn_billingstatus=often(READY, None, BASE, CREATED, POSTED, CANCELED),
            msdyn_adjustmentstatus=often(None, BASE, BASE + 1, BASE + 2),
            msdyn_nottoexceedstatus=often(None, BASE, BASE + 1, BASE + 2, BASE + 3),
            msdyn_transactiondate=on_actual and on_actual.isoformat(),
            msdyn_documentdate=place.tenant.midnight(often(day, None, DAYS[0])),
            msdyn_quantity=often(Decimal(2), None),
            msdyn_price=often(Decimal(3), None),
            msdyn_amount=amount,
            msdyn_projectcontractlinediscountamount=place.discount(),
            msdyn_projectcontractlinefeeamount=place.discount(),
            msdyn_tax=often(Decimal(1), None),
            statecode=often(0, 0, 1),
            _msdyn_salescontract_value=place.id,
            _msdyn_salescontractlineid_value=line,
            _transactioncurrencyid_value=place.own_currency(),
            **_customer(
                "msdyn_contactcustomer"
                if payer and payer[0] == "contact"
                else "msdyn_accountcustomer",
                payer,
            ),
            **_named_customer(place, line, rules, line_rules),
        )


def _add_retainers(place: Place, rules: list[str]) -> None:
    """Retainers of every state, to be refunded or not: neither job bills them unless told to."""
    for number in range(place.draw(st.integers(0, 2))):
        place.begin(4)
        place.tenant.add(
            "msdyn_projectcontractretainers",
            msdyn_projectcontractretainerid=ident(f"{place.name} retainer {number}"),
            msdyn_name=f"Retainer {number}",
            msdyn_invoicedate=place.day().isoformat(),
            msdyn_invoicestatus=place.often(BASE + 1, BASE, BASE + 2, BASE + 3),
            msdyn_refundstatus=place.often(None, BASE, BASE + 1),
            msdyn_amount=Decimal(100),
            msdyn_availableamount=Decimal(60),
            statecode=place.often(0, 1),
            _msdyn_contractid_value=place.id,
            _msdyn_projectcontractsplitbillingrule_value=rules[0] if rules else None,
            _transactioncurrencyid_value=ident(place.currency),
        )


def _add_invoice(place: Place, lines: list[str], milestones: list[str]) -> None:
    """An invoice that stands already, whatever the status of what it bills says now."""
    place.begin(2)
    invoice, line = ident(f"{place.name} invoice"), ident(f"{place.name} invoice line")
    product = len(lines) > 2 and place.draw(st.booleans())
    place.tenant.add(
        "invoices",
        invoiceid=invoice,
        name="Former",
        msdyn_ordertype=BASE + 1,
        msdyn_projectinvoicestatus=place.often(DRAFT, BASE + 1, CONFIRMED),
        _salesorderid_value=place.id,
        _transactioncurrencyid_value=ident(place.currency),
        **_customer("customerid", CUSTOMERS[0]),
    )
    place.tenant.add(
        "invoicedetails",
        invoicedetailid=line,
        invoicedetailname="Former",
        producttypecode=PRODUCT if product else PROJECT_WORK,
        _invoiceid_value=invoice,
        _salesorderdetailid_value=lines[2] if product else lines[0],
    )
    if not product:
        _add_former_detail(place, invoice, line, milestones)


def _add_former_detail(place: Place, invoice: str, line: str, milestones: list[str]) -> None:
    detail = ident(f"{place.name} detail")
    actuals = [
        row["msdyn_actualid"]
        for row in place.tenant.rows.get("msdyn_actuals", ())
        if row["_msdyn_salescontract_value"] == place.id
    ]
    table, sources = place.draw(
        st.sampled_from(
            [("msdyn_actual", actuals), ("msdyn_contractlinescheduleofvalue", milestones)]
        )
    )
    if not sources:
        return
    named: dict[str, object] = {}
    if table != "msdyn_actual":
        named["_msdyn_sourcedocument_value"] = sources[0]
        named[f"_msdyn_sourcedocument_value{LOOKUP}"] = table
    place.tenant.add(
        "msdyn_invoicelinetransactions",
        msdyn_invoicelinetransactionid=detail,
        msdyn_transactionclassification=TIME,
        _msdyn_invoice_value=invoice,
        _msdyn_invoicelineid_value=line,
        _msdyn_salescontract_value=place.id,
        **named,
    )
    if table == "msdyn_actual":
        place.tenant.add(
            "msdyn_transactionconnections",
            msdyn_transactionconnectionid=ident(f"{place.name} connection"),
            msdyn_transaction1=detail,
            msdyn_transaction1type="msdyn_invoicelinetransaction",
            msdyn_transaction1role="Billed Sales",
            msdyn_transaction2=sources[0],
            msdyn_transaction2type=table,
            msdyn_transaction2role="Unbilled Sales",
        )
