"""The JSON of a definition, read member by member; every fault names the member."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from connector.emulator import faults
from connector.emulator.schema.languages import ENGLISH, is_language

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Body:
    """
    A JSON object with checked members; null counts as missing.

    *merges_labels* keeps labels of languages that a change does not name
    (``MSCRM.MergeLabels``).
    """

    members: Mapping[str, object]
    merges_labels: bool = False

    def has(self, name: str) -> bool:
        """Whether a member is there and not null."""
        return self.members.get(name) is not None

    def text(self, name: str, default: str | None = None) -> str:
        """A text; raises 400 when it is missing and there is no default."""
        found = self.members.get(name)
        if found is None and default is not None:
            return default
        if not isinstance(found, str):
            raise faults.wrong_type(name, found, "Edm.String")
        return found

    def flag(self, name: str, *, default: bool) -> bool:
        """A yes or no, bare or as a managed property."""
        found = self.members.get(name)
        if isinstance(found, dict):
            found = found.get("Value")
        if found is None:
            return default
        if not isinstance(found, bool):
            raise faults.wrong_type(name, found, "Edm.Boolean")
        return found

    def integer(self, name: str, default: int | None) -> int | None:
        """A whole number."""
        found = self.members.get(name)
        if found is None:
            return default
        if isinstance(found, bool) or not isinstance(found, int):
            raise faults.wrong_type(name, found, "Edm.Int32")
        return found

    def number(self, name: str, default: Decimal | None) -> Decimal | None:
        """A number of any kind."""
        found = self.members.get(name)
        if found is None:
            return default
        if isinstance(found, bool) or not isinstance(found, int | Decimal):
            raise faults.wrong_type(name, found, "Edm.Decimal")
        return Decimal(found)

    def inner(self, name: str) -> Body | None:
        """An object."""
        found = self.members.get(name)
        if found is None:
            return None
        if not isinstance(found, dict):
            raise faults.wrong_type(name, found, "an object")
        return Body(found)

    def objects(self, name: str) -> tuple[Body, ...]:
        """A list of objects; empty when it is missing."""
        found = self.members.get(name)
        if found is None:
            return ()
        if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
            raise faults.wrong_type(name, found, "a list of objects")
        return tuple(Body(one) for one in found)

    def texts(self, name: str) -> tuple[str, ...]:
        """A list of texts; raises 400 when it is missing."""
        found = self.members.get(name)
        if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
            raise faults.wrong_type(name, found, "Collection(Edm.String)")
        return tuple(found)

    def value_of(self, name: str) -> str | None:
        """The member "Value" of an object such as RequiredLevel."""
        inner = self.inner(name)
        return inner.text("Value") if inner is not None and inner.has("Value") else None

    def label(self, name: str) -> str | None:
        """The text of a Label: English if there is any, else the first language given."""
        found = self._localized(name)
        if found:
            return found[ENGLISH] if ENGLISH in found else next(iter(found.values()))
        inner = self.inner(name)
        user = inner.inner("UserLocalizedLabel") if inner is not None else None
        return user.text("Label", "") if user is not None else None

    def translations(self, name: str, kept: Mapping[int, str]) -> Mapping[int, str]:
        """
        The texts of a Label in other languages than English, by LCID.

        *kept* are those known before: all of them where the Label is missing, and with
        *merges_labels* those of languages that it does not name.
        """
        if not self.has(name):
            return kept
        found = {code: text for code, text in self._localized(name).items() if code != ENGLISH}
        return {**kept, **found} if self.merges_labels else found

    def _localized(self, name: str) -> dict[int, str]:
        inner = self.inner(name)
        labels = inner.objects("LocalizedLabels") if inner is not None else ()
        return {one.language(): one.text("Label", "") for one in labels}

    def language(self) -> int:
        """The language of a LocalizedLabel; English where it names none."""
        code = self.integer("LanguageCode", ENGLISH)
        if code is None or not is_language(code):
            raise faults.wrong_type(
                name="LanguageCode", value=code, expected="the LCID of a language"
            )
        return code

    def type_name(self) -> str:
        """The `@odata.type` without its namespace; empty when it is missing."""
        return self.text("@odata.type", "").removeprefix("#").rpartition(".")[2]
