"""Explain, forecast and schedule generation over real HTTP, from the command line inwards."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from connector.cli import main
from connector.invoicing.explain import Verdict
from connector.projectops.find_contract import RecordUnknown

if TYPE_CHECKING:
    from tests.end_to_end.tenant import TestTenant

OCTOBER_5 = date(2020, 10, 5)
EXPLAINED_SETS = {
    "salesorders": "salesorderid",
    "salesorderdetails": "salesorderdetailid",
    "msdyn_contractlineinvoiceschedules": "msdyn_contractlineinvoicescheduleid",
    "msdyn_contractlinescheduleofvalues": "msdyn_contractlinescheduleofvalueid",
    "msdyn_actuals": "msdyn_actualid",
    "msdyn_projectcontractretainers": "msdyn_projectcontractretainerid",
}


@pytest.fixture
def flags(tenant: TestTenant, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    config = tenant.folder / "config.toml"
    store = (tenant.folder / "runs").as_posix()
    config.write_text(
        f'[dataverse]\nurl = "{tenant.url}"\n[run]\nstore = "{store}"\ntime_zone = "UTC"\n',
        encoding="utf-8",
    )
    monkeypatch.delenv("PROFORMA_CONFIG", raising=False)
    return ["--config", str(config)]


@pytest.mark.parametrize("entity_set", EXPLAINED_SETS)
def test_every_record_of_the_sample_tenant_is_explained_with_its_rules(
    tenant: TestTenant, entity_set: str
) -> None:
    with tenant.connector() as connector:
        for row in tenant.rows(entity_set):
            found = connector.explain(UUID(row[EXPLAINED_SETS[entity_set]]), OCTOBER_5)

            assert found.verdict is not Verdict.UNKNOWN
            assert found.text
            assert found.rules


def test_after_a_run_every_billed_record_tells_its_date_and_invoice(tenant: TestTenant) -> None:
    report = tenant.run(date(2020, 10, 7))  # two customers, and a product line
    billed = {
        detail.source.id: outcome.invoice.id
        for outcome in report.outcomes
        for line in outcome.invoice.lines
        for detail in line.details
    }
    numbers = {row["invoiceid"]: row["invoicenumber"] for row in tenant.rows("invoices")}

    with tenant.connector() as connector:
        for source, invoice in billed.items():
            found = connector.explain(source, date(2020, 10, 7))

            assert found.verdict is Verdict.BILLED
            assert [item.invoice.id for item in found.invoices] == [invoice]
            number = numbers[str(invoice)]
            assert found.text.startswith(f"Billed on 2020-10-07 by invoice {number} ")


@pytest.mark.parametrize(
    ("entity_set", "key", "kind"),
    [
        ("invoices", "invoiceid", "invoice"),
        ("invoicedetails", "invoicedetailid", "invoice line"),
        (
            "msdyn_invoicelinetransactions",
            "msdyn_invoicelinetransactionid",
            "invoice line detail",
        ),
    ],
)
def test_an_invoice_and_its_parts_are_explained(
    tenant: TestTenant, entity_set: str, key: str, kind: str
) -> None:
    tenant.run(OCTOBER_5)

    with tenant.connector() as connector:
        for row in tenant.rows(entity_set):
            found = connector.explain(UUID(row[key]), OCTOBER_5)

            assert (found.kind, found.verdict) == (kind, Verdict.BILLED)
            assert "of the run of 2020-10-05" in found.text


@pytest.mark.parametrize("status", [192350003, 192350001])
def test_an_actual_says_that_it_is_canceled_or_that_its_invoice_is_unknown(
    tenant: TestTenant, status: int
) -> None:
    """192350003 is Canceled, 192350001 Customer Invoice Created, of an invoice that is gone."""
    actual = next(row for row in tenant.rows("msdyn_actuals") if row["_msdyn_salescontract_value"])
    tenant.emulator.seed({"msdyn_actuals": [{**actual, "msdyn_billingstatus": status}]})

    with tenant.connector() as connector:
        found = connector.explain(UUID(actual["msdyn_actualid"]), OCTOBER_5)

    if status == 192350003:
        assert found.text == "Not billed on 2020-10-05: canceled."
    else:
        assert "no invoice that bills it was found" in found.text


def test_an_id_of_nothing_is_told_as_unknown(tenant: TestTenant) -> None:
    with tenant.connector() as connector, pytest.raises(RecordUnknown, match="looked into"):
        connector.explain(UUID("00000000-0000-4000-8000-0000000000ff"), OCTOBER_5)


def test_explain_prints_a_document_with_the_reason_and_the_next_date(
    tenant: TestTenant, flags: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    contract = tenant.contract("Adatum shop floor portal")["salesorderid"]
    actual = next(
        row["msdyn_actualid"]
        for row in tenant.rows("msdyn_actuals")
        if row["_msdyn_salescontract_value"] == contract
        and row["msdyn_transactiondate"] == "2020-10-05"
        and row["msdyn_billingstatus"] == 192350004
        and row["msdyn_transactionclassification"] == 192350000
    )

    code = main(["explain", actual, "--run-date", "2020-10-05", "--json", *flags])

    document = json.loads(capsys.readouterr().out)
    assert code == 0
    assert document["format"] == "proforma-explanation/1"
    assert document["verdict"] == "not-invoiced"
    assert document["rules"] == ["A6"]
    assert document["next_date"] == "2020-10-19"
    assert document["contract_name"] == "Adatum shop floor portal"
    assert document["link"] == (
        f"{tenant.url}/main.aspx?etn=msdyn_actual&pagetype=entityrecord&id={actual}"
    )


def test_a_billed_contract_is_explained_by_its_number_with_its_invoice(
    tenant: TestTenant, flags: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["run", "--run-date", "2020-10-05", *flags]) == 0
    capsys.readouterr()
    [invoice] = tenant.rows("invoices")
    number = tenant.contract("Adatum shop floor portal")["ordernumber"]

    code = main(["explain", number, "--run-date", "2020-10-05", "--json", *flags])

    document = json.loads(capsys.readouterr().out)
    assert code == 0
    assert document["verdict"] == "billed"
    [told] = document["invoices"]
    assert (told["number"], told["amount"], told["run_date"]) == (
        *(invoice["invoicenumber"], "11288.60", "2020-10-05"),
    )
    assert f"etn=invoice&pagetype=entityrecord&id={invoice['invoiceid']}" in told["link"]


def test_a_line_is_generated_by_its_name_within_its_contract(
    tenant: TestTenant, flags: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    line = _line_with_biweekly_mondays(tenant)
    row = next(r for r in tenant.rows("salesorderdetails") if r["salesorderdetailid"] == line)
    twin = next(
        r
        for r in tenant.rows("salesorderdetails")
        if r["_salesorderid_value"] != row["_salesorderid_value"]
    )
    name = row["salesorderdetailname"]
    tenant.emulator.seed({"salesorderdetails": [{**twin, "salesorderdetailname": name}]})

    ambiguous = main(["schedule", "generate", name, *flags])
    told = capsys.readouterr().err
    number = next(
        r["ordernumber"]
        for r in tenant.rows("salesorders")
        if r["salesorderid"] == row["_salesorderid_value"]
    )
    narrowed = main(["schedule", "generate", name, "--contract", number, "--json", *flags])

    assert (ambiguous, narrowed) == (2, 0)
    assert line in told
    assert twin["salesorderdetailid"] in told
    assert json.loads(capsys.readouterr().out)["rows"]


def test_forecast_names_every_coming_run_of_the_documented_calendar(
    tenant: TestTenant, flags: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    contract = tenant.contract("Adatum shop floor portal")["salesorderid"]
    dates = ["--from", "2020-10-01", "--to", "2020-11-30", "--contract", contract]

    code = main(["forecast", *dates, "--json", *flags])

    document = json.loads(capsys.readouterr().out)
    assert code == 0
    assert sorted({run["run_date"] for run in document["runs"]}) == [
        "2020-10-05",
        "2020-10-19",
        "2020-11-02",
        "2020-11-03",
        "2020-11-16",
    ]


def test_forecast_refuses_a_time_that_ends_before_it_begins(
    flags: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    code = main(["forecast", "--from", "2020-10-02", "--to", "2020-10-01", *flags])

    assert code == 2
    assert "lies before" in capsys.readouterr().err


def test_a_biweekly_schedule_is_printed_then_written_once(
    tenant: TestTenant, flags: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    line = _line_with_biweekly_mondays(tenant)
    count = len(tenant.rows("msdyn_contractlineinvoiceschedules"))

    assert main(["schedule", "generate", line, "--json", *flags]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert len(tenant.rows("msdyn_contractlineinvoiceschedules")) == count
    assert main(["schedule", "generate", line, "--write", *flags]) == 0
    capsys.readouterr()
    assert len(tenant.rows("msdyn_contractlineinvoiceschedules")) == count + len(printed["rows"])
    assert main(["schedule", "generate", line, "--write", "--json", *flags]) == 0

    again = json.loads(capsys.readouterr().out)
    assert again["rows"] == []
    assert [row["run_date"] for row in printed["rows"]] == [
        "2020-11-30",
        "2020-12-14",
        "2020-12-28",
    ]
    assert printed["rows"][0]["cut_off_date"] == "2020-11-29"
    assert len(tenant.rows("msdyn_contractlineinvoiceschedules")) == count + 3


def test_a_line_without_frequency_is_refused_with_its_name(
    tenant: TestTenant, flags: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    line = tenant.row("salesorderdetails", "salesorderdetailname", "Prototype work")
    tenant.set("salesorderdetails", line["salesorderdetailid"], _msdyn_invoicefrequency_value=None)

    assert main(["schedule", "generate", line["salesorderdetailid"], *flags]) == 2
    assert "'Prototype work'" in capsys.readouterr().err


def _line_with_biweekly_mondays(tenant: TestTenant) -> str:
    """Implementation work on every second Monday from 5 October to the end of the year."""
    frequency = "00000000-0000-4000-8000-00000000f001"
    day = "00000000-0000-4000-8000-00000000f002"
    line = tenant.row("salesorderdetails", "salesorderdetailname", "Implementation work")
    tenant.emulator.seed(
        {
            "msdyn_invoicefrequencies": [
                {
                    "msdyn_invoicefrequencyid": frequency,
                    "msdyn_name": "Every second Monday",
                    "msdyn_period": 192350002,
                    "msdyn_daysofrun": 192350001,
                    "msdyn_runspermonth": 1,
                }
            ],
            "msdyn_invoicefrequencydetails": [
                {
                    "msdyn_invoicefrequencydetailid": day,
                    "_msdyn_invoicefrequency_value": frequency,
                    "msdyn_weekday": 192350001,
                }
            ],
        }
    )
    contract = line["_salesorderid_value"]
    tenant.set("salesorders", contract, requestdeliveryby="2020-12-31T00:00:00Z")
    tenant.set(
        "salesorderdetails",
        line["salesorderdetailid"],
        _msdyn_invoicefrequency_value=frequency,
        msdyn_billingstartdate="2020-10-05T00:00:00Z",
    )
    return str(line["salesorderdetailid"])
