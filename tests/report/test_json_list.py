"""Pieces of JSON that add up to the layout of a document written at once."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from hypothesis import given
from hypothesis import strategies as st

from connector.report import json_list
from connector.report.json_list import JsonList, json_text

if TYPE_CHECKING:
    import pytest

VALUES: Any = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(st.characters(codec="utf-8")),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(codec="utf-8")), inner),
    max_leaves=8,
)


def at_once(value: Any, level: int) -> str:
    """What the standard library makes of it so deep in a document."""
    text = json.dumps(value, indent=2, ensure_ascii=False)
    return text.replace("\n", "\n" + "  " * level)


@given(value=VALUES, level=st.integers(0, 3))
def test_a_value_looks_as_the_standard_library_writes_it(value: Any, level: int) -> None:
    assert json_text(value, level) == at_once(value, level)


@given(items=st.lists(VALUES, max_size=5), level=st.integers(0, 3))
def test_a_list_looks_as_if_it_were_written_at_once(items: list[Any], level: int) -> None:
    with JsonList(level) as found:
        for item in items:
            found.add(item)
        assert "".join(found.chunks()) == at_once(items, level)


def test_a_long_list_is_on_disk_and_its_characters_are_never_cut(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(json_list, "IN_MEMORY", 10)
    monkeypatch.setattr(json_list, "_CHUNK", 3)
    items = [{"name": "発注 Größe"} for _ in range(20)]

    with JsonList(1) as found:
        for item in items:
            found.add({"name": item["name"]})
        assert found._file._rolled  # type: ignore[attr-defined]
        assert "".join(found.chunks()) == at_once(items, 1)
