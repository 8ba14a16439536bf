"""The rows of a contract come whole, with what bills them and what they are in."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from connector.invoicing.ids import ContractId
from connector.projectops.contract_world import ContractWorld, WorldReader
from tests.end_to_end.tenant import serving

if TYPE_CHECKING:
    from pathlib import Path

    from tests.end_to_end.tenant import TestTenant

NAME = "Adatum shop floor portal"


def read(tenant: TestTenant, *names: str, whole: bool) -> ContractWorld:
    with tenant.connector() as connector:
        environment = connector._environment
        reader = WorldReader(environment.client, environment.tenant)
        for name in names:
            key = ContractId(UUID(tenant.contract(name)["salesorderid"]))
            reader.read([key], whole=whole)
        return reader.world


def test_all_that_was_billed_comes_along_or_what_is_open_alone(tmp_path: Path) -> None:
    with serving(tmp_path) as tenant:
        tenant.run(date(2020, 10, 5))
        whole, still_open = read(tenant, NAME, whole=True), read(tenant, NAME, whole=False)
        own = tenant.contract(NAME)["salesorderid"]
        actuals = [
            a for a in tenant.rows("msdyn_actuals") if a["_msdyn_salescontract_value"] == own
        ]
        [invoice] = tenant.rows("invoices")
        details = tenant.rows("msdyn_invoicelinetransactions")

    assert len(whole["actual"]) == len(actuals) > len(still_open["actual"]) > 0
    assert [row["invoiceid"] for row in whole["invoice"]] == [invoice["invoiceid"]]
    assert len(whole["invoice_detail"]) == len(details) > 0
    assert {len(whole["connection"]), len(details)} == {len(details)}
    # A milestone is looked at whatever its status, so what bills one comes along.
    assert 0 < len(still_open.get("invoice_detail", ())) < len(details)


def test_rows_have_all_their_columns_and_say_where_lookups_lead(tmp_path: Path) -> None:
    with serving(tmp_path) as tenant:
        world = read(tenant, NAME, whole=True)

    [contract] = world["contract"]
    assert contract["name"] == NAME
    assert "createdon" in contract
    kind = contract["_customerid_value@Microsoft.Dynamics.CRM.lookuplogicalname"]
    assert kind in ("account", "contact")


def test_currencies_and_frequencies_are_those_that_are_named(tmp_path: Path) -> None:
    with serving(tmp_path) as tenant:
        one = read(tenant, NAME, whole=True)
        both = read(tenant, NAME, "Tanaka tea house", whole=True)

    assert [row["isocurrencycode"] for row in one["currency"]] == ["USD"]
    assert {row["isocurrencycode"] for row in both["currency"]} == {"USD", "JPY"}
    assert len(both["contract"]) == 2
    frequencies = {row["msdyn_invoicefrequencyid"] for row in one.get("invoice_frequency", ())}
    named = {row["_msdyn_invoicefrequency_value"] for row in one["contract_line"]} - {None}
    assert frequencies == named


def test_rows_of_other_contracts_stay_out(tmp_path: Path) -> None:
    with serving(tmp_path) as tenant:
        world = read(tenant, NAME, whole=True)

    [contract] = world["contract"]
    owners = {row["_salesorderid_value"] for row in world["contract_line"]}
    assert owners == {contract["salesorderid"]}
