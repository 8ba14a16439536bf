"""Every message is translated into every language, and the compiled catalogues are in step."""

from __future__ import annotations

import re
from gettext import GNUTranslations
from typing import TYPE_CHECKING

import pytest

from connector.settings.sections import Language
from tests.report.texts.catalogues import (
    PRODUCT,
    SPEAKING,
    TRANSLATED,
    Message,
    catalogue,
    compiled,
    file_of,
    forms_of,
    messages,
)

if TYPE_CHECKING:
    from babel.messages.catalog import Catalog

#: Forms of a message by its number: Indonesian, Malay and Thai have one.
FORMS = {"de": 2, "sv": 2, "id": 1, "ms": 1, "th": 1}
#: What is written as in English, in one language or another: figures and loan words.
ALIKE = {
    *("{f.text}", "Status", "Code", "plan", "material", "Details", "Total", "platform"),
    *("{type}, {amount} {parts}", "{what} ({more})", "{made}: {amount}."),
}
PLACE = re.compile(r"\{[a-z_.]+\}")


def singular(message: Message) -> str:
    return message if isinstance(message, str) else message[0]


def translations(catalog: Catalog) -> dict[str, tuple[str, ...]]:
    return {
        message.id if isinstance(message.id, str) else message.id[0]: forms_of(message.string)
        for message in catalog
        if message.id
    }


def test_there_are_the_languages_that_the_settings_offer() -> None:
    assert {language.value for language in TRANSLATED} == set(FORMS)
    assert {language.value for language in Language} == {*FORMS, "en"}


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_message_is_translated_and_no_other(language: Language) -> None:
    found = translations(catalogue(language))

    assert list(found) == [singular(message) for message in messages()]
    assert [message for message, forms in found.items() if not all(forms)] == []
    assert [message.id for message in catalogue(language) if message.id and message.fuzzy] == []


def test_every_module_that_states_something_is_asked_for_its_messages() -> None:
    stating = {
        path
        for path in PRODUCT.rglob("*.py")
        if re.search(r"import .*\bstated\b", path.read_text(encoding="utf-8"))
    }

    assert stating - {*SPEAKING} == set()
    assert len(stating) > 1


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_counted_message_has_every_form_of_the_language(language: Language) -> None:
    found = translations(catalogue(language))

    counted = [message for message in messages() if isinstance(message, tuple)]
    assert len(counted) > 10
    assert {len(found[one]) for one, _ in counted} == {FORMS[language.value]}


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_translation_names_the_same_values(language: Language) -> None:
    found = translations(catalogue(language))

    different = [
        (text, form)
        for message in messages()
        for text in [singular(message)]
        for form in found[text]
        if sorted(PLACE.findall(text)) != sorted(PLACE.findall(form))
    ]
    assert different == []


def test_nothing_stays_english_but_words_that_are_the_same() -> None:
    alike = {
        text
        for language in TRANSLATED
        for text, forms in translations(catalogue(language)).items()
        if text in forms
    }

    assert alike == ALIKE


@pytest.mark.parametrize("language", TRANSLATED)
def test_the_package_reads_what_is_written(language: Language) -> None:
    with file_of(language, "mo").open("rb") as file:
        read = GNUTranslations(file)
    written = translations(catalogue(language))

    for message in messages():
        forms = written[singular(message)]
        if isinstance(message, str):
            assert read.gettext(message) == forms[0]
        else:
            assert {read.ngettext(*message, number) for number in (1, 2, 5)} == set(forms)


def test_a_missing_translation_is_noticed() -> None:
    catalog = catalogue(Language.GERMAN)
    message = catalog.get("Left behind")
    assert message is not None
    message.string = ""

    assert not all(translations(catalog)["Left behind"])
    assert b"Zur\xc3\xbcckgeblieben\x00" not in compiled(catalog)
