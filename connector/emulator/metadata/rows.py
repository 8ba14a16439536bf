"""Parts that every definition is made of: labels and managed properties."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from connector.emulator.schema.identity import metadata_id

if TYPE_CHECKING:
    from collections.abc import Mapping

    from connector.emulator.schema.languages import Languages

MetadataRow = dict[str, object]
INTRODUCED: Final = "1.0.0.0"
MADE: Final = "1900-01-01T00:00:00Z"
_NONE: Final[Mapping[int, str]] = {}


def label(
    languages: Languages, text: str | None, *names: str, own: Mapping[int, str] = _NONE
) -> MetadataRow:
    """
    A Label in every language that has it, and in the reader's.

    *own* holds the texts of languages other than that of *text*; *names* identify the label.
    """
    if not text:
        return {"LocalizedLabels": [], "UserLocalizedLabel": None}
    labels = [_localized(code, one, *names) for code, one in languages.texts(text, own)]
    code, words = languages.read(text, own)
    return {"LocalizedLabels": labels, "UserLocalizedLabel": _localized(code, words, *names)}


def managed(name: str, *, value: bool, changeable: bool = True) -> MetadataRow:
    """A managed property."""
    return {"Value": value, "CanBeChanged": changeable, "ManagedPropertyLogicalName": name}


def _localized(language: int, text: str, *names: str) -> MetadataRow:
    return {
        "Label": text,
        "LanguageCode": language,
        "IsManaged": True,
        "MetadataId": metadata_id("label", *names),
        "HasChanged": None,
    }
