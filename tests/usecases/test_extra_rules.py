"""Rules of an installed package are found, in order, or stop everything."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from connector.usecases.extra_rules import ExtensionError, load_rules
from tests.invoicing.ledger import snapshot_of

if TYPE_CHECKING:
    from pathlib import Path

LEDGER = """
contract  | Adatum | USD 2
line      | Work | time-and-material
actual    | Work | 2020-10-02 | time | 8 | 100.00 | ready
"""


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package with rules of its own, as an installer leaves it."""
    (tmp_path / "acme_of_tests.py").write_text(
        "def hold(candidate, contract): return 'wait'\n"
        "def let(candidate, contract): return None\n"
        "def fail(candidate, contract): return {}['order']\n"
        "def count(candidate, contract): return 5\n"
        "NUMBER = 5\n",
        encoding="utf-8",
    )
    about = tmp_path / "acme_of_tests-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-of-tests\nVersion: 1.0\n")
    monkeypatch.syspath_prepend(tmp_path)
    return about / "entry_points.txt"


def test_rules_come_in_the_order_of_their_names(installed: Path) -> None:
    installed.write_text(
        "[proforma.rules]\nb = acme_of_tests:let\na = acme_of_tests:hold\n", encoding="utf-8"
    )

    assert [rule.__name__ for rule in load_rules()] == ["hold", "let"]


@pytest.mark.parametrize(
    ("entry", "why"),
    [
        ("acme_of_tests:NUMBER", "is no function"),
        ("acme_of_tests:gone", "cannot be loaded"),
        ("acme_that_is_not_there:hold", "cannot be loaded"),
    ],
)
def test_a_rule_that_cannot_be_used_stops_everything(installed: Path, entry: str, why: str) -> None:
    installed.write_text(f"[proforma.rules]\nhold = {entry}\n", encoding="utf-8")

    with pytest.raises(ExtensionError) as told:
        load_rules()

    assert str(told.value).startswith(f"the rule 'hold' ({entry}) {why}")


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("fail", "failed when asked about {id} of contract 'Adatum': KeyError: 'order'"),
        (
            "count",
            "answered 5 when asked about {id} of contract 'Adatum'; expected a sentence or None",
        ),
    ],
)
def test_a_rule_that_fails_is_named_with_the_record(installed: Path, name: str, why: str) -> None:
    installed.write_text(f"[proforma.rules]\nhold = acme_of_tests:{name}\n", encoding="utf-8")
    [rule] = load_rules()
    snapshot = snapshot_of(LEDGER)

    with pytest.raises(ExtensionError) as told:
        rule(snapshot.actuals[0], snapshot.contract)

    said = why.format(id=snapshot.actuals[0].id)
    assert str(told.value) == f"the rule 'hold' (acme_of_tests:{name}) {said}"


def test_a_module_that_fails_when_it_is_imported_is_named(installed: Path, tmp_path: Path) -> None:
    (tmp_path / "acme_that_is_broken.py").write_text("1 / 0\n", encoding="utf-8")
    installed.write_text("[proforma.rules]\nhold = acme_that_is_broken:x\n", encoding="utf-8")

    with pytest.raises(ExtensionError, match="be loaded: ZeroDivisionError: division by zero"):
        load_rules()


def test_without_an_installed_package_there_are_no_rules() -> None:
    assert load_rules() == ()
