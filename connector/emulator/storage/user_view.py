"""How the calling user has set up the view of a tenant: language and time zone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from connector.emulator.schema.time_zones import UTC_CODE, time_zone_named

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from connector.emulator.schema.languages import Languages
    from connector.emulator.storage.transaction import Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class UserView:
    """The languages of a tenant as a user reads them, and the user's time zone."""

    languages: Languages
    zone: ZoneInfo


def view_of(tx: Transaction) -> UserView:
    """The view of the calling user; the tenant's base language and UTC where nothing is set."""
    language, code = tx.user_settings()
    zone = time_zone_named(UTC_CODE if code is None else code)
    return UserView(languages=tx.languages.read_by(language), zone=zone)


def languages_of(tx: Transaction) -> Languages:
    """The languages of a tenant as the calling user reads them."""
    return tx.languages.read_by(tx.user_settings()[0])
