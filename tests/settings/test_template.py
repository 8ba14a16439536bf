"""A configuration file that is made from the example keeps its comments and says what was asked."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from connector.settings.load import load_settings
from connector.settings.template import HEADING, TemplateError, example_text, filled

EXAMPLE = Path(__file__).resolve().parents[2] / "config.example.toml"
VALUES = {
    ("dataverse", "url"): "https://contoso.crm4.dynamics.com",
    ("auth", "method"): "azure-cli",
    ("auth", "tenant_id"): "11111111-0000-0000-0000-000000000000",
    ("run", "time_zone"): "Europe/Stockholm",
}


def comments(text: str) -> list[str]:
    return [line for line in text.splitlines()[1:] if re.match(r"# (?!\w+ = )", line)]


def test_the_example_of_the_project_is_the_one_that_is_filled() -> None:
    assert example_text() == EXAMPLE.read_text(encoding="utf-8")


def test_what_is_given_is_in_the_file_and_everything_else_is_as_in_the_example(
    tmp_path: Path,
) -> None:
    text = filled(example_text(), VALUES)

    document, example = tomllib.loads(text), tomllib.loads(example_text())
    assert {key: document[key[0]].pop(key[1]) for key in VALUES} == VALUES
    for section, key in VALUES:
        example[section].pop(key, None)
    assert document == example
    assert comments(text) == comments(example_text())
    assert text.splitlines()[0] == HEADING
    file = tmp_path / "config.toml"
    file.write_text(text, encoding="utf-8")
    assert load_settings(file, {}).run.zone.key == "Europe/Stockholm"


def test_a_key_is_found_in_its_own_section_only() -> None:
    text = filled("x\n[one]\nkey = 1\n[two]\n# key = 2\n", {("two", "key"): "new"})

    assert text == f'{HEADING}\n[one]\nkey = 1\n[two]\nkey = "new"\n'


@pytest.mark.parametrize("value", ['a"b', "C:\\runs", "Zürich", "tab\there", "\x7f", "l\nm"])
def test_any_text_comes_back_as_it_was(value: str) -> None:
    assert tomllib.loads(filled("x\n[a]\nb = 1\n", {("a", "b"): value})) == {"a": {"b": value}}


def test_a_key_that_the_example_lacks_is_named() -> None:
    with pytest.raises(TemplateError, match=r"lacks \[auth\] colour"):
        filled(example_text(), {("auth", "colour"): "red"})
