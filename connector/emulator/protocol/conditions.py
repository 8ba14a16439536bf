"""The conditions of a request: If-Match and If-None-Match as Dataverse reads them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from connector.emulator import faults

if TYPE_CHECKING:
    from collections.abc import Mapping

_ETAG: Final = re.compile(r'W/"(\d+)"')


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """
    What must hold for a request to be carried out.

    *must_exist* is `If-Match: *`, *must_not_exist* `If-None-Match: *`; *version*
    is the row version that If-Match names, *unless_version* the one that a
    conditional GET has already.
    """

    must_exist: bool = False
    must_not_exist: bool = False
    version: int | None = None
    unless_version: int | None = None

    @property
    def forbids_creation(self) -> bool:
        """Whether a missing row must stay missing."""
        return self.must_exist or self.version is not None


def read_conditions(headers: Mapping[str, str]) -> Conditions:
    """
    Read the conditions of a request.

    `If-None-Match: null` is what every documented sample sends and means no
    condition. Any other text than `*` and a weak etag is refused.
    """
    match, none_match = headers.get("if-match"), headers.get("if-none-match")
    if match is None and none_match in (None, "null"):
        return _NONE
    return Conditions(
        must_exist=match == "*",
        must_not_exist=none_match == "*",
        version=_version("If-Match", match),
        unless_version=_version("If-None-Match", none_match),
    )


def check_update(conditions: Conditions, version: int) -> None:
    """Refuse with 412 when an existing row of *version* may not be written."""
    if conditions.must_not_exist:
        raise faults.already_exists()
    if conditions.version is not None and conditions.version != version:
        raise faults.version_mismatch()


def _version(name: str, text: str | None) -> int | None:
    if text in (None, "*", "null", ""):
        return None
    match = _ETAG.fullmatch(text.strip())
    if match is None:
        message = f"The value '{text[:80]}' of {name} is no etag."
        raise faults.bad_request(message)
    return int(match.group(1))


_NONE: Final = Conditions()
