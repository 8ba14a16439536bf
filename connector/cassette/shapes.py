"""Whether two answers have the same shape: members and their types, not their values."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from connector.cassette.multipart import is_multipart, parts_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

#: Headers whose value is compared, and those of which only the presence is.
_SAME: Final = ("odata-version", "preference-applied", "allow")
_PRESENT: Final = ("odata-entityid", "location", "etag", "retry-after", "content-disposition")
#: Members whose number or presence depends on the rows that are there.
_OPTIONAL: Final = ("@odata.nextLink", "@Microsoft.Dynamics.CRM.morerecords")
_ADVICE: Final = re.compile(r"@Microsoft\.PowerApps\.CDS\.\w+")
_CONTEXT: Final = "@odata.context"
_STATUS: Final = re.compile(r"HTTP/\d(?:\.\d)? (\d{3})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An answer as far as it is compared; headers are by lower-case name."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """One difference: what of the answer, as recorded, and as the emulator has it."""

    what: str
    recorded: str
    emulated: str


def gaps(recorded: Reply, emulated: Reply) -> Iterator[Gap]:
    """Each difference of status, headers that matter, and shape of the body."""
    if recorded.status != emulated.status:
        text = emulated.body[:200].decode("utf-8", "replace")
        yield Gap(
            what="status",
            recorded=str(recorded.status),
            emulated=f"{emulated.status} {text}".strip(),
        )
        return
    yield from _header_gaps(recorded.headers, emulated.headers)
    yield from _body_gaps(recorded, emulated)


def _header_gaps(recorded: Mapping[str, str], emulated: Mapping[str, str]) -> Iterator[Gap]:
    pairs = [(name, recorded.get(name), emulated.get(name)) for name in _SAME]
    pairs.append(("content-type", _media(recorded), _media(emulated)))
    pairs += [(name, _whether(name in recorded), _whether(name in emulated)) for name in _PRESENT]
    for name, left, right in pairs:
        if left != right:
            yield Gap(what=f"header {name}", recorded=left or "none", emulated=right or "none")


def _whether(is_there: bool) -> str | None:  # noqa: FBT001 - asked for each header
    return "there" if is_there else None


def _media(headers: Mapping[str, str]) -> str | None:
    value = headers.get("content-type")
    return None if value is None else value.partition(";")[0].strip().lower()


def _body_gaps(recorded: Reply, emulated: Reply) -> Iterator[Gap]:
    kind = recorded.headers.get("content-type", "")
    if is_multipart(kind):
        yield from _batch_gaps(recorded, emulated)
        return
    if "json" not in kind:
        if bool(recorded.body) != bool(emulated.body):
            sizes = (f"{len(each.body)} bytes" for each in (recorded, emulated))
            yield Gap(what="body", recorded=next(sizes), emulated=next(sizes))
        return
    left, right = _document(recorded.body), _document(emulated.body)
    yield from _error_gaps(left, right)
    yield from _unique(_value_gaps("body", left, right))


def _batch_gaps(recorded: Reply, emulated: Reply) -> Iterator[Gap]:
    ours, theirs = (
        parts_of(each.headers.get("content-type", ""), each.body) for each in (emulated, recorded)
    )
    if len(ours) != len(theirs):
        counts = (f"{len(theirs)} answers", f"{len(ours)} answers")
        yield Gap(what="batch", recorded=counts[0], emulated=counts[1])
        return
    for number, (left, right) in enumerate(zip(theirs, ours, strict=True), start=1):
        replies = (
            Reply(status=_status(part.line), headers=part.headers, body=part.body)
            for part in (left, right)
        )
        for gap in gaps(next(replies), next(replies)):
            yield Gap(
                what=f"answer {number} of the batch: {gap.what}",
                recorded=gap.recorded,
                emulated=gap.emulated,
            )


def _status(line: str) -> int:
    found = _STATUS.match(line)
    return int(found[1]) if found else 0


def _document(body: bytes) -> object:
    try:
        return json.loads(body or b"null")
    except ValueError:
        return body[:80].decode("utf-8", "replace")


def _error_gaps(left: object, right: object) -> Iterator[Gap]:
    codes = [_code(document) for document in (left, right)]
    if codes[0] != codes[1]:
        yield Gap(what="error code", recorded=codes[0] or "none", emulated=codes[1] or "none")


def _code(document: object) -> str | None:
    error = document.get("error") if isinstance(document, dict) else None
    return str(error.get("code")) if isinstance(error, dict) else None


def _value_gaps(place: str, left: object, right: object) -> Iterator[Gap]:
    """Null stands for a value of any type."""
    if left is None or right is None:
        return
    if isinstance(left, dict) and isinstance(right, dict):
        yield from _member_gaps(place, left, right)
    elif isinstance(left, list) and isinstance(right, list):
        yield from _row_gaps(place, left, right)
    elif _type(left) != _type(right):
        yield Gap(what=place, recorded=_type(left), emulated=_type(right))


def _member_gaps(place: str, left: dict[str, object], right: dict[str, object]) -> Iterator[Gap]:
    for name in sorted(left.keys() ^ right.keys()):
        if not name.endswith(_OPTIONAL) and not _ADVICE.fullmatch(name):
            here = ("there", "missing") if name in left else ("missing", "there")
            yield Gap(what=f"{place}.{name}", recorded=here[0], emulated=here[1])
    for name in sorted(left.keys() & right.keys()):
        if name == _CONTEXT:
            contexts = [str(each[name]).partition("#")[2] for each in (left, right)]
            if contexts[0] != contexts[1]:
                yield Gap(what=f"{place}.{name}", recorded=contexts[0], emulated=contexts[1])
        else:
            yield from _value_gaps(f"{place}.{name}", left[name], right[name])


def _row_gaps(place: str, left: list[object], right: list[object]) -> Iterator[Gap]:
    """Rows are compared with all members that any of them has: some stand on some rows only."""
    if not left or not right:
        if bool(left) != bool(right):
            yield Gap(what=place, recorded=f"{len(left)} rows", emulated=f"{len(right)} rows")
        return
    yield from _value_gaps(f"{place}[]", _together(left), _together(right))


def _together(rows: Iterable[object]) -> object:
    found: object = None
    for row in rows:
        if isinstance(row, dict):
            earlier = found if isinstance(found, dict) else {}
            found = earlier | {k: v for k, v in row.items() if v is not None or k not in earlier}
        elif found is None:
            found = row
    return found


def _type(value: object) -> str:
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, int | float):
        return "a number"
    if isinstance(value, str):
        return "a text"
    return "an object" if isinstance(value, dict) else "a list"


def _unique(found: Iterable[Gap]) -> Iterator[Gap]:
    return iter(dict.fromkeys(found))
