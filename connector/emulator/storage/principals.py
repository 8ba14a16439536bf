"""The organisation, business unit, user and role that exist in every store."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from uuid import UUID

from connector.emulator.schema.model import Reference

if TYPE_CHECKING:
    from collections.abc import Mapping

    from connector.emulator.schema.values import RowValues

ORGANIZATION_ID: Final = UUID("0a6e0000-0000-4000-8000-000000000001")
BUSINESS_UNIT_ID: Final = UUID("0a6e0000-0000-4000-8000-000000000002")
USER_ID: Final = UUID("0a6e0000-0000-4000-8000-000000000003")
ROLE_ID: Final = UUID("0a6e0000-0000-4000-8000-000000000004")
# The template of the role System Administrator, the same in every environment (documented).
ADMINISTRATOR_TEMPLATE: Final = UUID("627090ff-40a3-4053-8790-584edc5be201")

USER: Final = Reference(table="systemuser", id=USER_ID)
BUSINESS_UNIT: Final = Reference(table="businessunit", id=BUSINESS_UNIT_ID)
ORGANIZATION: Final = Reference(table="organization", id=ORGANIZATION_ID)


def principals(language: int) -> Mapping[str, RowValues]:
    """
    The rows that WhoAmI names, by their table; every store has those that its schema knows.

    *language* is the LCID of the tenant's base language.
    """
    return {
        "organization": {
            "organizationid": ORGANIZATION_ID,
            "name": "Emulated organization",
            "languagecode": language,
            "localeid": language,
        },
        "businessunit": {"businessunitid": BUSINESS_UNIT_ID, "name": "Emulated organization"},
        "systemuser": {
            "systemuserid": USER_ID,
            "fullname": "Emulator User",
            "firstname": "Emulator",
            "lastname": "User",
            "domainname": "user@emulator.invalid",
            "businessunitid": BUSINESS_UNIT,
        },
    }
