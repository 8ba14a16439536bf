"""`run`, `plan` and `apply` against an emulated tenant: what is written, printed and returned."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import jsonschema
import pytest

from connector.report.document import schema
from connector.sample_tenant.rows import row_id

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.cli.conftest import Ended, Tenant

    Proforma = Callable[..., Ended]

ADATUM = row_id("salesorders", "Adatum shop floor portal")


def test_run_writes_the_drafts_of_the_date_and_prints_them(
    proforma: Proforma, tenant: Tenant
) -> None:
    ended = proforma("run", "--config", tenant.config, "--run-date", "2020-10-07")

    assert ended.code == 0
    assert tenant.drafts == 2
    assert "Run date 2020-10-07: 2 invoices due" in ended.out
    assert "5,745.00 USD" in ended.out
    assert "product-not-ready" in ended.out
    assert "Rugged tablet" not in ended.out


def test_verbose_shows_every_line_and_detail_before_the_totals(
    proforma: Proforma, tenant: Tenant
) -> None:
    ended = proforma("run", "--config", tenant.config, "--run-date", "2020-10-07", "-v")

    assert ended.code == 0
    assert "Rugged tablet" in ended.out
    assert ended.out.index("Rugged tablet") < ended.out.index("Billed")


def test_running_the_same_date_again_writes_nothing(proforma: Proforma, tenant: Tenant) -> None:
    arguments = ("run", "--config", tenant.config, "--run-date", "2020-10-05")
    proforma(*arguments)
    before = tenant.emulator.dump()

    ended = proforma(*arguments)

    assert ended.code == 0
    assert tenant.emulator.dump() == before


def test_a_dry_run_prints_what_would_be_written_and_writes_nothing(
    proforma: Proforma, tenant: Tenant
) -> None:
    before = tenant.emulator.dump()

    ended = proforma(
        "run", "--config", tenant.config, "--run-date", "2020-10-05", "--dry-run", "--json"
    )

    assert ended.code == 0
    assert [invoice["status"] for invoice in json.loads(ended.out)["invoices"]] == ["planned"]
    assert tenant.emulator.dump() == before


def test_json_is_all_that_standard_output_gets(proforma: Proforma, tenant: Tenant) -> None:
    ended = proforma("run", "--config", tenant.config, "--run-date", "2020-10-05", "--json")

    document = json.loads(ended.out)
    jsonschema.validate(document, schema())
    assert document["invoices"][0]["amount"] == "11288.60"
    assert "Adatum shop floor portal" in ended.err


def test_the_ids_of_the_document_are_those_of_the_rows(proforma: Proforma, tenant: Tenant) -> None:
    ended = proforma("run", "--config", tenant.config, "--run-date", "2020-10-05", "--json")

    [invoice] = json.loads(ended.out)["invoices"]
    details = {detail["detail_id"] for line in invoice["lines"] for detail in line["details"]}
    stored = tenant.emulator.rows("msdyn_invoicelinetransactions")
    assert {row["invoiceid"] for row in tenant.emulator.rows("invoices")} == {invoice["invoice_id"]}
    assert {row["msdyn_invoicelinetransactionid"] for row in stored} == details


def test_only_the_named_contract_is_looked_at(proforma: Proforma, tenant: Tenant) -> None:
    common = ("--config", tenant.config, "--run-date", "2020-11-20", "--json")

    ended = proforma("run", *common, "--contract", row_id("salesorders", "Tanaka tea house"))

    assert [i["currency"] for i in json.loads(ended.out)["invoices"]] == ["JPY"]
    assert tenant.drafts == 1


@pytest.mark.parametrize("name", ["tanaka tea house", "pc-1004", ADATUM])
def test_a_contract_is_named_by_its_number_name_or_id(
    proforma: Proforma, tenant: Tenant, name: str
) -> None:
    common = ("--config", tenant.config, "--run-date", "2020-11-20", "--dry-run", "--json")

    ended = proforma("run", *common, "--contract", name)

    [contract] = {i["contract_name"] for i in json.loads(ended.out)["invoices"]} or {None}
    assert contract == (None if name == ADATUM else "Tanaka tea house")


@pytest.mark.parametrize("name", ["Nobody & Sons", "00000000-0000-0000-0000-000000000099"])
@pytest.mark.parametrize("command", [("run",), ("compare",), ("plan", "--out", "p.json")])
def test_a_contract_that_does_not_exist_is_a_usage_error(
    proforma: Proforma, tenant: Tenant, command: tuple[str, ...], name: str
) -> None:
    ended = proforma(
        *(*command, "--config", tenant.config, "--run-date", "2020-10-05", "--contract", name)
    )

    assert ended.code == 2
    assert f"no record has the id, number or name {name!r}" in ended.err
    assert ended.out == ""
    assert tenant.drafts == 0


def test_a_contract_name_that_several_have_is_a_usage_error_that_lists_them(
    proforma: Proforma, tenant: Tenant
) -> None:
    tanaka = row_id("salesorders", "Tanaka tea house")
    row = tenant.emulator.rows("salesorders")[0]
    tenant.emulator.seed({"salesorders": [{**row, "salesorderid": tanaka, "name": "Twin"}]})
    adatum = {**row, "salesorderid": ADATUM, "name": "Twin"}
    tenant.emulator.seed({"salesorders": [adatum]})

    ended = proforma(
        *("run", "--config", tenant.config, "--run-date", "2020-10-05", "--contract", "Twin")
    )

    assert ended.code == 2
    assert "2 records are called 'Twin'" in ended.err
    assert tanaka in ended.err
    assert ADATUM in ended.err
    assert tenant.drafts == 0


def test_a_plan_is_applied_as_it_was_made(
    proforma: Proforma, tenant: Tenant, tmp_path: Path
) -> None:
    plan = tmp_path / "plan.json"
    planned = proforma(
        "plan", "--config", tenant.config, "--run-date", "2020-10-05", "--out", plan, "--json"
    )
    drafts_after_plan = tenant.drafts

    applied = proforma("apply", plan, "--config", tenant.config, "--json")

    assert (planned.code, applied.code) == (0, 0)
    assert (drafts_after_plan, tenant.drafts) == (0, 1)
    before, after = json.loads(planned.out), json.loads(applied.out)
    assert before["plan_sha256"] == after["plan_sha256"]
    assert [i["invoice_id"] for i in before["invoices"]] == [
        i["invoice_id"] for i in after["invoices"]
    ]
    assert [i["status"] for i in after["invoices"]] == ["written"]


def test_an_altered_plan_is_refused_and_nothing_is_written(
    proforma: Proforma, tenant: Tenant, tmp_path: Path
) -> None:
    plan = tmp_path / "plan.json"
    proforma("plan", "--config", tenant.config, "--run-date", "2020-10-05", "--out", plan)
    plan.write_text(plan.read_text(encoding="utf-8").replace("5000", "9000"), encoding="utf-8")

    ended = proforma("apply", plan, "--config", tenant.config)

    assert ended.code == 2
    assert str(plan) in ended.err
    assert tenant.drafts == 0


def test_catch_up_runs_the_missed_dates_in_order(proforma: Proforma, tenant: Tenant) -> None:
    ended = proforma(
        *("run", "--config", tenant.config, "--run-date", "2020-10-20", "--json"),
        *("--catch-up", "20", "--contract", ADATUM),
    )

    runs = json.loads(ended.out)["runs"]
    assert [run["run_date"] for run in runs] == ["2020-10-05", "2020-10-19", "2020-10-20"]
    assert [len(run["invoices"]) for run in runs] == [1, 1, 0]
    assert tenant.drafts == 2


@pytest.mark.parametrize("days", [["--catch-up"], []])
def test_days_to_catch_up_come_from_the_settings(
    proforma: Proforma, tenant: Tenant, days: list[str]
) -> None:
    missed = 'missed_dates = "catch-up"\n' if not days else ""
    with tenant.config.open("a", encoding="utf-8") as file:
        file.write(f"[run]\ncatch_up_days = 3\n{missed}")

    ended = proforma(
        *("run", "--config", tenant.config, "--run-date", "2020-10-20", "--json"), *days
    )

    assert [run["run_date"] for run in json.loads(ended.out)["runs"]] == [
        "2020-10-19",
        "2020-10-20",
    ]


def test_a_dry_run_that_catches_up_shows_every_date_and_writes_nothing(
    proforma: Proforma, tenant: Tenant
) -> None:
    common = ("run", "--config", tenant.config, "--run-date", "2020-10-20", "--json")
    narrowed = ("--catch-up", "20", "--contract", ADATUM)
    before = tenant.emulator.dump()

    previewed = proforma(*common, *narrowed, "--dry-run")

    assert tenant.emulator.dump() == before
    assert "--run-date 2020-10-20" in previewed.err
    assert "--catch-up 20" in previewed.err  # as many days as were asked for
    written = proforma(*common, *narrowed)
    first, second = json.loads(previewed.out)["runs"], json.loads(written.out)["runs"]
    assert [run["run_date"] for run in first] == ["2020-10-05", "2020-10-19", "2020-10-20"]
    assert {invoice["status"] for run in first for invoice in run["invoices"]} == {"planned"}
    # 5 October bills 11,288.60 USD, as a run of that day alone does.
    assert [[i["amount"] for i in run["invoices"]] for run in first] == [
        [i["amount"] for i in run["invoices"]] for run in second
    ]
    assert first[0]["invoices"][0]["amount"] == "11288.60"


def test_a_dry_run_shows_the_missed_dates_that_the_settings_ask_for(
    proforma: Proforma, tenant: Tenant
) -> None:
    with tenant.config.open("a", encoding="utf-8") as file:
        file.write('[run]\ncatch_up_days = 3\nmissed_dates = "catch-up"\n')

    ended = proforma(
        *("run", "--config", tenant.config, "--run-date", "2020-10-20", "--json", "--dry-run")
    )

    dates = [run["run_date"] for run in json.loads(ended.out)["runs"]]
    assert dates == ["2020-10-19", "2020-10-20"]


def test_a_date_that_breaks_a_bound_ends_a_preview_after_those_before_it(
    proforma: Proforma, tenant: Tenant
) -> None:
    with tenant.config.open("a", encoding="utf-8") as file:
        file.write("[bounds]\namount_per_invoice = 6000\n")

    ended = proforma(
        *("run", "--config", tenant.config, "--run-date", "2020-10-23", "--dry-run"),
        *("--catch-up", "20", "--contract", "Joint plant rollout"),
    )

    assert ended.code == 3
    assert "Run date 2020-10-07: 2 invoices would be made" in ended.out
    assert "Run date 2020-10-23: 1 invoice would be made" in ended.out
    assert "This is the plan of 2020-10-23" in ended.err
    assert "what was previewed before it: 1 run" in ended.err


def test_a_plan_that_catches_up_is_one_file_a_date_and_they_are_applied_in_order(
    proforma: Proforma, tenant: Tenant, tmp_path: Path
) -> None:
    out = tmp_path / "plan.json"
    planned = proforma(
        *("plan", "--config", tenant.config, "--run-date", "2020-10-20", "--json"),
        *("--catch-up", "20", "--contract", ADATUM, "--out", out),
    )

    files = sorted(tmp_path.glob("plan*.json"))
    assert [file.name for file in files] == [
        "plan-2020-10-05.json",
        "plan-2020-10-19.json",
        "plan-2020-10-20.json",
    ]
    assert all(f"{file} is the plan of" in planned.err for file in files)
    applied = [proforma("apply", file, "--config", tenant.config, "--json") for file in files]
    assert [ended.code for ended in applied] == [0, 0, 0]
    assert [
        [(i["invoice_id"], i["amount"], i["status"]) for i in json.loads(ended.out)["invoices"]]
        for ended in applied
    ] == [
        [(i["invoice_id"], i["amount"], "written") for i in run["invoices"]]
        for run in json.loads(planned.out)["runs"]
    ]


def test_a_report_is_written_beside_what_is_printed(
    proforma: Proforma, tenant: Tenant, tmp_path: Path
) -> None:
    report = tmp_path / "run.html"

    ended = proforma(
        "run", "--config", tenant.config, "--run-date", "2020-10-05", "--report", report
    )

    assert ended.code == 0
    assert "$11,288.60" in report.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["run.pdf", "missing/run.html"])
def test_a_report_that_could_not_be_written_stops_before_anything_is(
    proforma: Proforma, tenant: Tenant, tmp_path: Path, name: str
) -> None:
    ended = proforma(
        *("run", "--config", tenant.config, "--run-date", "2020-10-05"),
        *("--report", tmp_path / name),
    )

    assert ended.code == 2
    assert str(tmp_path / name) in ended.err
    assert tenant.drafts == 0


@pytest.mark.parametrize("command", [("run",), ("run", "--dry-run"), ("plan", "--out", "p.json")])
def test_a_plan_above_a_bound_is_shown_and_reported_with_nothing_written(
    proforma: Proforma,
    tenant: Tenant,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    command: tuple[str, ...],
) -> None:
    monkeypatch.setenv("PROFORMA__BOUNDS__AMOUNT_PER_INVOICE", "10000")
    report = tmp_path / "rejected.json"

    ended = proforma(
        *(*command, "--config", tenant.config, "--run-date", "2020-10-05", "--report", report)
    )

    assert ended.code == 3
    assert "bills 11,288.60 USD; amount_per_invoice is 10,000.00 USD." in ended.err
    assert "add --override amount-per-invoice='WHY'" in ended.err
    assert "1 invoice would be made" in ended.out
    assert "Adatum Corporation" in ended.out
    [invoice] = json.loads(report.read_text(encoding="utf-8"))["invoices"]
    assert (invoice["amount"], invoice["status"]) == ("11288.60", "planned")
    assert tenant.drafts == 0


def test_a_rejected_plan_is_an_error_document(
    proforma: Proforma, tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PROFORMA__BOUNDS__AMOUNT_PER_INVOICE", "10000")

    ended = proforma("run", "--config", tenant.config, "--run-date", "2020-10-05", "--json")

    document = json.loads(ended.out)
    assert (document["error"], document["exit_code"]) == ("plan-rejected", 3)
    assert document["bounds"] == ["amount-per-invoice"]
    assert "Adatum Corporation" in ended.err


def test_a_rejected_date_of_a_catch_up_tells_what_was_written_before_it(
    proforma: Proforma, tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The 19th bills 4,400.00; the 5th bills 11,288.60 and is written before it."""
    monkeypatch.setenv("PROFORMA__BOUNDS__LOWEST_AMOUNT_PER_INVOICE", "5000")

    ended = proforma(
        *("run", "--config", tenant.config, "--run-date", "2020-10-20"),
        *("--catch-up", "20", "--contract", ADATUM),
    )

    assert ended.code == 3
    assert "Run date 2020-10-05: 1 invoice due, 1 written" in ended.out
    assert "Run date 2020-10-19: 1 invoice would be made" in ended.out
    assert "what was written before it: 1 runs" in ended.err
    assert tenant.drafts == 1


def test_the_platform_job_stops_a_run_unless_it_may_go_on_beside_it(
    proforma: Proforma, tenant: Tenant
) -> None:
    job = {"msdyn_name": "CREATE INVOICES nightly", "msdyn_isactive": True}
    tenant.emulator.seed({"msdyn_batchjobs": [{"msdyn_batchjobid": ADATUM, **job}]})
    arguments = ("run", "--config", tenant.config, "--run-date", "2020-10-05")

    stopped = proforma(*arguments)
    drafts_when_stopped = tenant.drafts
    beside = proforma(*arguments, "--beside-platform-job")

    assert (stopped.code, drafts_when_stopped) == (2, 0)
    assert "CREATE INVOICES nightly" in stopped.err
    assert (beside.code, tenant.drafts) == (0, 1)
