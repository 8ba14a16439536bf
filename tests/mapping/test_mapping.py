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


@pytest.mark.parametrize(
    ("constant", "value"),
    [("true", True), ("7", 7), ("1.5", 1.5), ('"7"', "7"), ("2020-10-05", "2020-10-05")],
)
def test_a_constant_is_of_the_type_that_it_is_written_in(
    constant: str, *, value: bool | float | str
) -> None:
    mapping = parse_mapping(f"{SHIPPED}\n[set.invoice]\nnew_column = {constant}\n", "tenant.toml")

    found = mapping.constants.invoice["new_column"]
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize("constant", ["[1]", "{ a = 1 }", "nan", "inf"])
def test_a_constant_of_several_values_is_one_fault(constant: str) -> None:
    text = faults_of(f"{SHIPPED}\n[set.invoice]\nnew_column = {constant}\n")

    assert text.count("\n") == 1
    assert "set.invoice.new_column: " in text
    assert "expected true or false, a number or a text" in text


def test_a_constant_of_a_table_that_is_not_written_is_refused() -> None:
    text = faults_of(f"{SHIPPED}\n[set.actual]\nnew_column = 1\n")

    assert "set.actual: unknown key" in text


def test_payment_terms_are_numbers_on_both_sides() -> None:
    assert load_mapping().payment_terms == {1: 1, 2: 2, 3: 3, 4: 4}
    for wrong in ("net = 1", '1 = "net"', "1 = 1.5"):
        text = faults_of(SHIPPED.replace("[payment_terms]\n1 = 1", f"[payment_terms]\n{wrong}"))
        assert "payment_terms." in text


def test_a_mapping_of_before_the_discounts_reads_them_by_their_standard_names() -> None:
    names = ("discount", "fee", "volume_discount", "manual_discount", "active_state")
    columns = tuple(f'{name} = "' for name in names)
    kept = [row for row in SHIPPED.splitlines() if not row.startswith(columns)]

    mapping = parse_mapping("\n".join(kept), "tenant.toml")

    assert mapping == load_mapping()
