"""What contracts refer to: currencies, customers, units, price lists, roles, people, products."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from connector.sample_tenant.rows import row_id

if TYPE_CHECKING:
    from connector.sample_tenant.rows import Rows

CURRENCIES: Final = {
    "USD": ("US Dollar", "$", 2, 1.0),
    "EUR": ("Euro", "€", 2, 0.85),
    "JPY": ("Japanese Yen", "¥", 0, 105.5),
}
ACCOUNTS: Final = {
    "Adatum Corporation": ("USD", "Redmond", "USA"),
    "Fabrikam, Inc.": ("USD", "Portland", "USA"),
    "Northwind Traders": ("USD", "Tacoma", "USA"),
    "Litware GmbH": ("EUR", "Wien", "Austria"),
    "Wingtip Toys": ("USD", "Boise", "USA"),
}
PEOPLE: Final = {
    "Kim Akers": "Developer",
    "Dana Yu": "Consultant",
    "Eva Corets": "Project Manager",
}
CATEGORIES: Final = ("Hours", "Airfare", "Hotel", "Meals", "Taxi", "Material", "License fee")
BUYER: Final = "Yuki Tanaka"

_SALES: Final = 192350002
_ORGANIZATION: Final = 192350000
_MONTHLY, _BIWEEKLY = 192350001, 192350002
_DAY, _WEEKDAY = 192350000, 192350001
_MONDAY, _FIRST = 192350001, 192350000
_DAY_BASE: Final = 192350000


def currency(code: str) -> str:
    """The id of a currency by its ISO code."""
    return row_id("transactioncurrencies", code)


def price_list(code: str) -> str:
    """The id of the sales price list in a currency."""
    return row_id("pricelevels", code)


def add_surroundings(rows: Rows) -> None:
    """Add everything that a lookup of a contract, line or transaction points to."""
    _add_currencies(rows)
    _add_customers(rows)
    _add_units(rows)
    _add_people(rows)
    _add_products(rows)
    _add_frequencies(rows)
    rows.add(
        "msdyn_batchjobs",
        "Create invoices",
        msdyn_name="Create invoices nightly",
        msdyn_isactive=False,
        msdyn_frequency=0,
    )


def _add_currencies(rows: Rows) -> None:
    for code, (name, symbol, precision, rate) in CURRENCIES.items():
        rows.add(
            "transactioncurrencies",
            code,
            currencyname=name,
            isocurrencycode=code,
            currencysymbol=symbol,
            currencyprecision=precision,
            exchangerate=rate,
        )
        rows.add(
            "pricelevels",
            code,
            name=f"Sales prices 2020 {code}",
            msdyn_module=_SALES,
            msdyn_entity=_ORGANIZATION,
            _transactioncurrencyid_value=currency(code),
        )
        rows.add(
            "msdyn_organizationalunits",
            code,
            msdyn_name=f"Contoso {code}",
            _msdyn_currency_value=currency(code),
        )


def _add_customers(rows: Rows) -> None:
    for name, (code, city, country) in ACCOUNTS.items():
        rows.add(
            "accounts",
            name,
            name=name,
            address1_city=city,
            address1_country=country,
            _transactioncurrencyid_value=currency(code),
        )
    first, last = BUYER.split()
    rows.add("contacts", BUYER, firstname=first, lastname=last, fullname=BUYER)


def _add_units(rows: Rows) -> None:
    for schedule, unit in (("Time", "Hour"), ("Default Unit", "Each")):
        schedule_id = rows.add("uomschedules", schedule, name=schedule, baseuomname=unit)
        rows.add("uoms", unit, name=unit, quantity=1, _uomscheduleid_value=schedule_id)


def _add_people(rows: Rows) -> None:
    for category in CATEGORIES:
        rows.add("msdyn_transactioncategories", category, msdyn_name=category)
    for person, role in PEOPLE.items():
        first, last = person.split()
        contact = rows.add("contacts", person, firstname=first, lastname=last, fullname=person)
        rows.add("bookableresources", person, name=person, resourcetype=2, _contactid_value=contact)
        rows.add("bookableresourcecategories", role, name=role)


def _add_products(rows: Rows) -> None:
    for number, name in (("RT-10", "Rugged tablet"), ("DS-20", "Docking station")):
        rows.add(
            "products",
            name,
            name=name,
            productnumber=number,
            quantitydecimal=0,
            productstructure=1,
            _defaultuomid_value=row_id("uoms", "Each"),
            _defaultuomscheduleid_value=row_id("uomschedules", "Default Unit"),
        )


def _add_frequencies(rows: Rows) -> None:
    biweekly = _frequency(rows, "Biweekly on Monday", _BIWEEKLY, _WEEKDAY)
    _detail(rows, "Biweekly on Monday", biweekly, msdyn_weekday=_MONDAY)
    monthly = _frequency(rows, "First Monday of the month", _MONTHLY, _WEEKDAY)
    _detail(
        rows,
        "First Monday of the month",
        monthly,
        msdyn_weekday=_MONDAY,
        msdyn_occurrenceofweekday=_FIRST,
    )
    for name, days in (
        ("Seventh of the month", (7,)),
        ("Last day of the month", (31,)),
        ("Fifteenth and thirtieth", (15, 30)),
    ):
        frequency = _frequency(rows, name, _MONTHLY, _DAY, len(days))
        for day in days:
            _detail(rows, f"{name}/{day}", frequency, msdyn_dayofmonth=_DAY_BASE + day)


def _frequency(rows: Rows, name: str, period: int, days_of_run: int, runs: int = 1) -> str:
    return rows.add(
        "msdyn_invoicefrequencies",
        name,
        msdyn_name=name,
        msdyn_period=period,
        msdyn_daysofrun=days_of_run,
        msdyn_runspermonth=runs,
    )


def _detail(rows: Rows, key: str, frequency: str, **columns: int) -> None:
    rows.add(
        "msdyn_invoicefrequencydetails",
        key,
        msdyn_name=key,
        _msdyn_invoicefrequency_value=frequency,
        **columns,
    )
