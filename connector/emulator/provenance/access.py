"""Provenance of owners, users, roles, privileges and shares."""

from __future__ import annotations

from typing import Final

from connector.emulator.provenance.feature import Evidence, Feature, refused, supported

_OWNERS: Final = "Owners"
_CALLERS: Final = "Callers"
_ACCESS: Final = "Privileges and access"
_MESSAGES: Final = "Messages about roles and shares"
_DOCUMENTED: Final = Evidence.DOCUMENTED
_OBSERVED: Final = Evidence.OBSERVED
_ASSUMED: Final = Evidence.ASSUMED

OWNER_FEATURES: Final[tuple[Feature, ...]] = (
    supported(_OWNERS, "users and teams by ownerid@odata.bind", _DOCUMENTED, "POST, PATCH, $ref"),
    supported(_OWNERS, "owninguser, owningteam, owningbusinessunit", _DOCUMENTED, "follow ownerid"),
    supported(_OWNERS, "binding owninguser or owningteam", _ASSUMED, "sets the owner"),
    supported(_OWNERS, "binding owningbusinessunit", _DOCUMENTED, "the owner's, or any by setting"),
    supported(_OWNERS, "$expand=ownerid", _OBSERVED, "shows ownerid alone, for users and teams"),
    supported(_OWNERS, "two owners in one body, or none", _ASSUMED, "400"),
    supported(_OWNERS, "order and invoice lines belong to the owner above", _DOCUMENTED),
    refused(
        _OWNERS,
        "another business unit without the setting",
        _OBSERVED,
        "501; tenants were seen to ignore it",
    ),
)

CALLER_FEATURES: Final[tuple[Feature, ...]] = (
    supported(
        _CALLERS, "every caller may do everything at first", _ASSUMED, "until one has a role"
    ),
    supported(_CALLERS, "users by application id, user name or object id", _DOCUMENTED),
    supported(_CALLERS, "claims of foreign tokens", _ASSUMED, "believed; no signature is checked"),
    supported(_CALLERS, "a token that is a user's name", _ASSUMED, "of our own, for tests"),
    supported(_CALLERS, "a token of nobody", _DOCUMENTED, "0x80072560 once roles count"),
    supported(_CALLERS, "a token that says nothing", _ASSUMED, "the emulator's own administrator"),
    supported(_CALLERS, "disabled users, 0x80040225", _DOCUMENTED),
    supported(_CALLERS, "users without roles, 0x80042f09", _OBSERVED, "whatever they ask"),
    supported(_CALLERS, "MSCRMCallerID, CallerObjectId", _DOCUMENTED, "what both users may do"),
    supported(_CALLERS, "acting on behalf without privilege, 0x8004A110", _DOCUMENTED),
    supported(_CALLERS, "created and modified on behalf by", _DOCUMENTED),
)

ACCESS_FEATURES: Final[tuple[Feature, ...]] = (
    supported(_ACCESS, "a missing privilege, 403 0x80040220", _OBSERVED, "word for word"),
    supported(_ACCESS, "a row out of reach, 403 0x80048306", _OBSERVED, "word for word"),
    supported(_ACCESS, "an owner who could not read, 403 0x80040299", _OBSERVED, "word for word"),
    supported(_ACCESS, "names of privileges", _DOCUMENTED, "schema name, or the table's own"),
    supported(_ACCESS, "ids of privileges", _ASSUMED, "of our own, unless a seed has a tenant's"),
    supported(_ACCESS, "object type codes in messages", _DOCUMENTED, "custom tables: made up"),
    supported(_ACCESS, "lines and price list items follow their parent", _DOCUMENTED),
    supported(_ACCESS, "activity parties, units follow their parent", _ASSUMED),
    supported(_ACCESS, "basic, local, deep and global depth", _DOCUMENTED),
    supported(_ACCESS, "roles of teams, with and without inheritance", _DOCUMENTED),
    supported(_ACCESS, "copies of roles hold what their root holds", _DOCUMENTED),
    supported(_ACCESS, "System Administrator by its role template", _DOCUMENTED),
    supported(_ACCESS, "reading in part: collections, counts, sums, joins", _DOCUMENTED),
    supported(_ACCESS, "names of lookups to rows out of reach", _ASSUMED, "shown"),
    supported(_ACCESS, "$expand of a row out of reach", _ASSUMED, "null"),
    supported(_ACCESS, "append and append to when a lookup is set", _DOCUMENTED, "not for owners"),
    supported(_ACCESS, "creating for another owner", _ASSUMED, "needs assign and the depth"),
    supported(_ACCESS, "assigning needs the privilege to assign alone", _DOCUMENTED),
    supported(_ACCESS, "deleting in a cascade", _ASSUMED, "needs the privilege for each row"),
    supported(_ACCESS, "tables without an owner and of no organisation", _ASSUMED, "free to read"),
    supported(_ACCESS, "change tracking", _DOCUMENTED, "needs read access to all rows"),
    supported(
        _ACCESS, "writing definitions, publishing, BulkDelete", _DOCUMENTED, "own privileges"
    ),
    supported(_ACCESS, "reading definitions", _ASSUMED, "prvReadEntity, …; $metadata is free"),
    supported(_ACCESS, "what actions of the pack need", _ASSUMED, "what they read and write"),
    supported(_ACCESS, "shares count with the privilege alone", _DOCUMENTED),
    refused(_ACCESS, "hierarchy security, column security, record filters", _DOCUMENTED, "absent"),
    refused(_ACCESS, "access teams", _DOCUMENTED, "AddUserToRecordTeam: 501"),
)

MESSAGE_FEATURES: Final[tuple[Feature, ...]] = (
    supported(_MESSAGES, "EntityDefinitions(…)/Privileges", _DOCUMENTED),
    supported(
        _MESSAGES, "RetrieveUserPrivileges", _DOCUMENTED, "what only teams give is shown as Basic"
    ),
    supported(_MESSAGES, "RetrieveUserPrivilegeBy…, RetrieveUserSetOfPrivilegesBy…", _DOCUMENTED),
    supported(_MESSAGES, "RetrieveTeamPrivileges, RetrieveRolePrivilegesRole", _DOCUMENTED),
    supported(_MESSAGES, "an unknown name of a privilege", _OBSERVED, "400"),
    supported(_MESSAGES, "RetrievePrincipalAccess", _DOCUMENTED, "for who may read the row"),
    supported(_MESSAGES, "GrantAccess, ModifyAccess, RevokeAccess", _DOCUMENTED),
    supported(_MESSAGES, "sharing rights that one has not", _ASSUMED, "refused"),
    supported(_MESSAGES, "RetrieveSharedPrincipalsAndAccess", _DOCUMENTED),
    supported(_MESSAGES, "AddPrivilegesRole, ReplacePrivilegesRole", _DOCUMENTED),
    supported(_MESSAGES, "RemovePrivilegeRole", _DOCUMENTED),
    supported(_MESSAGES, "changing the administrators' role or a copy", _DOCUMENTED, "400"),
    supported(_MESSAGES, "AddMembersTeam, RemoveMembersTeam", _DOCUMENTED),
    supported(_MESSAGES, "roles and members by $ref", _DOCUMENTED, "0x80041409 across units"),
    supported(_MESSAGES, "rows between, written directly", _OBSERVED, "400 or 405, 0x80040800"),
)

ACCESS_AND_OWNERS: Final[tuple[Feature, ...]] = (
    *OWNER_FEATURES,
    *CALLER_FEATURES,
    *ACCESS_FEATURES,
    *MESSAGE_FEATURES,
)
