"""Functions that tell which languages a tenant has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from connector.emulator.operations.scope import Scope
    from connector.emulator.protocol.addressing import Segment
    from connector.emulator.protocol.exchange import Response

_PREFIX: Final = "$metadata#Microsoft.Dynamics.CRM."


def provisioned_languages(scope: Scope, _segment: Segment) -> Response:
    """Answer the languages that users can choose: the base language and those installed."""
    return _answer(scope, "RetrieveProvisionedLanguages", scope.tx.languages.all)


def installed_language_packs(scope: Scope, _segment: Segment) -> Response:
    """Answer the languages whose packs are installed: here all of them are provisioned too."""
    return _answer(scope, "RetrieveInstalledLanguagePacks", scope.tx.languages.all)


def deprovisioned_languages(scope: Scope, _segment: Segment) -> Response:
    """Answer the installed languages that users cannot choose: none."""
    return _answer(scope, "RetrieveDeprovisionedLanguages", ())


def available_languages(scope: Scope, _segment: Segment) -> Response:
    """Answer the languages that could be provisioned."""
    languages = scope.tx.languages.all
    context = f"{scope.root}{_PREFIX}RetrieveAvailableLanguagesResponse"
    return scope.json({"@odata.context": context, "LocaleIds": list(languages)})


def _answer(scope: Scope, name: str, languages: tuple[int, ...]) -> Response:
    context = f"{scope.root}{_PREFIX}{name}Response"
    return scope.json({"@odata.context": context, name: list(languages)})


LANGUAGE_FUNCTIONS: Final[Mapping[str, Callable[[Scope, Segment], Response]]] = {
    "RetrieveProvisionedLanguages": provisioned_languages,
    "RetrieveInstalledLanguagePacks": installed_language_packs,
    "RetrieveDeprovisionedLanguages": deprovisioned_languages,
    "RetrieveAvailableLanguages": available_languages,
}
