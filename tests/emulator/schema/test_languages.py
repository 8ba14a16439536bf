"""In which language a label is read, and in which languages it is there at all."""

from __future__ import annotations

import pytest

from connector.emulator.schema.languages import Languages

ENGLISH, GERMAN, FRENCH = 1033, 1031, 1036


def test_the_base_language_comes_first_and_once() -> None:
    assert Languages(base=GERMAN, installed=(ENGLISH, GERMAN)).all == (GERMAN, ENGLISH)


@pytest.mark.parametrize(
    ("user", "read"),
    [(None, (ENGLISH, "Failed")), (GERMAN, (GERMAN, "Fehler")), (FRENCH, (ENGLISH, "Failed"))],
)
def test_a_user_reads_the_own_language_where_it_is_installed(
    user: int | None, read: tuple[int, str]
) -> None:
    languages = Languages(installed=(GERMAN,), user=user)
    assert languages.read("Failed", {GERMAN: "Fehler", FRENCH: "Échec"}) == read


def test_a_text_is_in_the_languages_that_have_it_and_in_the_base_language_always() -> None:
    languages = Languages(base=GERMAN, installed=(ENGLISH, FRENCH))
    assert dict(languages.texts("Failed", {})) == {GERMAN: "Failed", ENGLISH: "Failed"}
    assert dict(languages.texts("Failed", {GERMAN: "Fehler", FRENCH: "Échec"})) == {
        GERMAN: "Fehler",
        ENGLISH: "Failed",
        FRENCH: "Échec",
    }


def test_a_label_without_the_users_language_falls_back_to_the_base_language() -> None:
    languages = Languages(base=GERMAN, installed=(FRENCH,), user=FRENCH)
    assert languages.read("Failed", {GERMAN: "Fehler"}) == (GERMAN, "Fehler")


def test_another_base_language_leaves_the_old_one_installed() -> None:
    found = Languages(installed=(FRENCH,)).with_base(GERMAN)
    assert found.all == (GERMAN, ENGLISH, FRENCH)
