"""A tenant's definitions beside the mapping: each fault with what to do about it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from connector.dataverse.metadata import AttributeInfo
from connector.dataverse.values import DateBehaviour
from connector.mapping import load_mapping
from connector.projectops.definition_check import definition_findings
from connector.projectops.findings import Area, Finding, Severity
from tests.projectops.tables import described

if TYPE_CHECKING:
    from collections.abc import Mapping

    from connector.dataverse.metadata import TableInfo

MAPPING = load_mapping()
FREQUENCIES = ("days_of_run", "weekday", "occurrence")


def found(tables: Mapping[str, TableInfo], area: Area) -> list[Finding]:
    return [item for item in definition_findings(MAPPING, tables) if item.area is area]


def choice(**labels: int) -> AttributeInfo:
    numbers = {number: label.replace("_", " ") for label, number in labels.items()}
    return AttributeInfo(
        type="Picklist",
        options=numbers,
        labels={number: (label,) for number, label in numbers.items()},
    )


def test_a_tenant_with_all_tables_and_columns_is_told_so() -> None:
    tables = described(MAPPING)

    (there,) = found(tables, Area.TABLES)
    (columns,) = found(tables, Area.COLUMNS)

    assert there.severity is Severity.OK
    assert there.text == f"{len(tables)} tables are there, and those that a run needs"
    assert columns == Finding(
        area=Area.COLUMNS, severity=Severity.OK, text="every mapped column is there"
    )


def test_a_missing_table_is_an_error_unless_a_run_can_do_without_it() -> None:
    tables = described(MAPPING, lacks={"msdyn_actual", "msdyn_projectcontractretainer"})

    severities = {item.text: item.severity for item in found(tables, Area.TABLES)}

    assert severities == {
        "[actual] table 'msdyn_actual' does not exist in this tenant": Severity.ERROR,
        "[retainer] this tenant has no table 'msdyn_projectcontractretainer'": Severity.WARNING,
    }


def test_a_set_of_another_name_is_named_with_what_to_write() -> None:
    tables = described(MAPPING)
    other = {**tables, "invoice": replace(tables["invoice"], entity_set="bills")}

    (wrong,) = found(other, Area.TABLES)

    assert wrong.severity is Severity.ERROR
    assert wrong.text == "[invoice] set is 'invoices', the tenant calls it 'bills'"
    assert wrong.hint == "write set = 'bills' into the mapping"


def test_a_missing_column_is_an_error_only_where_nothing_can_be_billed_without_it() -> None:
    lacks = {"msdyn_transaction1role", "msdyn_milestonedate"}

    findings = found(described(MAPPING, lacks=lacks), Area.COLUMNS)

    assert {(item.severity, item.text.split(":")[0]) for item in findings} == {
        (Severity.ERROR, "[connection] first_role = 'msdyn_transaction1role'"),
        (Severity.WARNING, "[milestone] date = 'msdyn_milestonedate'"),
    }


def test_a_number_that_the_choice_does_not_have_is_an_error_that_shows_what_it_has() -> None:
    types = choice(Sales=192350000, Unbilled_Sales=192350005)
    tables = described(MAPPING, msdyn_transactiontypecode=types)

    wrong = [f for f in found(tables, Area.CHOICES) if "transaction_type" in f.text]

    assert wrong
    assert {item.severity for item in wrong} == {Severity.ERROR}
    assert {item.hint for item in wrong} == {"it has 192350000 'Sales', 192350005 'Unbilled Sales'"}


def test_a_label_that_is_not_found_is_an_error_where_money_hangs_on_it() -> None:
    verdicts = choice(Nobody_Knows=1)
    tables = described(MAPPING, msdyn_nottoexceedstatus=verdicts)

    wrong = [f for f in found(tables, Area.CHOICES) if "not_to_exceed_status" in f.text]

    assert wrong
    assert {item.severity for item in wrong} == {Severity.ERROR}
    assert all(item.hint.startswith("it has 1 'Nobody Knows'; write the number") for item in wrong)
    assert all(item.hint.endswith("left behind until then") for item in wrong)


def test_a_date_that_is_meant_otherwise_than_documented_is_worth_a_warning() -> None:
    documented = MAPPING.schedule_row.run_date.behaviour
    other = AttributeInfo(type="DateTime", date_behaviour=DateBehaviour.TIME_ZONE_INDEPENDENT)

    (told,) = found(described(MAPPING, msdyn_invoicerundate=other), Area.DATES)

    assert told.severity is Severity.WARNING
    assert told.text == (
        f"[schedule_row] run_date: documented {documented}, in this tenant TimeZoneIndependent"
    )


def test_payment_terms_without_a_counterpart_are_named() -> None:
    terms = choice(Net_Never=7)
    tables = described(MAPPING, msdyn_paymentterms=terms)

    told = [item for item in found(tables, Area.CHOICES) if "payment terms 7" in item.text]

    assert [item.severity for item in told] == [Severity.WARNING]
    assert told[0].hint == "invoices get none; write 7 = … under [payment_terms]"
