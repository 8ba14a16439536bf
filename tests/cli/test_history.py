"""`runs`, `undo`, `compare` and `--override` on the command line."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest

    from tests.cli.conftest import Ended, Tenant

DAY = "2020-10-07"


def run(proforma: Callable[..., Ended], tenant: Tenant, *more: object) -> Ended:
    return proforma("run", "--config", tenant.config, "--run-date", DAY, "--json", *more)


def test_a_run_is_listed_shown_and_undone(proforma: Callable[..., Ended], tenant: Tenant) -> None:
    run_id = json.loads(run(proforma, tenant).out)["run_id"]
    assert tenant.drafts == 2

    listed = proforma("runs", "--config", tenant.config)
    shown = proforma("runs", "show", run_id, "--config", tenant.config)
    undone = proforma("undo", run_id, "--config", tenant.config, "--json", "--yes")

    (line,) = [text for text in listed.out.splitlines() if run_id in text]
    assert line.split()[1:8] == ["run", DAY, "2", "6,576.20", "USD", "11", "finished"]
    assert "Northwind Traders" in shown.out
    assert "5,745.00 USD" in shown.out
    assert undone.code == 0
    fates = json.loads(undone.out)["drafts"]
    assert [fate["status"] for fate in fates] == ["deleted", "deleted"]
    assert tenant.drafts == 0
    assert "undone" in proforma("runs", "--config", tenant.config).out


def test_the_history_is_a_json_document(proforma: Callable[..., Ended], tenant: Tenant) -> None:
    run_id = json.loads(run(proforma, tenant).out)["run_id"]

    document = json.loads(proforma("runs", "--config", tenant.config, "--json").out)

    assert document["format"] == "proforma-history/1"
    (item,) = document["runs"]
    assert (item["run_id"], item["kind"], item["run_date"]) == (run_id, "run", DAY)
    assert (item["state"], item["exit_code"], item["invoices"]) == ("finished", 0, 2)
    assert item["invoices_by_status"] == {"written": 2}
    assert item["amount_by_currency"] == {"USD": "6576.20"}
    shown = proforma("runs", "show", run_id, "--config", tenant.config, "--json")
    assert json.loads(shown.out)["run_id"] == run_id


def test_what_distinguishes_two_runs_is_told_from_the_store_alone(
    proforma: Callable[..., Ended], tenant: Tenant
) -> None:
    """The run of the 5th bills 11,288.60 of the Adatum contract, that of the 19th 4,400.00."""
    flags = ("--config", tenant.config)
    first, second = (
        json.loads(proforma("run", *flags, "--run-date", day, "--json").out)["run_id"]
        for day in ("2020-10-05", "2020-10-19")
    )
    asked = len(tenant.emulator.trace)

    shown = proforma("runs", "diff", first, second, *flags)
    document = json.loads(proforma("runs", "diff", first, second, *flags, "--json").out)

    assert shown.code == 0
    assert "Adatum Corporation   11,288.60   4,400.00   -6,888.60" in shown.out
    assert document["format"] == "proforma-run-diff/1"
    assert (document["a"]["run_id"], document["b"]["run_date"]) == (first, "2020-10-19")
    [invoice] = document["invoices"]
    assert (invoice["a"], invoice["b"], invoice["change"]) == ("11288.60", "4400.00", "-6888.60")
    billed = {"a": "after-cut-off", "b": "billed", "records": 5, "currency": "USD"}
    assert billed | {"amount": "4800.00"} in document["left_behind"]
    assert len(tenant.emulator.trace) == asked


def test_the_dates_of_a_catch_up_are_called_so_and_have_their_duration(
    proforma: Callable[..., Ended], tenant: Tenant
) -> None:
    flags = ("--config", tenant.config)
    proforma("run", *flags, "--run-date", "2020-10-08", "--catch-up", "2")

    document = json.loads(proforma("runs", *flags, "--json").out)

    assert [(run["kind"], run["run_date"]) for run in document["runs"]] == [
        ("catch-up", "2020-10-07"),
        ("catch-up", "2020-10-08"),
    ]
    assert all(0 <= run["seconds"] < 60 for run in document["runs"])


def test_a_run_without_a_plan_is_shown_as_its_line_in_the_history(
    proforma: Callable[..., Ended], tenant: Tenant
) -> None:
    run_id = json.loads(run(proforma, tenant).out)["run_id"]
    proforma("undo", run_id, "--config", tenant.config, "--yes")
    records = json.loads(proforma("runs", "--config", tenant.config, "--json").out)["runs"]
    [undoing] = [item["run_id"] for item in records if item["kind"] == "undo"]

    shown = proforma("runs", "show", undoing, "--config", tenant.config, "--json")
    difference = proforma("runs", "diff", run_id, undoing, "--config", tenant.config)

    assert json.loads(shown.out)["format"] == "proforma-history/1"
    assert difference.code == 2
    assert undoing in difference.err


def test_an_unknown_run_is_told_without_a_traceback(
    proforma: Callable[..., Ended], tenant: Tenant
) -> None:
    for command in (
        ("undo", "nobody"),
        ("runs", "show", "nobody"),
        ("runs", "diff", "nobody", "noone"),
    ):
        ended = proforma(*command, "--config", tenant.config)
        assert ended.code == 2
        assert "nobody" in ended.err
        assert "Traceback" not in ended.err


def test_a_draft_that_was_edited_stays_and_the_exit_code_says_so(
    proforma: Callable[..., Ended], tenant: Tenant
) -> None:
    run_id = json.loads(run(proforma, tenant).out)["run_id"]
    invoice = tenant.emulator.rows("invoices")[0]
    tenant.emulator.seed({"invoices": [{**invoice, "name": "By hand"}]})

    ended = proforma("undo", run_id, "--config", tenant.config, "--yes")

    assert ended.code == 1
    assert "edited" in ended.out
    assert tenant.drafts == 1


def test_comparing_before_the_job_ran_names_what_is_missing(
    proforma: Callable[..., Ended], tenant: Tenant
) -> None:
    ended = proforma("compare", "--config", tenant.config, "--run-date", DAY)

    assert ended.code == 1
    assert ended.out.count("- Joint plant rollout: invoice-missing: planned an invoice of") == 2
    assert [line.split() for line in ended.out.splitlines()].count(["invoice-missing", "2"]) == 1
    assert "2 invoices planned, 0 there" in ended.out


def test_comparing_after_the_job_ran_finds_no_difference(
    proforma: Callable[..., Ended], tenant: Tenant
) -> None:
    run(proforma, tenant)

    ended = proforma("compare", "--config", tenant.config, "--run-date", DAY, "--json")

    assert ended.code == 0
    assert json.loads(ended.out)["differences"] == []


def test_a_bound_stops_the_run_and_a_reason_lifts_it(
    proforma: Callable[..., Ended], tenant: Tenant
) -> None:
    tenant.config.write_text(
        tenant.config.read_text(encoding="utf-8") + "\n[bounds]\ninvoices_per_run = 1\n",
        encoding="utf-8",
    )

    stopped = run(proforma, tenant)
    unknown = run(proforma, tenant, "--override", "invoices=x")
    lifted = run(proforma, tenant, "--override", "invoices-per-run=month end")

    assert stopped.code == 3
    assert "[invoices-per-run]" in stopped.err
    assert unknown.code == 2
    assert lifted.code == 0
    assert "month end" in lifted.out
    assert tenant.drafts == 2


def test_undo_only_shows_without_a_terminal_and_without_a_yes(
    proforma: Callable[..., Ended], tenant: Tenant
) -> None:
    run_id = json.loads(run(proforma, tenant).out)["run_id"]

    looked = proforma("undo", run_id, "--config", tenant.config, "--json", "--dry-run")
    unasked = proforma("undo", run_id, "--config", tenant.config)

    assert looked.code == 0
    fates = json.loads(looked.out)["drafts"]
    assert [fate["status"] for fate in fates] == ["to-be-deleted", "to-be-deleted"]
    assert unasked.code == 2
    assert "add --yes to delete" in unasked.err
    assert tenant.drafts == 2


def test_undo_asks_at_a_terminal_and_obeys(
    proforma: Callable[..., Ended], tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id = json.loads(run(proforma, tenant).out)["run_id"]
    monkeypatch.setattr("connector.cli.undo.sys.stdin.isatty", lambda: True, raising=False)
    asked: list[str] = []

    def answering(answer: bool) -> Ended:  # noqa: FBT001 - what the person says
        def confirm(question: str, **_: object) -> bool:
            asked.append(question)
            return answer

        monkeypatch.setattr(click, "confirm", confirm)
        return proforma("undo", run_id, "--config", tenant.config)

    assert answering(False).code == 0  # noqa: FBT003
    assert tenant.drafts == 2
    assert answering(True).code == 0  # noqa: FBT003
    assert tenant.drafts == 0
    assert asked == ["Delete 2 drafts?"] * 2


def test_undo_looks_at_a_draft_that_has_to_stay_and_says_why(
    proforma: Callable[..., Ended], tenant: Tenant
) -> None:
    run_id = json.loads(run(proforma, tenant).out)["run_id"]
    invoice = tenant.emulator.rows("invoices")[0]
    tenant.emulator.seed({"invoices": [{**invoice, "description": "call first"}]})

    looked = proforma("undo", run_id, "--config", tenant.config, "--json", "--dry-run")

    assert looked.code == 1
    fates = {fate["invoice_id"]: fate for fate in json.loads(looked.out)["drafts"]}
    assert fates[invoice["invoiceid"]]["status"] == "refused"
    assert "column description" in fates[invoice["invoiceid"]]["reason"]
    assert tenant.drafts == 2


def in_german(tenant: Tenant) -> None:
    text = tenant.config.read_text(encoding="utf-8")
    tenant.config.write_text(text + '\n[report]\nlanguage = "de"\n', encoding="utf-8")


def test_what_a_person_reads_is_in_the_set_language_and_no_document_changes(
    proforma: Callable[..., Ended], tenant: Tenant
) -> None:
    run_id = json.loads(run(proforma, tenant).out)["run_id"]
    invoice = tenant.emulator.rows("invoices")[0]["invoiceid"]
    commands = {
        ("runs",): "Laufdatum",
        ("runs", "diff", run_id, run_id): f"A {run_id} vom 07.10.2020",
        ("undo", run_id, "--dry-run"): "07.10.2020: 2 zu löschen",
        ("explain", invoice, "--run-date", DAY): "am 07.10.2020: abgerechnet",
    }
    english = [proforma(*command, "--config", tenant.config, "--json") for command in commands]

    in_german(tenant)

    for (command, words), before in zip(commands.items(), english, strict=True):
        document = proforma(*command, "--config", tenant.config, "--json")
        assert (document.code, document.out) == (before.code, before.out)
        assert words in proforma(*command, "--config", tenant.config).out


def test_undo_asks_in_the_set_language(
    proforma: Callable[..., Ended], tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id = json.loads(run(proforma, tenant).out)["run_id"]
    in_german(tenant)
    monkeypatch.setattr("connector.cli.undo.sys.stdin.isatty", lambda: True, raising=False)
    asked: list[str] = []
    monkeypatch.setattr(click, "confirm", lambda question, **_: asked.append(question))

    assert proforma("undo", run_id, "--config", tenant.config).code == 0

    assert asked == ["2 Entwürfe löschen?"]
    assert tenant.drafts == 2
