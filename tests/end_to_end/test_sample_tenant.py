"""The sample tenant is what its modules build, fits the tables, and holds the documented rows."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

import pytest

from connector.emulator.rows.seed import SeedRules, load_seed
from connector.emulator.schema.load import load_schema
from connector.emulator.service.virtual_clock import VirtualClock
from connector.emulator.storage.store import Store
from connector.sample_tenant import sample_seed, seed_text
from connector.sample_tenant.build import built_text
from connector.sample_tenant.rows import Rows, row_id

ADATUM = "Adatum shop floor portal"


def line(name: str) -> str:
    return row_id("salesorderdetails", f"{ADATUM}/{name}")


def scheduled(name: str) -> list[tuple[object, object]]:
    return [
        (row["msdyn_invoicerundate"], row["msdyn_transactioncutoffdate"])
        for row in sample_seed()["msdyn_contractlineinvoiceschedules"]
        if row["_msdyn_contractlineid_value"] == line(name)
    ]


def test_the_committed_file_is_what_its_modules_build() -> None:
    assert seed_text() == built_text()


def test_every_row_fits_its_table_and_every_lookup_finds_its_row() -> None:
    store = Store(load_schema(), None, clock=VirtualClock())
    try:
        loaded = load_seed(store, [sample_seed()], SeedRules(strict=True))
    finally:
        store.close()

    assert loaded.rows == sum(len(rows) for rows in sample_seed().values())


def test_adatum_has_the_documented_run_dates_and_cut_offs() -> None:
    assert scheduled("Implementation work") == [
        ("2020-10-05T00:00:00Z", "2020-10-04T00:00:00Z"),
        ("2020-10-19T00:00:00Z", "2020-10-18T00:00:00Z"),
        ("2020-11-02T00:00:00Z", "2020-11-01T00:00:00Z"),
        ("2020-11-16T00:00:00Z", "2020-11-15T00:00:00Z"),
    ]
    assert scheduled("Expenses incurred") == [
        ("2020-10-05T00:00:00Z", "2020-10-04T00:00:00Z"),
        ("2020-11-02T00:00:00Z", "2020-11-01T00:00:00Z"),
    ]
    assert scheduled("Prototype work") == []


def test_adatum_has_the_documented_milestones() -> None:
    milestones = [
        (row["msdyn_milestonedate"], row["msdyn_amount"])
        for row in sample_seed()["msdyn_contractlinescheduleofvalues"]
        if row["_msdyn_contractlineid_value"] == line("Prototype work")
    ]

    assert milestones == [("2020-10-05T00:00:00Z", 5000), ("2020-11-03T00:00:00Z", 12000)]


def test_a_split_transaction_loses_nothing_to_rounding() -> None:
    call = [
        Decimal(str(row["msdyn_quantity"]))
        for row in sample_seed()["msdyn_actuals"]
        if row["msdyn_description"] == "Call with both plants"
    ]

    assert sorted(call) == [Decimal("0.57"), Decimal("0.85")]


def test_there_are_contracts_in_three_currencies_and_one_in_draft() -> None:
    currencies = {
        row["transactioncurrencyid"]: row["isocurrencycode"]
        for row in sample_seed()["transactioncurrencies"]
    }
    contracts = Counter(
        (currencies[row["_transactioncurrencyid_value"]], row["msdyn_psastatusreason"])
        for row in sample_seed()["salesorders"]
    )

    assert contracts == {
        ("USD", 192350003): 2,
        ("EUR", 192350003): 1,
        ("JPY", 192350003): 1,
        ("USD", 192350000): 1,
    }


def test_a_key_is_given_to_one_row_only() -> None:
    rows = Rows()
    rows.add("accounts", "Adatum", name="Adatum")

    with pytest.raises(ValueError, match="has a row 'Adatum' already"):
        rows.add("accounts", "Adatum", name="Another")
