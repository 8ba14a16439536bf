"""Table definitions as the emulator gives them, which are those of Project Operations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.dataverse.values import DateBehaviour

if TYPE_CHECKING:
    from connector.dataverse.client import DataverseClient


def test_the_tables_of_an_invoice_run_are_described_in_one_request(
    client: DataverseClient,
) -> None:
    wanted = ("invoice", "invoicedetail", "msdyn_actual", "msdyn_invoicelinetransaction")

    tables = client.metadata.tables(wanted)

    assert set(tables) == set(wanted)
    assert client.statistics.batch == 1
    assert tables["invoice"].entity_set == "invoices"
    assert tables["invoice"].primary_id == "invoiceid"
    assert tables["msdyn_actual"].entity_set == "msdyn_actuals"


def test_a_lookup_with_several_targets_names_a_binding_for_each(client: DataverseClient) -> None:
    invoice = client.metadata.tables(["invoice"])["invoice"]

    assert invoice.lookups["customerid"] == {
        "account": "customerid_account",
        "contact": "customerid_contact",
    }


def test_choices_have_labels_and_dates_have_a_behaviour(client: DataverseClient) -> None:
    actual = client.metadata.tables(["msdyn_actual"])["msdyn_actual"]

    options = actual.attributes["msdyn_billingtype"].options
    assert options is not None
    assert options[192350001] == "Chargeable"
    assert isinstance(actual.attributes["msdyn_documentdate"].date_behaviour, DateBehaviour)
    assert actual.attributes["msdyn_amount"].type == "Money"


def test_a_table_that_is_not_there_is_left_out(client: DataverseClient) -> None:
    assert list(client.metadata.tables(["invoice", "nosuchtable"])) == ["invoice"]
