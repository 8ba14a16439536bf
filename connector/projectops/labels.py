"""Numbers of choices by their labels, in every language that a tenant has installed."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from connector.dataverse.metadata import AttributeInfo
    from connector.mapping.model import ChoiceWord


def numbers_by_label(
    wanted: Mapping[ChoiceWord, tuple[str, ...]],
    attribute: AttributeInfo | None,
    pinned: Mapping[ChoiceWord, int],
) -> Mapping[ChoiceWord, int]:
    """
    The number of each word of *wanted* that *attribute* shows by one of the word's labels.

    Pinned words and pinned numbers are left alone. Where the labels of one number are those of
    two words, or two numbers bear labels of one word, nothing is found rather than guessed.
    """
    words_of: dict[str, set[str]] = {}
    for word, labels in wanted.items():
        for label in labels:
            words_of.setdefault(_folded(label), set()).add(word)
    found: dict[str, set[int]] = {}
    for number, labels in _labels(attribute):
        words = {word for label in labels for word in words_of.get(_folded(label), ())}
        if len(words) == 1 and number not in pinned.values():
            found.setdefault(words.pop(), set()).add(number)
    return {
        word: numbers.pop()
        for word, numbers in found.items()
        if len(numbers) == 1 and word not in pinned
    }


def _labels(attribute: AttributeInfo | None) -> Iterator[tuple[int, tuple[str, ...]]]:
    if attribute is not None and attribute.labels is not None:
        yield from attribute.labels.items()


def _folded(label: str) -> str:
    """*label* without what typists do not see: case, forms of one character, kinds of space."""
    return " ".join(unicodedata.normalize("NFKC", label).casefold().split())
