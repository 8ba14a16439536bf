"""Numbers by labels: every language, pinned numbers first, never a guess."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from connector.dataverse.metadata import AttributeInfo
from connector.projectops.labels import numbers_by_label

if TYPE_CHECKING:
    from collections.abc import Mapping

WANTED = {"committed": ("Committed", "Zugesagt"), "failed": ("Failed", "Fehler")}


def choice(labels: Mapping[int, tuple[str, ...]]) -> AttributeInfo:
    return AttributeInfo(type="Picklist", labels=labels)


@pytest.mark.parametrize(
    "labels",
    [
        {1: ("Committed",), 2: ("Failed",)},
        {1: ("Zugesagt",), 2: ("Fehler",)},
        # the user's own language is one that nobody has listed
        {1: ("Sithembisile", "Committed"), 2: ("Hluleka", "Fehler")},
        {1: ("  ZUGESAGT ",), 2: ("Fehler\u00a0",)},
    ],
)
def test_a_label_of_any_language_tells_the_number(labels: dict[int, tuple[str, ...]]) -> None:
    assert numbers_by_label(WANTED, choice(labels), {}) == {"committed": 1, "failed": 2}


def test_an_accent_typed_as_two_characters_is_the_same_label() -> None:
    found = numbers_by_label({"failed": ("\u00c9chec",)}, choice({3: ("E\u0301chec",)}), {})

    assert found == {"failed": 3}


def test_a_pinned_word_and_a_pinned_number_are_left_alone() -> None:
    labels = choice({1: ("Committed",), 2: ("Failed",)})

    assert numbers_by_label(WANTED, labels, {"failed": 1}) == {}
    assert numbers_by_label(WANTED, labels, {"failed": 7}) == {"committed": 1}


def test_labels_that_contradict_each_other_say_nothing() -> None:
    both = {1: ("Committed", "Fehler"), 2: ("Failed",)}
    twice: dict[int, tuple[str, ...]] = {1: ("Committed",), 2: ("Zugesagt",)}

    assert numbers_by_label(WANTED, choice(both), {}) == {"failed": 2}
    assert numbers_by_label(WANTED, choice(twice), {}) == {}


def test_a_column_that_is_missing_or_no_choice_shows_no_numbers() -> None:
    assert numbers_by_label(WANTED, None, {}) == {}
    assert numbers_by_label(WANTED, AttributeInfo(type="String"), {}) == {}
