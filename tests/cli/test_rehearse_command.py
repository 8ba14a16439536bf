"""`rehearse` shows the drafts as the platform would leave them, and writes nothing."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.cli.conftest import Ended, Tenant

    Proforma = Callable[..., Ended]


def test_it_prints_both_and_writes_a_report_and_nothing_else(
    proforma: Proforma, tenant: Tenant, tmp_path: Path
) -> None:
    before, report = tenant.emulator.dump(), tmp_path / "tried.html"

    ended = proforma(
        *("rehearse", "--config", tenant.config, "--run-date", "2020-10-05"),
        *("--report", report),
    )

    assert ended.code == 0
    assert "this is a preview, nothing is written" in ended.out
    assert "As the platform would leave it" in ended.out
    assert "8 x actual: ready-to-invoice -> customer-invoice-created" in ended.out
    assert "11,288.60" in report.read_text(encoding="utf-8")
    assert tenant.emulator.dump() == before


def test_the_document_is_all_that_standard_output_gets(proforma: Proforma, tenant: Tenant) -> None:
    common = ("rehearse", "--config", tenant.config, "--run-date", "2020-11-20", "--json")

    ended = proforma(*common, "--contract", "Tanaka tea house")

    document = json.loads(ended.out)
    assert [draft["currency"] for draft in document["drafts"]] == ["JPY"]
    assert "As the platform would leave it" in ended.err


def test_a_plan_that_breaks_a_bound_is_exit_3_and_shown(proforma: Proforma, tenant: Tenant) -> None:
    with tenant.config.open("a", encoding="utf-8") as file:
        file.write("[bounds]\namount_per_invoice = 10000\n")

    ended = proforma("rehearse", "--config", tenant.config, "--run-date", "2020-10-05")

    assert ended.code == 3
    assert "amount-per-invoice" in ended.err
    assert "11,288.60" in ended.out
