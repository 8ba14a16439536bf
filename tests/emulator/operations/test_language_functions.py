"""Which languages a tenant has, as four functions tell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.emulator import Emulator
from connector.emulator.schema.file import read_schema
from tests.emulator.web import InProcess, Web

if TYPE_CHECKING:
    from tests.emulator.web import Answer


def told(web: Web) -> dict[str, list[int]]:
    """The numbers of each function's answer."""

    def numbers(name: str, member: str) -> list[int]:
        answer: Answer = web("GET", f"{name}()")
        assert answer.json()["@odata.context"].endswith(f"CRM.{name}Response")
        return list(answer.json()[member])

    names = ("ProvisionedLanguages", "InstalledLanguagePacks", "DeprovisionedLanguages")
    found = {name: numbers(f"Retrieve{name}", f"Retrieve{name}") for name in names}
    return {**found, "AvailableLanguages": numbers("RetrieveAvailableLanguages", "LocaleIds")}


def test_a_tenant_in_english_has_english_alone(web: Web) -> None:
    assert told(web) == {
        "ProvisionedLanguages": [1033],
        "InstalledLanguagePacks": [1033],
        "DeprovisionedLanguages": [],
        "AvailableLanguages": [1033],
    }


def test_the_base_language_stands_before_those_installed() -> None:
    document = {
        "format": "proforma-emulator-schema/1",
        "extends": "project-operations",
        "languages": {"base": 1031, "installed": [1033, 1031, 1036]},
    }
    emulator = Emulator(read_schema(document))
    german = told(Web(InProcess(emulator.app)))
    assert german["ProvisionedLanguages"] == [1031, 1033, 1036]
    assert german["DeprovisionedLanguages"] == []
    emulator.close()


def test_the_languages_are_read_and_not_posted(web: Web) -> None:
    assert web("POST", "RetrieveProvisionedLanguages", {}).status == 404
