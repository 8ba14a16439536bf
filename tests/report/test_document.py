"""The JSON document of a run is complete, stable and as its schema says."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

from connector.invoicing.reasons import RULE
from connector.outcome import InvoiceStatus
from connector.report.document import schema, to_document, to_text
from tests.report.sample import ADATUM, DISCOUNTED, YEN, report, with_failed_contract

if TYPE_CHECKING:
    from connector.run_report import PartResult, RunReport
    from connector.summary import PartSummary


def document(found: RunReport) -> Any:
    return json.loads(to_text([found]))


def is_valid(instance: object) -> bool:
    checker = jsonschema.Draft202012Validator.FORMAT_CHECKER
    return jsonschema.Draft202012Validator(schema(), format_checker=checker).is_valid(instance)


def test_the_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(schema())


@pytest.mark.parametrize("status", InvoiceStatus)
def test_a_document_of_every_status_satisfies_the_schema(status: InvoiceStatus) -> None:
    found = with_failed_contract(report(ADATUM, YEN, status=status, error="why"))

    assert is_valid(document(found))


def test_the_schema_refuses_what_the_format_does_not_promise() -> None:
    good = document(report(ADATUM))

    assert not is_valid(good | {"extra": 1})
    assert not is_valid({key: value for key, value in good.items() if key != "requests"})
    assert not is_valid(good | {"run_date": "5 October"})
    good["invoices"][0]["amount"] = 6500
    assert not is_valid(good)


def test_the_schema_knows_every_rule_number() -> None:
    rule = jsonschema.Draft202012Validator(
        {"$ref": "#/$defs/left/properties/rule", "$defs": schema()["$defs"]}
    )

    assert [number for number in RULE.values() if not rule.is_valid(number)] == []


def test_the_document_says_what_is_billed_and_what_is_not() -> None:
    found = document(report(ADATUM))

    [invoice] = found["invoices"]
    assert (invoice["contract_name"], invoice["currency"]) == ("Adatum", "USD")
    assert (invoice["status"], invoice["error"]) == ("written", None)
    assert (invoice["amount"], invoice["tax"]) == ("6500.00", "0.00")
    assert [
        (line["name"], line["billing_method"], line["amount"]) for line in invoice["lines"]
    ] == [
        ("Implementation work", "time-and-material", "1500.00"),
        ("Prototype work", "fixed-price", "5000.00"),
    ]
    [detail] = invoice["lines"][0]["details"]
    assert detail["source_table"] == "msdyn_actual"
    assert (detail["transaction_class"], detail["billing_type"]) == ("time", "chargeable")
    assert (detail["quantity"], detail["price"], detail["amount"]) == ("7.5", "200", "1500.00")
    assert [(left["reason"], left["rule"], left["amount"]) for left in found["not_invoiced"]] in (
        [("not-ready", "A3", "800.00"), ("past-last-cut-off", "G7", "1600.00")],
        [("past-last-cut-off", "G7", "1600.00"), ("not-ready", "A3", "800.00")],
    )


def test_candidates_equal_invoiced_plus_not_invoiced_in_rows_and_money() -> None:
    assert document(report(ADATUM, YEN))["conservation"] == {
        "candidates": 5,
        "invoiced": 3,
        "not_invoiced": 2,
        "amount_by_currency": {
            "JPY": {"candidates": "15625", "invoiced": "15625", "not_invoiced": "0"},
            "USD": {"candidates": "8900.00", "invoiced": "6500.00", "not_invoiced": "2400.00"},
        },
    }


def test_discount_and_fee_are_said_where_there_are_any() -> None:
    found = document(report(DISCOUNTED))

    [invoice] = found["invoices"]
    first, second = invoice["lines"][0]["details"]
    assert is_valid(found)
    assert (first["amount"], first["discount"], first["fee"]) == ("950.00", "100.00", "50.00")
    assert (second["amount"], second.keys() & {"discount", "fee"}) == ("80.00", set())
    assert (invoice["amount"], invoice["lines"][0]["amount"]) == ("1030.00", "1030.00")


def test_a_foreign_record_is_in_its_own_currency_and_in_the_balance() -> None:
    found = document(report(DISCOUNTED))

    [left] = found["not_invoiced"]
    assert (left["amount"], left["currency"]) == ("1000.00", "EUR")
    assert found["conservation"]["amount_by_currency"] == {
        "EUR": {"candidates": "1000.00", "invoiced": "0.00", "not_invoiced": "1000.00"},
        "USD": {"candidates": "1030.00", "invoiced": "1030.00", "not_invoiced": "0.00"},
    }


def test_the_order_of_outcomes_within_a_part_does_not_show() -> None:
    one = report(ADATUM, YEN)

    def turned(found: RunReport, part: PartSummary) -> PartResult:
        result = one.results(found, part)
        return replace(result, outcomes=tuple(reversed(result.outcomes)))

    assert to_document(replace(one, results=turned)) == to_document(one)


def test_what_is_written_in_pieces_looks_as_if_it_were_written_at_once() -> None:
    for reports in ([report(ADATUM, YEN)], [report(ADATUM), report(YEN)], []):
        text = to_text(reports)

        assert text == json.dumps(json.loads(text), indent=2, ensure_ascii=False) + "\n"


def test_a_long_list_moves_to_a_temporary_file_and_comes_back_whole(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    whole = to_text([report(ADATUM, YEN)])
    monkeypatch.setattr("connector.report.json_list.IN_MEMORY", 10)
    monkeypatch.setattr("connector.report.json_list._CHUNK", 7)

    assert to_text([report(ADATUM, YEN)]) == whole


def test_a_contract_that_failed_is_a_warning_that_names_the_fault() -> None:
    texts = [
        warning["text"]
        for warning in document(with_failed_contract(report(ADATUM)))["warnings"]
        if warning["code"] == "contract-failed"
    ]

    assert len(texts) == 1
    assert texts[0].endswith("was left out: salesorder: msdyn_psastate is 7")


def test_several_runs_are_a_list_of_documents() -> None:
    found = json.loads(to_text([report(ADATUM), report(YEN)]))

    assert found["format"] == "proforma-runs/1"
    assert all(is_valid(run) for run in found["runs"])
    assert len(found["runs"]) == 2
