"""Which columns may leave a tenant: by what they hold, never by what they are called."""

from __future__ import annotations

from connector.dataverse.metadata import AttributeInfo, TableInfo
from connector.projectops.kept_columns import Treatment, kept_tables, known_words, named_columns
from tests.projectops.small_tenant import MAPPING


def info(table: str, **types: str) -> TableInfo:
    return TableInfo(
        logical_name=table,
        entity_set=f"{table}s",
        primary_id=f"{table}id",
        attributes={name: AttributeInfo(type=kind) for name, kind in types.items()},
        lookups={},
    )


ACTUAL = info(
    "msdyn_actual",
    msdyn_actualid="Uniqueidentifier",
    msdyn_salescontract="Lookup",
    msdyn_billingstatus="Picklist",
    msdyn_amount="Money",
    msdyn_quantity="Decimal",
    msdyn_documentdate="DateTime",
    statecode="State",
    msdyn_description="Memo",
    msdyn_externaldescription="String",
    new_secretnumber="Integer",
    new_secrettext="String",
)


def test_numbers_dates_choices_and_ids_are_kept_and_texts_and_unnamed_columns_are_not() -> None:
    kept = kept_tables(MAPPING, {"msdyn_actual": ACTUAL})["actual"]

    assert {column.column: column.treatment for column in kept.columns} == {
        "msdyn_actualid": Treatment.ID,
        "msdyn_salescontract": Treatment.LOOKUP,
        "msdyn_billingstatus": Treatment.KEEP,
        "msdyn_amount": Treatment.SCALE,
        "msdyn_quantity": Treatment.KEEP,
        "msdyn_documentdate": Treatment.KEEP,
        "statecode": Treatment.KEEP,
    }
    assert kept.dropped == 4


def test_a_column_that_holds_text_where_a_number_is_expected_is_dropped() -> None:
    odd = info("msdyn_actual", msdyn_actualid="Uniqueidentifier", msdyn_amount="String")

    kept = kept_tables(MAPPING, {"msdyn_actual": odd})["actual"]

    assert [column.column for column in kept.columns] == ["msdyn_actualid"]


def test_names_are_made_anew_and_codes_and_connections_have_rules_of_their_own() -> None:
    currency = info("transactioncurrency", isocurrencycode="String", currencyname="String")
    contract = info("salesorder", salesorderid="Uniqueidentifier", name="String")
    connection = info(
        "msdyn_transactionconnection", msdyn_transaction1="String", msdyn_transaction1type="String"
    )
    tables = {one.logical_name: one for one in (currency, contract, connection)}

    kept = kept_tables(MAPPING, tables)

    found = {c.column: c.treatment for table in kept.values() for c in table.columns}
    assert found == {
        "isocurrencycode": Treatment.CURRENCY,
        "salesorderid": Treatment.ID,
        "name": Treatment.NAME,
        "msdyn_transaction1": Treatment.TEXT_ID,
        "msdyn_transaction1type": Treatment.WORD,
    }


def test_tables_that_the_tenant_lacks_are_left_out() -> None:
    assert set(kept_tables(MAPPING, {"msdyn_actual": ACTUAL})) == {"actual"}


def test_words_of_connections_are_tables_and_roles_of_the_mapping() -> None:
    assert {"msdyn_actual", "Unbilled Sales"} <= known_words(MAPPING)


def test_navigation_properties_and_roles_name_no_columns() -> None:
    fields = dict(named_columns(MAPPING.schedule_row))

    assert fields["run_date"] == "msdyn_invoicerundate"
    assert not {"table", "set", "invoice_navigation", "contract_line_navigation"} & set(fields)
    assert "role_of_detail" not in dict(named_columns(MAPPING.connection))
