"""The language and the time zone in which a user sees a tenant."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from connector.emulator.schema.file import read_schema
from connector.emulator.storage.principals import USER_ID
from connector.emulator.storage.store import Store
from connector.emulator.storage.user_view import languages_of, view_of

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def store() -> Iterator[Store]:
    """A tenant in English with German."""
    schema = read_schema(
        {
            "format": "proforma-emulator-schema/1",
            "extends": "project-operations",
            "languages": {"base": 1033, "installed": [1031]},
        }
    )
    store = Store(schema)
    yield store
    store.close()


@pytest.mark.parametrize(
    ("language", "code", "read", "zone"),
    [
        (1033, 92, "Yes", "Etc/UTC"),
        (1031, 110, "Ja", "Europe/Berlin"),
        (1036, 85, "Yes", "Europe/London"),
        (None, None, "Yes", "Etc/UTC"),
    ],
)
def test_a_user_reads_an_installed_language_at_the_own_clock(
    store: Store, language: int | None, code: int | None, read: str, zone: str
) -> None:
    with store.transaction() as tx:
        changes = {"uilanguageid": language, "timezonecode": code}
        tx.update(store.schema.table("usersettings"), USER_ID, changes)
        view, languages = view_of(tx), languages_of(tx)
    assert view.languages == languages
    assert languages.read("Yes", {1031: "Ja"})[1] == read
    assert view.zone.key == zone
