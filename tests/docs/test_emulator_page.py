"""`docs/emulator.md` says what the emulator's own tables and source say."""

from __future__ import annotations

from pathlib import Path

import pytest

from connector.emulator.provenance.feature import Support
from connector.emulator.provenance.page import page
from connector.emulator.provenance.protocol import PROTOCOL_FEATURES
from connector.emulator.provenance.query import FEATURES
from connector.emulator.provenance.refused_by_name import features_in, refused_by_name
from connector.emulator.provenance.rows import ROW_FEATURES

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "emulator.md").read_text("utf-8")


def test_the_page_is_as_its_generator_writes_it() -> None:
    assert page() == PAGE, "run python -m connector.emulator.provenance.page docs/emulator.md"


def test_every_refusal_by_name_that_the_source_holds_is_listed() -> None:
    calls = sum(
        path.read_text("utf-8").count("faults.unsupported(")
        for path in (ROOT / "connector" / "emulator").rglob("*.py")
    )

    assert len(refused_by_name()) > 30
    assert len(refused_by_name()) <= calls
    assert all(f"- {feature}\n" in PAGE for feature in refused_by_name())


def test_no_feature_is_supported_and_refused_at_once() -> None:
    features = (*PROTOCOL_FEATURES, *FEATURES, *ROW_FEATURES)
    by_support = {
        support: {(f.area, f.name) for f in features if f.support is support} for support in Support
    }

    assert not by_support[Support.SUPPORTED] & by_support[Support.REFUSED]


def test_words_of_a_refusal_are_read_from_the_call_or_its_function() -> None:
    source = """
def f(name):
    raise faults.unsupported(feature=f"the option '{name}' of x")
def g():
    text = "y"
    raise faults.unsupported(feature=text)
"""

    assert sorted(features_in(source)) == ["the option '…' of x", "y"]


def test_a_refusal_without_words_is_no_refusal_by_name() -> None:
    with pytest.raises(ValueError, match="line 3"):
        list(features_in("\ndef f(text):\n    raise faults.unsupported(feature=text)\n"))
