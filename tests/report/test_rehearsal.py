"""A rehearsal as people read it, and as a document."""

from __future__ import annotations

import io
import json
from datetime import date
from typing import TYPE_CHECKING

import jsonschema
import pytest
from rich.cells import cell_len
from rich.console import Console

from connector.report.document import schema
from connector.report.rehearsal import print_effects, rehearsal_chunks
from connector.report.texts.terminal import terminal_texts
from connector.settings.sections import Language
from tests.end_to_end.tenant import serving

if TYPE_CHECKING:
    from connector.run_report import Rehearsal


@pytest.fixture(scope="module")
def rehearsal(tmp_path_factory: pytest.TempPathFactory) -> Rehearsal:
    folder = tmp_path_factory.mktemp("far")
    with serving(folder) as tenant, tenant.connector() as connector:
        return connector.rehearse(date(2020, 10, 5), run_id="tried")


def test_the_document_has_the_run_and_what_the_platform_makes_of_it(rehearsal: Rehearsal) -> None:
    document = json.loads("".join(rehearsal_chunks(rehearsal)))

    assert document["format"] == "proforma-rehearsal/1"
    jsonschema.validate(document["run"], schema())
    assert document["run"]["dry_run"]
    assert [invoice["status"] for invoice in document["run"]["invoices"]] == ["planned"]
    [draft] = document["drafts"]
    assert (draft["total"], draft["tax"], draft["currency"]) == ("11319.79", "31.19", "USD")
    assert draft["invoice_id"] == document["run"]["invoices"][0]["invoice_id"]
    assert [line["total"] for line in draft["lines"] if line["name"] == "Prototype work"] == [
        "5000.00"
    ]
    assert {
        "kind": "milestone",
        "from": "ready-to-invoice",
        "to": "customer-invoice-created",
        "records": 1,
    } in document["moves"]


def test_people_see_both_totals_and_the_moves_within_eighty_columns(rehearsal: Rehearsal) -> None:
    stream = io.StringIO()
    print_effects(Console(file=stream, width=80), rehearsal)

    text = stream.getvalue()
    assert text.count("11,319.79 USD") == 2  # as planned, and as the platform sums it
    assert "8 x actual: ready-to-invoice -> customer-invoice-created" in text
    assert max(cell_len(line) for line in text.splitlines()) <= 80


def test_another_language_has_its_own_words_and_amounts(rehearsal: Rehearsal) -> None:
    stream = io.StringIO()
    print_effects(Console(file=stream, width=120), rehearsal, terminal_texts(Language.GERMAN))

    lines = stream.getvalue().replace("\u00a0", " ").splitlines()
    assert lines[0] == "Wie die Plattform es hinterließe"
    assert lines[1].split() == [
        *("Entwurf", "Geplant", "mit", "Steuern", "Summe", "der", "Plattform"),
        *("Positionen", "Details"),
    ]
    assert lines[3].count("11.319,79 $") == 2
    assert "8 x Istwert: bereit zur Abrechnung -> Kundenrechnung erstellt" in lines
