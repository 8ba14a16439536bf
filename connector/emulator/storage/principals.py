"""The organisation, business unit and user that exist in every store."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from uuid import UUID

from connector.emulator.schema.model import Reference

if TYPE_CHECKING:
    from connector.emulator.schema.values import Value
    from connector.emulator.storage.transaction import Transaction

ORGANIZATION_ID: Final = UUID("0a6e0000-0000-4000-8000-000000000001")
BUSINESS_UNIT_ID: Final = UUID("0a6e0000-0000-4000-8000-000000000002")
USER_ID: Final = UUID("0a6e0000-0000-4000-8000-000000000003")

USER: Final = Reference(table="systemuser", id=USER_ID)
BUSINESS_UNIT: Final = Reference(table="businessunit", id=BUSINESS_UNIT_ID)
ORGANIZATION: Final = Reference(table="organization", id=ORGANIZATION_ID)


def add_principals(tx: Transaction) -> None:
    """Insert the rows that WhoAmI names, into those of their tables that the schema has."""
    rows: dict[str, dict[str, Value]] = {
        "organization": {
            "organizationid": ORGANIZATION_ID,
            "name": "Emulated organization",
            "languagecode": tx.schema.languages.base,
            "localeid": tx.schema.languages.base,
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
    for name, values in rows.items():
        table = tx.schema.tables.get(name)
        if table is not None and not tx.find(table, {table.primary_id: values[table.primary_id]}):
            known = {key: value for key, value in values.items() if key in table.columns}
            tx.insert(table, known)
