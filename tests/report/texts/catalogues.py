"""
The messages of reports, gathered from the source, and the catalogues that translate them.

`python -m tests.report.texts.catalogues` (`make texts`) brings every `proforma.po` up to date: new
messages come without a translation, those that nobody asks for any more go, and every catalogue is
compiled to the `proforma.mo` that the package reads.
"""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from jinja2.ext import babel_extract

from connector.invoicing.reasons import HINT, NEXT_DAY, NEXT_RUN, NO_DAY, NO_RUN
from connector.settings.sections import Language

if TYPE_CHECKING:
    from collections.abc import Iterator

PRODUCT = Path(__file__).resolve().parents[3] / "connector"
LOCALE = PRODUCT / "report" / "locale"
TRANSLATED = [language for language in Language if language is not Language.ENGLISH]
#: The functions that look a message up, and which of their arguments are messages.
KEYWORDS: dict[str, Any] = {"marked": None, "text": None, "several": (1, 2), "stated": None}
#: Modules beside the reports whose messages a report or a terminal says.
SPEAKING = (
    PRODUCT / "cli" / "comparison_view.py",
    PRODUCT / "cli" / "difference_view.py",
    PRODUCT / "cli" / "history_view.py",
    PRODUCT / "cli" / "next_steps.py",
    PRODUCT / "cli" / "undo.py",
    PRODUCT / "cli" / "undo_view.py",
    PRODUCT / "invoicing" / "explain.py",
    PRODUCT / "invoicing" / "explain_billed.py",
    PRODUCT / "invoicing" / "explain_planned.py",
)
_TEMPLATES = {"trim_blocks": "true", "lstrip_blocks": "true"}

#: A message, or its singular and plural.
Message = str | tuple[str, str]


def messages() -> tuple[Message, ...]:
    """Every message that a report can look up, in a stable order."""
    found = dict.fromkeys((*_of_source(), *HINT.values(), NEXT_RUN, NO_RUN, NEXT_DAY, NO_DAY))
    return tuple(found)


def _of_source() -> Iterator[Message]:
    for path in (*sorted((PRODUCT / "report").rglob("*.py")), *SPEAKING):
        with path.open("rb") as file:
            yield from _plain(extract_python(file, KEYWORDS, [], {}))
    for path in sorted((PRODUCT / "report" / "templates").glob("*.j2")):
        with path.open("rb") as file:
            yield from _plain(babel_extract(file, tuple(KEYWORDS), [], _TEMPLATES))


def _plain(extracted: Any) -> Iterator[Message]:
    """Messages without the places of their arguments, calls with a variable left out."""
    for _, function, message, _ in extracted:
        parts = [message] if isinstance(message, str) else [m for m in message or () if m]
        texts = [part for part in parts if isinstance(part, str)]
        if function == "several" and len(texts) == 2:
            yield texts[0], texts[1]
        elif texts:
            yield texts[0]


def file_of(language: Language, ending: str) -> Path:
    """Where the catalogue of *language* stands, as text (`po`) or compiled (`mo`)."""
    return LOCALE / language.value / "LC_MESSAGES" / f"proforma.{ending}"


def catalogue(language: Language) -> Catalog:
    """The catalogue of *language* as it is written."""
    with file_of(language, "po").open("rb") as file:
        return read_po(file, locale=language.value, domain="proforma")


def updated(language: Language) -> Catalog:
    """The catalogue of *language* with exactly the messages of the source."""
    old = catalogue(language) if file_of(language, "po").exists() else Catalog()
    new = Catalog(
        locale=language.value,
        domain="proforma",
        project="proforma-connector",
        header_comment=f"# What reports say in {language.name.title()}; see `make texts`.",
        version="1",
        last_translator="The proforma connector authors",
        language_team=language.name.title(),
        msgid_bugs_address="see SECURITY.md and CONTRIBUTING.md",
        fuzzy=False,
    )
    new.creation_date = new.revision_date = old.creation_date  # so that equal texts are equal files
    for message in messages():
        known = old.get(message if isinstance(message, str) else message[0])
        new.add(message, known.string if known else None)
    return new


def compiled(catalog: Catalog) -> bytes:
    """*catalog* as gettext reads it."""
    file = BytesIO()
    write_mo(file, catalog)
    return file.getvalue()


def update() -> None:
    """Bring every catalogue up to date and compile it."""
    for language in TRANSLATED:
        catalog = updated(language)
        file_of(language, "po").parent.mkdir(parents=True, exist_ok=True)
        with file_of(language, "po").open("wb") as file:
            write_po(file, catalog, width=100, omit_header=False, sort_output=False)
        file_of(language, "mo").write_bytes(compiled(catalogue(language)))
        missing = sum(not all(forms_of(m.string)) for m in catalog if m.id)
        print(f"{language.value}: {len(catalog)} messages, {missing} without a translation")  # noqa: T201


def forms_of(string: Any) -> tuple[str, ...]:
    """The forms of a translation: one, or one for each number that the language tells apart."""
    return (string,) if isinstance(string, str) else tuple(string or ("",))


if __name__ == "__main__":
    update()
