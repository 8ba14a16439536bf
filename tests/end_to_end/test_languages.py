"""A tenant in another language: its labels, its strangers, its job's name."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from connector import ExitCode
from connector.emulator.schema.file import shipped_schema
from connector.projectops.findings import Severity
from connector.projectops.platform_job import PlatformJobActive
from connector.report.document import to_document
from tests.emulator.project_tenant import WORK, actual, line, schedule_row, tenant_rows, uid
from tests.end_to_end.tenant import TestTenant, serving

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from connector import RunReport
    from connector.emulator.schema.model import Schema

OCTOBER_5 = date(2020, 10, 5)
MAPPING = (Path(__file__).parents[2] / "mappings" / "project-operations.toml").read_text("utf-8")
COLUMN = "msdyn_nottoexceedstatus"
ENGLISH = ("Committed", "Failed", "Not Evaluated", "Not Applicable")
#: As the translated pages on not-to-exceed validations name them, in the order of ENGLISH.
LANGUAGES = {
    "de": ("Zugesagt", "Fehler", "Nicht bewertet", "Nicht zutreffend"),
    "fr": ("Validé", "Échec", "Non évalué", "Non applicable"),
    "sv": ("bekräftade", "misslyckad", "inte utvärderad", "Gäller inte"),
    "ja": ("コミット済み", "失敗", "評価されない", "該当なし"),
}


def labelled(*labels: str) -> tuple[Schema, dict[str, int]]:
    """Today's schema with other labels of the not-to-exceed status, and the number of each."""
    schema = shipped_schema()
    number_of = {
        label: number
        for number, label in schema.tables["msdyn_actual"].columns[COLUMN].options.items()
    }
    numbers = [number_of[word] for word in ENGLISH]
    options = dict(zip(numbers, labels, strict=True))
    tables = dict(schema.tables)
    for name in ("msdyn_actual", "msdyn_contractlinescheduleofvalue"):
        table = tables[name]
        column = replace(table.columns[COLUMN], options=options, option_set=None)
        tables[name] = replace(table, columns={**table.columns, COLUMN: column})
    return replace(schema, tables=tables), dict(zip(labels, numbers, strict=True))


def left_behind(report: RunReport) -> list[dict[str, Any]]:
    """What the run's document says of everything that was not invoiced."""
    document: Any = to_document(report)
    return list(document["not_invoiced"])


@contextmanager
def tenant_with(
    folder: Path, schema: Schema, numbers: Mapping[str, int], **sets: Any
) -> Iterator[TestTenant]:
    """One actual of 800 per label of *numbers*, all due."""
    actuals = [
        actual(place, **{COLUMN: number}) for place, number in enumerate(numbers.values(), start=1)
    ]
    rows = tenant_rows(
        salesorderdetails=[line(WORK)],
        msdyn_contractlineinvoiceschedules=[schedule_row(1, "2020-10-05", "2020-10-04")],
        msdyn_actuals=actuals,
        **sets,
    )
    with serving(folder, rows, schema=schema) as tenant:
        yield tenant


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_tenant_in_another_language_bills_what_its_limits_allow(
    language: str, tmp_path: Path
) -> None:
    with tenant_with(tmp_path, *labelled(*LANGUAGES[language])) as tenant:
        report = tenant.run(OCTOBER_5)
        with tenant.connector() as connector:
            checked = connector.check()

        (line,) = tenant.rows("invoicedetails")
    # 800 each for the committed one and for the one that no limit is for
    assert Decimal(str(line["extendedamount"])) == 1600
    assert report.exit_code is ExitCode.DONE
    reasons = {item["source_id"]: item["reason"] for item in left_behind(report)}
    assert reasons == {
        uid("e", 2): "not-to-exceed-failed",
        uid("e", 3): "not-to-exceed-not-evaluated",
    }
    assert checked.exit_code is ExitCode.DONE


def test_a_number_that_nobody_knows_keeps_one_record_back_and_says_which(tmp_path: Path) -> None:
    schema, numbers = labelled("Committed", "Vergeigt", "Not Evaluated", "Not Applicable")
    with tenant_with(tmp_path, schema, numbers) as tenant:
        report = tenant.run(OCTOBER_5)
        with tenant.connector() as connector:
            checked = connector.check()

        (line,) = tenant.rows("invoicedetails")
    assert Decimal(str(line["extendedamount"])) == 1600
    (left,) = [item for item in left_behind(report) if item["source_id"] == uid("e", 2)]
    assert (left["reason"], left["rule"]) == ("choice-unknown", "X2")
    number = numbers["Vergeigt"]
    assert f"msdyn_actual {uid('e', 2)} column {COLUMN} is {number}" in left["hint"]
    assert f"{numbers['Committed']} (committed)" in left["hint"]
    (wrong,) = [item for item in checked.findings if item.severity is Severity.ERROR]
    assert checked.exit_code is ExitCode.USAGE
    assert "labels.not_to_exceed_status 'failed'" in wrong.text
    assert f"{number} 'Vergeigt'" in wrong.hint


def test_no_label_at_all_leaves_no_empty_list_in_the_message(tmp_path: Path) -> None:
    with tenant_with(tmp_path, *labelled("eins", "zwei", "drei", "vier")) as tenant:
        report = tenant.run(OCTOBER_5)

    hints = [item["hint"] for item in left_behind(report)]
    assert len(hints) == 4
    assert all(
        "known are none, for no label of it was found in the tenant" in hint for hint in hints
    )


def test_a_pinned_number_wins_over_every_label(tmp_path: Path) -> None:
    schema, numbers = labelled("Failed", "Committed", "Not Evaluated", "Not Applicable")

    pinned = (
        f"[choices.not_to_exceed_status]\ncommitted = {numbers['Failed']}\n"
        f"failed = {numbers['Committed']}\n\n[labels.not_to_exceed_status]"
    )
    mapping = tmp_path / "mapping.toml"
    mapping.write_text(MAPPING.replace("[labels.not_to_exceed_status]", pinned), encoding="utf-8")
    with (
        tenant_with(tmp_path, schema, numbers) as tenant,
        tenant.connector(DATAVERSE__MAPPING=str(mapping)) as connector,
    ):
        report = connector.run(OCTOBER_5, run_id="pinned")

    (failed,) = [
        item["source_id"]
        for item in left_behind(report)
        if item["reason"] == "not-to-exceed-failed"
    ]
    assert failed == uid("e", 2)


@pytest.mark.parametrize(
    ("name", "kind", "told"),
    [
        ("Nächtliche Rechnungen", 867380000, True),
        ("Nächtliche Rechnungen", None, True),
        ("Role utilization update", 867380000, False),
        ("Model training", 867380001, False),
    ],
)
def test_a_job_of_another_name_is_warned_of(
    name: str,
    kind: int | None,
    tmp_path: Path,
    *,
    told: bool,
) -> None:
    job = {"msdyn_batchjobid": uid("7", 1), "msdyn_name": name, "msdyn_isactive": True}
    jobs = [job | {"msdyn_jobtype": kind}]
    with tenant_with(tmp_path, *labelled(*ENGLISH), msdyn_batchjobs=jobs) as tenant:
        report = tenant.run(OCTOBER_5, dry_run=True)
        with tenant.connector() as connector:
            findings = connector.check().findings

    warned = [item.text for item in report.warnings if item.code == "platform-job-unclear"]
    checked = [item.text for item in findings if name in item.text]
    assert [name in text for text in warned] == ([True] if told else [])
    assert checked == warned


@pytest.mark.parametrize(
    "name", ["Auftrag zum Erstellen von Rechnungen", "請求書の作成 1", "创建发票"]
)
def test_the_job_that_a_translated_page_names_stops_the_run(name: str, tmp_path: Path) -> None:
    jobs = [{"msdyn_batchjobid": uid("7", 1), "msdyn_name": name, "msdyn_isactive": True}]
    schema, numbers = labelled(*ENGLISH)
    with (
        tenant_with(tmp_path, schema, numbers, msdyn_batchjobs=jobs) as tenant,
        pytest.raises(PlatformJobActive, match="Deactivate it"),
    ):
        tenant.run(OCTOBER_5)
