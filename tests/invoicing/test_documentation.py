from __future__ import annotations

import re
from dataclasses import fields
from enum import StrEnum
from pathlib import Path

from connector.invoicing import planning
from connector.invoicing.policy import Policy
from connector.invoicing.reasons import HINT, RULE, Facts, Reason, refuse

ROOT = Path(__file__).parents[2]
SOURCES = sorted(Path(planning.__file__).parent.glob("*.py"))
NUMBER = r"(?:[EFGRTMABNVDJLPX]|\$)\d{1,2}"
NUMBERED = {"E": 10, "F": 7, "G": 7, "R": 8, "T": 4, "M": 15, "A": 15, "P": 11, "B": 12}
NUMBERED |= {"N": 12, "V": 12, "D": 9, "$": 15}


def cited_in_code() -> set[str]:
    """Rule numbers in the sources; a range such as P1-P8 stands for each of its numbers."""
    text = "\n".join(path.read_text(encoding="utf-8") for path in SOURCES)
    found = set(re.findall(rf"(?<![\w-]){NUMBER}(?!\w)", text))
    for letter, first, last in re.findall(r"([A-Z$])(\d+)-[A-Z$](\d+)", text):
        found |= {f"{letter}{number}" for number in range(int(first), int(last) + 1)}
    return found


def documented_rules() -> tuple[set[str], set[str]]:
    """The numbers of `docs/rules.md`: rules of the code, and those that hold elsewhere."""
    text = (ROOT / "docs" / "rules.md").read_text(encoding="utf-8")
    here, elsewhere = text.split("## Numbers without code of their own")
    cells = re.findall(r"^\| ([^|]+) \|", elsewhere, flags=re.MULTILINE)
    return (
        set(re.findall(rf"^\| ({NUMBER}) \|", here, flags=re.MULTILINE)),
        {number for cell in cells for number in re.findall(NUMBER, cell)},
    )


def decisions() -> str:
    return (ROOT / "docs" / "decisions.md").read_text(encoding="utf-8")


def test_every_rule_that_the_code_cites_is_documented_and_the_other_way_round() -> None:
    documented, _ = documented_rules()

    assert cited_in_code() == documented


def test_every_number_of_the_reference_is_told_once() -> None:
    documented, elsewhere = documented_rules()

    every = {f"{letter}{n + 1}" for letter, last in NUMBERED.items() for n in range(last)}

    assert documented & elsewhere == set()
    assert every - documented - elsewhere == set()


def test_every_reason_has_a_rule_that_is_documented() -> None:
    documented, _ = documented_rules()

    assert set(RULE) == set(Reason)
    assert set(RULE.values()) <= documented


def test_every_reason_has_a_hint_that_fills_its_blanks() -> None:
    assert set(HINT) == set(Reason)
    for reason in Reason:
        hint = refuse(reason, Facts(text="The text of an extension")).hint

        assert hint
        assert "{" not in hint


def test_every_decision_is_documented_with_its_options_and_the_default_first() -> None:
    text = decisions()
    rows = dict(re.findall(r"^\| (DR-\d+) \|(.*)\|$", text, flags=re.MULTILINE))

    assert list(rows) == [f"DR-{number}" for number in range(1, 33)]
    for field in fields(Policy):
        row = rows[field.metadata["dr"]]
        assert f"`{field.name}`" in row or f"`[run] {field.name}`" in row
        assert field.metadata["doc"].endswith(".")
        if isinstance(field.default, StrEnum):
            values = re.findall(r"`([\w-]+)`", row.split(f"{field.name}` =")[1].split(";")[0])
            assert values == [
                field.default,
                *(v for v in type(field.default) if v != field.default),
            ]


def test_every_decision_that_the_code_cites_is_in_the_register() -> None:
    text = "\n".join(path.read_text(encoding="utf-8") for path in SOURCES)

    cited = set(re.findall(r"DR-\d+", text))

    assert cited <= set(re.findall(r"^\| (DR-\d+) \|", decisions(), flags=re.MULTILINE))


def test_the_options_that_the_rules_mention_exist() -> None:
    text = (ROOT / "docs" / "rules.md").read_text(encoding="utf-8").split("## Numbers without")[0]
    cells = re.findall(r"\| ([^|\n]*) \|$", text, flags=re.MULTILINE)

    mentioned = {name for cell in cells for name in re.findall(r"`(?:\[run\] )?(\w+)`", cell)}

    assert mentioned == {field.name for field in fields(Policy)}
