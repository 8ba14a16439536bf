"""The languages of a tenant, as LCIDs: in which there are labels, and in which somebody reads."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ENGLISH: Final = 1033


_HIGHEST: Final = 2**16


def is_language(code: int) -> bool:
    """Whether a number may be the LCID of a language."""
    return 0 < code < _HIGHEST


@dataclass(frozen=True, slots=True, kw_only=True)
class Languages:
    """
    The base language, those installed (the base always is), and the language of the reader.

    *user* None reads the base language, as does a user whose language is not installed.
    """

    base: int = ENGLISH
    installed: tuple[int, ...] = ()
    user: int | None = None

    @property
    def all(self) -> tuple[int, ...]:
        """Every installed language, the base first."""
        return (self.base, *(one for one in self.installed if one != self.base))

    def read_by(self, user: int | None) -> Languages:
        """The same tenant, read in the language of a user."""
        return replace(self, user=user)

    def with_base(self, base: int) -> Languages:
        """A tenant whose base language is *base*; the old one stays installed."""
        return self if base == self.base else replace(self, base=base, installed=self.all)

    def with_installed(self, *more: int) -> Languages:
        """The same tenant with more languages installed."""
        added = tuple(one for one in more if one not in self.all)
        return replace(self, installed=(*self.installed, *added)) if added else self

    def texts(self, text: str, own: Mapping[int, str]) -> Iterator[tuple[int, str]]:
        """
        A text in every installed language that has it, the base first.

        *own* holds the texts by language. English and the base language, which no label lacks,
        fall back to *text*.
        """
        for language in self.all:
            is_given = language in (self.base, ENGLISH)
            found = own.get(language, text if is_given else None)
            if found is not None:
                yield language, found

    def read(self, text: str, own: Mapping[int, str]) -> tuple[int, str]:
        """The language and the words that the reader sees: the user's, else the base's."""
        found = dict(self.texts(text, own))
        language = self.user if self.user in found else self.base
        return language, found[language]
