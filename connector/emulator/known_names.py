"""
Names that the service knows and the emulator does not model.

Such a name is answered 501 by name, where an unknown one is the caller's own mistake and is
answered 400 or 404 as the service does it. The lists come from the reference pages of the Web
API (functions, actions, entity types) and of Project Operations.
"""

from __future__ import annotations

import re
from functools import cache
from importlib import resources
from typing import Final

# Collections and columns that the platform gives every table, by the names it makes of the
# table's own: account_ActivityPointers, Account_Annotation, bulkdeletefailures …
_OF_EVERY_TABLE: Final = re.compile(
    r"\w+_(?:activitypointers?|activityparties|activity_parties|annotations?|appointments?"
    r"|asyncoperations?|bulkdeletefailures?|connections[12]|customeraddress|duplicatebaserecord"
    r"|duplicatematchingrecord|emails?|email_emailsender|faxes|fileattachments|letters?"
    r"|mailboxtrackingfolders?|phonecalls?|postfollows|postregardings|postroles|posts"
    r"|principalobjectattributeaccess(?:es)?|processsessions?|queueitems?|recurringappointmentmasters?"
    r"|serviceappointments?|sharepointdocumentlocations?|sharepointdocuments?|slakpiinstances"
    r"|socialactivities|syncerrors?|tasks?|teams|userentityinstancedatas?)",
    re.ASCII | re.IGNORECASE,
)
_COLUMNS_OF_EVERY_TABLE: Final = frozenset(
    {"importsequencenumber", "overriddencreatedon", "timezoneruleversionnumber", "traversedpath"}
    | {"utcconversiontimezonecode", "versionnumber", "processid", "stageid", "_stageid_value"}
    | {"_owningbusinessunit_value", "_owningteam_value", "_owninguser_value", "_ownerid_value"}
    | {"_createdby_value", "_createdonbehalfby_value", "_modifiedby_value", "createdon"}
    | {"_modifiedonbehalfby_value", "modifiedon", "_organizationid_value", "createdby"}
    | {"createdonbehalfby", "modifiedby", "modifiedonbehalfby", "owningbusinessunit"}
    | {"owningteam", "owninguser", "ownerid", "organizationid", "onholdtime", "lastonholdtime"}
    | {"slaid", "_slaid_value", "_slainvokedid_value", "entityimage", "entityimage_timestamp"}
    | {"entityimage_url", "entityimageid", "exchangerate", "_transactioncurrencyid_value"}
    | {"transactioncurrencyid", "statecode", "statuscode", "stageid_processstage"}
)


def messages() -> frozenset[str]:
    """The names of all functions and actions of the service."""
    return _lines("messages.txt")


def is_known_message(name: str) -> bool:
    """Whether the service has a function or action of this name."""
    return name in _lines("messages.txt")


def is_known_entity_set(name: str) -> bool:
    """Whether the service, or Project Operations, has an entity set of this name."""
    return name in _lines("entity-sets.txt")


def is_known_property(table: str, name: str) -> bool:
    """Whether tables of the service have a column or navigation property of this name."""
    if name in _COLUMNS_OF_EVERY_TABLE or name in _columns().get(table, frozenset()):
        return True
    is_of_table = name.lower().startswith(f"{table}_")
    return is_of_table and _OF_EVERY_TABLE.fullmatch(name) is not None


@cache
def _lines(file: str) -> frozenset[str]:
    text = resources.files("connector.emulator").joinpath("schemas", file).read_text("utf-8")
    return frozenset(text.split())


@cache
def _columns() -> dict[str, frozenset[str]]:
    """Columns by table, one line a table: its name, a colon, and the names of its columns."""
    text = resources.files("connector.emulator").joinpath("schemas", "known-columns.txt")
    lines = (line.partition(":") for line in text.read_text("utf-8").splitlines() if line)
    return {table: frozenset(names.split()) for table, _, names in lines}
