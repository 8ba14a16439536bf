"""The mapping file: what is shipped fits, and every fault in another one is told at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from connector.mapping import MappingError, load_mapping
from connector.mapping.load import parse_mapping
from connector.projectops.choices import resolve_choices

SHIPPED = (Path(__file__).parents[2] / "mappings" / "project-operations.toml").read_text(
    encoding="utf-8"
)


def faults_of(text: str) -> str:
    with pytest.raises(MappingError) as caught:
        parse_mapping(text, "tenant.toml")
    return str(caught.value)


def test_the_shipped_mapping_binds_every_word() -> None:
    mapping = load_mapping()

    assert mapping.actual.set == "msdyn_actuals"
    assert mapping.schedule_row.run_date.column == "msdyn_invoicerundate"


def test_a_misspelt_key_is_told_with_the_nearest_known_one() -> None:
    text = faults_of(SHIPPED.replace('billing_type = "msdyn', 'biling_type = "msdyn', 1))

    assert "tenant.toml" in text
    assert "actual.biling_type: unknown key; the nearest known one is 'billing_type'" in text


def test_all_faults_are_told_at_once() -> None:
    broken = SHIPPED.replace("ready-to-invoice = 192350004", 'ready-to-invoice = "soon"')
    text = faults_of(broken.replace("[connection]", "[conection]", 1))

    assert "choices.billing_status.ready-to-invoice" in text
    assert "conection: unknown key; the nearest known one is 'connection'" in text
    assert "connection: missing" in text


def test_a_column_name_with_a_blank_is_refused() -> None:
    assert "actual.tax" in faults_of(
        SHIPPED.replace('tax = "msdyn_tax"\ncurrency', 'tax = "m s"\ncurrency')
    )


def test_a_file_that_is_no_toml_names_the_place() -> None:
    assert "line 1" in faults_of("format = \nset = 1")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(MappingError, match=r"absent\.toml"):
        load_mapping(tmp_path / "absent.toml")


def test_a_choice_word_that_we_do_not_know_is_refused() -> None:
    mapping = parse_mapping(SHIPPED.replace("not-run = ", "never-run = "), "tenant.toml")

    with pytest.raises(MappingError) as caught:
        resolve_choices(mapping.choices, {})

    assert "choices.run_status: unknown word 'never-run'" in str(caught.value)
    assert "choices.run_status: no number for 'not-run'" in str(caught.value)


def test_one_number_for_two_words_is_refused() -> None:
    doubled = SHIPPED.replace("run-successful = 192350001", "run-successful = 192350000")

    with pytest.raises(MappingError, match="one number stands for two words"):
        resolve_choices(parse_mapping(doubled, "tenant.toml").choices, {})


def test_a_number_found_by_label_completes_the_choices_and_a_pinned_one_wins() -> None:
    choices = resolve_choices(
        load_mapping().choices, {"not_to_exceed_status": {"failed": 7, "committed": 8}}
    )

    assert {int(n): str(w) for n, w in choices.not_to_exceed_status.word_of.items()} == {
        7: "failed",
        8: "committed",
    }
