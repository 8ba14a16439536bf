"""Which privileges a user holds, and which one gives a right to the rows of a table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import TYPE_CHECKING, TypeAlias
from urllib.parse import quote as percent_encode

from connector.dataverse.errors import DataverseError, MalformedAnswer, NotFound
from connector.dataverse.message import Method, Request, RetrySafety
from connector.dataverse.query import quote
from connector.dataverse.values import dumps, read_guid

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from uuid import UUID

    from connector.dataverse.batching import BatchAnswer
    from connector.dataverse.client import DataverseClient
    from connector.dataverse.message import JsonValue, Row

_CRM = "Microsoft.Dynamics.CRM."
_NAMES_PER_REQUEST = 40


class Right(StrEnum):
    """What a privilege lets a user do with rows, by the service's word for it."""

    CREATE = "Create"
    READ = "Read"
    WRITE = "Write"
    DELETE = "Delete"
    APPEND = "Append"
    APPEND_TO = "AppendTo"
    ASSIGN = "Assign"


class Depth(IntEnum):
    """Whose rows a privilege reaches, the least first; a record filter lets some rows through."""

    RECORD_FILTER = 0
    BASIC = 1
    LOCAL = 2
    DEEP = 3
    GLOBAL = 4

    @property
    def word(self) -> str:
        """The service's word for it."""
        return "".join(part.capitalize() for part in self.name.split("_"))


#: How deep a user holds privileges, by their ids.
Depths: TypeAlias = "Mapping[UUID, Depth]"


@dataclass(frozen=True, slots=True, kw_only=True)
class TablePrivilege:
    """The privilege that gives a right to the rows of one table; *least* is its lowest depth."""

    id: UUID
    name: str
    right: Right
    least: Depth


def user_privileges(client: DataverseClient, user_id: UUID) -> Depths:
    """
    The privileges of a user by their ids.

    What only a team gives is answered with the depth Basic, whatever its depth is (page
    `RetrieveUserPrivileges`); `effective_depths` tells that of single ones.
    """
    return _depths(client.function(_CRM + "RetrieveUserPrivileges", bound_to=_user(user_id)))


def effective_depths(client: DataverseClient, user_id: UUID, names: Sequence[str]) -> Depths:
    """Those privileges of *names* that a user holds, by id, with what its teams give counted."""
    found: dict[UUID, Depth] = {}
    for at in range(0, len(names), _NAMES_PER_REQUEST):
        texts = percent_encode(dumps(list(names[at : at + _NAMES_PER_REQUEST])), safe="")
        message = f"{_CRM}RetrieveUserSetOfPrivilegesByNames(PrivilegeNames=@names)"
        found |= _depths(client.read_object(_get(f"{_user(user_id)}/{message}?@names={texts}")))
    return found


def table_privileges(
    client: DataverseClient, tables: Sequence[str], optional: Collection[str] = ()
) -> Mapping[str, tuple[TablePrivilege, ...]]:
    """
    The privileges of each table; a child table has none of its own.

    A table of *optional* that the tenant lacks is not in the answer; any other raises `NotFound`,
    as all do where the service does not tell privileges.
    """
    answers = client.batch([_definition(name) for name in tables], continue_on_error=True)
    found = zip(tables, answers, strict=True)
    return {
        name: tuple(_privileges(answer))
        for name, answer in found
        if name not in optional or not isinstance(answer, NotFound)
    }


def _user(user_id: UUID) -> str:
    return f"systemusers({user_id})"


def _definition(table: str) -> Request:
    return _get(f"EntityDefinitions(LogicalName={quote(table)})/Privileges")


def _get(path: str) -> Request:
    return Request(method=Method.GET, path=path, retry=RetrySafety.SAFE)


def _privileges(answer: BatchAnswer) -> Iterator[TablePrivilege]:
    if isinstance(answer, DataverseError):
        raise answer
    for row in _rows(answer.json_object(), "value"):
        kind = row.get("PrivilegeType")
        if kind in set(Right):
            yield TablePrivilege(
                id=read_guid(row.get("PrivilegeId")),
                name=_text(row, "Name"),
                right=Right(_text(row, "PrivilegeType")),
                least=next((d for d in Depth if row.get(f"CanBe{d.word}")), Depth.GLOBAL),
            )


def _depths(answer: Row) -> Depths:
    found: dict[UUID, Depth] = {}
    for row in _rows(answer, "RolePrivileges"):
        privilege, depth = read_guid(row.get("PrivilegeId")), _depth(row)
        found[privilege] = max(depth, found.get(privilege, depth))
    return found


def _depth(row: Row) -> Depth:
    word = _text(row, "Depth")
    found = next((depth for depth in Depth if depth.word == word), None)
    if found is None:
        message = f"the depth of privilege {row.get('PrivilegeId')} is unknown: {word!r}"
        raise MalformedAnswer(message)
    return found


def _rows(answer: Row, name: str) -> Sequence[Row]:
    value: JsonValue = answer.get(name)
    if isinstance(value, list) and all(isinstance(item, Mapping) for item in value):
        return [item for item in value if isinstance(item, Mapping)]
    message = f"privileges: {name} is no list of objects: {value!r:.80}"
    raise MalformedAnswer(message)


def _text(row: Row, name: str) -> str:
    value = row.get(name)
    if isinstance(value, str):
        return value
    message = f"privileges: {name} is no text: {value!r:.80}"
    raise MalformedAnswer(message)
