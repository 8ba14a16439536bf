"""
What users may do, said in few words: a mapping of users to tables, rights and depths.

``{"clerk@contoso.example": {"*": "global", "invoice": {"create": "none"}}}``: a user is named by
user name or application id, ``"*"`` is whoever else calls. A depth is none, basic, local, deep or
global. The more exact word counts: a privilege by its name, then a right of a table, then the
table, then a right of all tables, then all.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from connector.emulator.schema.privileges import PARENTS, all_privileges, privileges_of
from connector.emulator.schema.rights import Depth, Right, depth_named

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from connector.emulator.schema.model import Schema, Table
    from connector.emulator.schema.privileges import Privilege

EVERYTHING: Final = "administrator"
EVERYBODY: Final = "*"
_ALL: Final = "*"
_NONE: Final = "none"
_RIGHTS: Final = {right.value.lower(): right for right in Right}
_DEPTHS: Final = f"'{_NONE}', " + ", ".join(f"'{depth.name.lower()}'" for depth in Depth)


class PrivilegesError(Exception):
    """What users may do cannot be understood; *problems* holds one sentence for each fault."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("the privileges cannot be used:\n  " + "\n  ".join(problems))
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowed:
    """What one user may do: everything, or these privileges by name to these depths."""

    user: str
    is_administrator: bool
    depths: Mapping[str, Depth]


def read_privileges(source: Mapping[str, Any] | Path, schema: Schema) -> tuple[Allowed, ...]:
    """
    What a mapping or a JSON file says; raises `PrivilegesError` with every fault found.

    A depth that a table's privileges cannot have is a fault, unless it is said of all tables:
    then the next deeper one counts.
    """
    document = _document(source)
    reader = _Reader(schema)
    found = [reader.user(str(name), words) for name, words in document.items()]
    if reader.problems:
        raise PrivilegesError(reader.problems)
    return tuple(found)


def _document(source: Mapping[str, Any] | Path) -> Mapping[str, Any]:
    if not isinstance(source, Path):
        return source
    try:
        document = json.loads(source.read_text(encoding="utf-8"))
    except OSError as error:
        raise PrivilegesError([f"{source}: {error.strerror}"]) from error
    except (ValueError, RecursionError) as error:
        raise PrivilegesError([f"{source}: not JSON: {error}"]) from error
    if not isinstance(document, dict):
        raise PrivilegesError([f"{source}: an object of users was expected"])
    return document


class _Reader:
    """Reads the words for one user after the other, and notes what cannot be."""

    def __init__(self, schema: Schema) -> None:
        self._schema = schema
        self._known = all_privileges(schema)
        self._by_name = {name.casefold(): one for name, one in self._known.items()}
        self.problems: list[str] = []

    def user(self, name: str, words: object) -> Allowed:
        """What one user may do."""
        if words == EVERYTHING:
            return Allowed(user=name, is_administrator=True, depths={})
        depths: dict[str, Depth | None] = {}
        exact: dict[str, Depth | None] = {}
        for place, key, value in self._parts(name, words):
            if key == _ALL:
                depths |= dict(self._of_all(place, value))
            elif key.casefold().startswith("prv"):
                exact |= self._checked(place, self._named(place, key, value))
            else:
                found = self._checked(place, self._of_table(place, key, value))
                self._refuse_two(place, exact, found)
                exact |= found
        granted = {one: depth for one, depth in (depths | exact).items() if depth is not None}
        return Allowed(user=name, is_administrator=False, depths=granted)

    def _parts(self, name: str, words: object) -> Iterator[tuple[str, str, object]]:
        """The keys and words of a user; those of privileges come last, because they count most."""
        if not isinstance(words, dict):
            yield f"'{name}'", _ALL, words
            return
        for key in sorted(map(str, words), key=lambda one: one.casefold().startswith("prv")):
            yield f"'{name}', '{key}'", key, words[key]

    def _checked(
        self, place: str, found: Iterator[tuple[Privilege, Depth | None]]
    ) -> dict[str, Depth | None]:
        checked: dict[str, Depth | None] = {}
        for one, depth in found:
            if depth is not None and not one.can_be(depth):
                self.problems.append(
                    f"{place}: {one.name} is held to '{one.shallowest.name.lower()}' or deeper, "
                    f"not to '{depth.name.lower()}'"
                )
            checked[one.name] = depth
        return checked

    def _refuse_two(
        self, place: str, exact: Mapping[str, Depth | None], found: Mapping[str, Depth | None]
    ) -> None:
        """Note privileges that two tables share and that are said to have different depths."""
        for name, depth in found.items():
            if name in exact and exact[name] is not depth:
                self.problems.append(f"{place}: another table gives {name} another depth")

    def _of_all(self, place: str, value: object) -> Iterator[tuple[str, Depth | None]]:
        """Every privilege to a depth, a shallower one than it can have made as deep as it must."""
        by_right = dict(self._by_right(place, value))
        for name, one in self._known.items():
            key = one.right if one.right in by_right else None
            depth = by_right.get(key)
            yield name, None if depth is None else max(depth, one.shallowest)

    def _named(
        self, place: str, key: str, value: object
    ) -> Iterator[tuple[Privilege, Depth | None]]:
        one = self._by_name.get(key.casefold())
        if one is None:
            self.problems.append(f"{place}: there is no privilege of that name")
        else:
            yield one, self._depth(place, value)

    def _of_table(
        self, place: str, key: str, value: object
    ) -> Iterator[tuple[Privilege, Depth | None]]:
        table = self._schema.tables.get(key)
        privileges = privileges_of(table) if table else ()
        if not privileges:
            self.problems.append(f"{place}: {_no_privileges(table)}")
            return
        by_right = dict(self._by_right(place, value))
        known = {one.right: one for one in privileges}
        for right in by_right:
            if right is not None and right not in known:
                self.problems.append(f"{place}: there is no privilege to {right.value.lower()}")
        for right, one in known.items():
            if right in by_right or None in by_right:
                yield one, by_right[right if right in by_right else None]

    def _by_right(self, place: str, value: object) -> Iterator[tuple[Right | None, Depth | None]]:
        """Depths by right; None stands for the rights that are not named."""
        if not isinstance(value, dict):
            yield None, self._depth(place, value)
            return
        for word, depth in value.items():
            right = _RIGHTS.get(str(word).lower())
            if right is None and word != _ALL:
                names = ", ".join(_RIGHTS)
                self.problems.append(f"{place}: '{word}' is no right; there are {names}")
            else:
                yield right, self._depth(f"{place}, '{word}'", depth)

    def _depth(self, place: str, value: object) -> Depth | None:
        text = value if isinstance(value, str) else ""
        depth = depth_named(text)
        if depth is None and text.lower() != _NONE:
            self.problems.append(f"{place}: {value!r} is no depth; expected was {_DEPTHS}")
        return depth


def _no_privileges(table: Table | None) -> str:
    if table is None:
        return "there is no table of that name"
    link = PARENTS.get(table.logical_name)
    if link is None:
        return "the table has no privileges"
    parent = table.columns[link].targets[0] if link in table.columns else "its parent"
    return f"the table has no privileges of its own; those of '{parent}' decide"
