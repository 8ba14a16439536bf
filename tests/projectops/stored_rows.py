"""A far side that holds rows as values: it answers reads of them and carries out change sets."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from email import message_from_bytes
from email.message import Message
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from connector.dataverse.client import DataverseClient
from connector.dataverse.errors import Ambiguous, DataverseError
from connector.dataverse.limiter import Limiter
from connector.dataverse.message import Headers, Request, Response
from connector.dataverse.values import dumps
from connector.mapping import load_mapping
from connector.projectops.mapped_names import mapped_tables
from tests.dataverse.far_side import ROOT, FarSide, answer, error, multipart
from tests.projectops.tables import described

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

MAPPING = load_mapping()
KEYS = {table.set: table.id for _, table in mapped_tables(MAPPING)}
COLUMNS = {info.entity_set: tuple(info.attributes) for info in described(MAPPING).values()}

_IN = re.compile(r"Microsoft\.Dynamics\.CRM\.In\(PropertyName='(\w+)',PropertyValues=\[(.*)\]\)")
_EQUAL = re.compile(r"([\w/]+) eq ([0-9a-f-]{36})")
_ROW = re.compile(r"(\w+)\(([0-9a-fA-F-]{36})\)")

#: What happens to the next write: an answer or failure instead of it; None to carry it out.
Fault = Callable[["StoredRows", Request], Response | DataverseError | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """One operation that came in; *path* is readable and relative to the service root."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: Mapping[str, Any] | None = None
    content_id: str | None = None

    @property
    def target(self) -> str:
        """Method and address, for comparing whole change sets at a glance."""
        return f"{self.method} {self.path}"


def carried_out_but_lost(far: StoredRows, request: Request) -> DataverseError:
    """The server acts, and its answer is lost."""
    far.write(request)
    return Ambiguous("no whole answer", may_have_acted=True)


def lost_before_it_acted(_far: StoredRows, _request: Request) -> DataverseError:
    """The answer is lost, and the server has not acted."""
    return Ambiguous("no whole answer", may_have_acted=True)


def refused(status: int, code: str = "0x80040265", message: str = "a plug-in says no") -> Fault:
    """The change set is refused."""
    return lambda _far, _request: multipart(error(status, code, message))


def meanwhile(act: Callable[[StoredRows], object]) -> Fault:
    """Somebody else acts first; then the write has its turn."""

    def fault(far: StoredRows, _request: Request) -> None:
        act(far)

    return fault


class StoredRows:
    """
    Rows by entity set and id, as the Web API shows them.

    Filters by ids are understood (`In`, and `eq` joined by `or`); with any other filter all rows
    of the set are found. A selected column that a row lacks is empty, unless it is among
    *absent*: then it is missing in the answer.
    """

    def __init__(self, **tables: Sequence[Mapping[str, Any]]) -> None:
        self.tables: dict[str, dict[str, dict[str, Any]]] = {}
        self.absent: set[str] = set()
        self.faults: list[Fault] = []
        self.read_faults: list[Response | DataverseError | None] = []
        self.change_sets: list[tuple[Sent, ...]] = []
        self.reads: list[Sent] = []
        self.version = 1
        self.transport = FarSide(self._answer)
        self.client = DataverseClient(self.transport, None, Limiter(4))
        for entity_set, rows in tables.items():
            for row in rows:
                self.put(entity_set, row)

    def put(self, entity_set: str, row: Mapping[str, Any]) -> None:
        """Store *row*, whose version is 1 unless it says another one."""
        stored = {"@odata.etag": 'W/"1"', **row}
        self.tables.setdefault(entity_set, {})[str(row[KEYS[entity_set]])] = stored

    def row(self, entity_set: str, row_id: UUID) -> Mapping[str, Any]:
        """The row as it is now."""
        return self.tables[entity_set][str(row_id)]

    def has(self, entity_set: str, row_id: UUID) -> bool:
        """Whether the row exists."""
        return str(row_id) in self.tables.get(entity_set, {})

    def change(self, entity_set: str, row_id: UUID, **columns: Any) -> None:
        """Somebody else changes a row: it has a new version."""
        self.version += 1
        self.tables[entity_set][str(row_id)] |= {
            **columns,
            "@odata.etag": f'W/"{self.version}"',
        }

    def delete(self, entity_set: str, row_id: UUID) -> None:
        """Somebody else deletes a row."""
        del self.tables[entity_set][str(row_id)]

    @property
    def targets(self) -> list[list[str]]:
        """Method and address of each operation, change set by change set."""
        return [[sent.target for sent in change_set] for change_set in self.change_sets]

    def _answer(self, request: Request) -> Response | DataverseError:
        if request.path != "$batch":
            return self._read(_sent(request.method, request.path, request.headers))
        items = _parts(request)
        if not any(item.is_multipart() for item in items):
            fault = self.read_faults.pop(0) if self.read_faults else None
            return fault or multipart(*(self._read(_operation(item)) for item in items))
        fault_of_write = self.faults.pop(0) if self.faults else None
        known = len(self.change_sets)
        told = fault_of_write(self, request) if fault_of_write else None
        if told is None:
            return self.write(request)
        if len(self.change_sets) == known:
            self.change_sets.append(_operations(items))
        return told

    def write(self, request: Request) -> Response:
        """Carry out the change set of *request*, as a whole or not at all."""
        operations = _operations(_parts(request))
        self.change_sets.append(operations)
        before = copy.deepcopy(self.tables)
        for sent in operations:
            failure = self._carry_out(sent)
            if failure is not None:
                self.tables = before
                return multipart(failure)
        return _all_done(len(operations))

    def _carry_out(self, sent: Sent) -> Response | None:
        body = sent.body or {}
        found = _ROW.fullmatch(sent.path)
        entity_set = found[1] if found else sent.path
        key = found[2] if found else str(body[KEYS[entity_set]])
        rows = self.tables.setdefault(entity_set, {})
        row = rows.get(key)
        if sent.method == "POST" or sent.headers.get("If-None-Match") == "*":
            if row is not None:
                return error(412, "0x80060892", "a record with matching key values exists")
            row = rows[key] = {KEYS[entity_set]: key}
        elif row is None:
            return error(404, "0x80040217", f"{entity_set} with id {key} does not exist")
        elif sent.headers.get("If-Match", "*") not in ("*", row["@odata.etag"]):
            return error(412, "0x80060882", "the version of the row does not match")
        if sent.method == "DELETE":
            del rows[key]
            return None
        self.version += 1
        row |= {**_columns(entity_set, body), "@odata.etag": f'W/"{self.version}"'}
        return None

    def _read(self, sent: Sent) -> Response:
        self.reads.append(sent)
        address, _, text = sent.path.partition("?")
        options = dict(option.split("=", 1) for option in text.split("&")) if text else {}
        rows = self.tables.get(address, {}).values()
        found = [row for row in rows if _is_wanted(row, options.get("$filter"))]
        return answer(body=dumps({"value": [self._shown(address, row, options) for row in found]}))

    def _shown(
        self, entity_set: str, row: Mapping[str, Any], options: Mapping[str, str]
    ) -> Mapping[str, Any]:
        if "$select" not in options:
            every = {**dict.fromkeys(COLUMNS[entity_set]), **row}
            return {name: value for name, value in every.items() if name not in self.absent}
        columns = options["$select"].split(",")
        expanded = [name for name in row if name in options.get("$expand", "")]
        shown = {name: row.get(name) for name in columns if name not in self.absent}
        marks = {name: row[name] for name in row if name.split("@")[0] in columns and "@" in name}
        return {
            "@odata.etag": row["@odata.etag"],
            **shown,
            **marks,
            **{name: row[name] for name in expanded},
        }


def _is_wanted(row: Mapping[str, Any], condition: str | None) -> bool:
    """Whether *row* has an id that the filter asks for; a filter without ids wants every row."""
    text = condition or ""
    listed = _IN.fullmatch(text)
    if listed:
        return str(row.get(listed[1])).lower() in [
            item.lower() for item in json.loads(f"[{listed[2]}]")
        ]
    terms = [_EQUAL.fullmatch(term.strip("()")) for term in text.split(" or ")]
    wanted = [(term[1], term[2]) for term in terms if term is not None]
    return len(wanted) < len(terms) or any(_at(row, path) == value for path, value in wanted)


def _at(row: Any, path: str) -> Any:
    for name in path.split("/"):
        row = row[name] if isinstance(row, Mapping) and name in row else {}
    return row


def _columns(entity_set: str, body: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a written row shows afterwards: bound rows as the ids of their lookups."""
    found: dict[str, Any] = {}
    for name, value in body.items():
        navigation, bound, _ = name.partition("@odata.bind")
        if not bound:
            found[name] = value
            continue
        target = None if value is None else _ROW.search(str(value))
        found[f"_{_column(entity_set, navigation)}_value"] = target[2] if target else None
    return found


def _column(entity_set: str, navigation: str) -> str:
    """The lookup column behind a navigation property."""
    if entity_set == MAPPING.invoice.set and navigation.startswith("customerid_"):
        return MAPPING.invoice.customer
    return navigation.lower()


def _parts(request: Request) -> list[Message]:
    kind = request.header("Content-Type") or ""
    whole = message_from_bytes(f"Content-Type: {kind}\r\n\r\n".encode() + (request.body or b""))
    return [part for part in whole.get_payload() if isinstance(part, Message)]


def _operations(items: Sequence[Message]) -> tuple[Sent, ...]:
    return tuple(
        _operation(part)
        for item in items
        for part in item.get_payload()
        if isinstance(part, Message)
    )


def _operation(part: Message) -> Sent:
    payload = part.get_payload(decode=True)
    assert isinstance(payload, bytes)
    head, _, body = payload.partition(b"\r\n\r\n")
    line, *lines = head.decode().split("\r\n")
    method, address, _ = line.split(" ")
    headers = [tuple(item.split(": ", 1)) for item in lines]
    sent = _sent(method, address.split("/v9.2/")[-1], headers)  # type: ignore[arg-type]
    written = json.loads(body, parse_float=Decimal) if body.strip() else None
    return Sent(
        method=sent.method,
        path=sent.path,
        headers=sent.headers,
        body=written,
        content_id=part["Content-ID"],
    )


def _sent(method: str, path: str, headers: Sequence[tuple[str, str]]) -> Sent:
    readable = unquote(path.removeprefix(ROOT))
    kept = {name: value for name, value in headers if name.startswith(("If-", "Prefer"))}
    return Sent(method=str(method), path=readable, headers=kept)


def _all_done(count: int) -> Response:
    """The answer that every operation of one change set was carried out."""
    part = b"Content-Type: application/http\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n"
    inner = b"".join(b"--c\r\n" + part + b"\r\n" for _ in range(count)) + b"--c--\r\n"
    outer = b"--b\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\n" + inner + b"--b--\r\n"
    kind = Headers((("Content-Type", "multipart/mixed; boundary=b"),))
    return Response(status=200, headers=kind, body=outer)
