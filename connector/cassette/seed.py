"""The rows that a tenant had before anything was written to it, as far as reads show them."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

from connector.cassette.conditions import filtered_values
from connector.cassette.multipart import is_multipart, parts_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from connector.cassette.exchange import Cassette, Exchange

Rows = dict[str, list[dict[str, object]]]

_CONTEXT: Final = re.compile(r"\$metadata#(\w+)(?:\([^)]*\))?(?:/\$entity)?")
_ADDRESS: Final = re.compile(r"/api/data/v9\.\d/(\w+)\(([0-9a-fA-F-]{36})\)")
_BIND: Final = re.compile(
    r'@odata\.(?:bind|id)"\s*:\s*"(?:https?://[^"/]+/api/data/v9\.\d)?/?'
    r"(\w+)\(([0-9a-fA-F-]{36})\)"
)
_REFUSED: Final = 400
_GUID: Final = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def seed_of(cassette: Cassette) -> Rows:
    """
    The rows of all reads as they were seen first, without those that the cassette itself created.

    Rows within `$expand` are not taken. A column that was not selected has the value that the
    filter of the read demands, where it demands one.
    """
    written: set[str] = set()
    found: dict[str, dict[str, dict[str, object]]] = {}
    for exchange in cassette.exchanges:
        for entity_set, row in _rows(exchange):
            key = _key(entity_set, row)
            if key is not None and key not in written:
                earlier = found.setdefault(entity_set, {}).get(key, {})
                found[entity_set][key] = _plain(row) | earlier
        written |= _written(exchange)
    return {name: list(rows.values()) for name, rows in found.items()}


def bound_rows(cassette: Cassette) -> tuple[tuple[str, str], ...]:
    """
    Entity set and id of each row that a write binds a lookup to without it having been written.

    Such a row was there, whether or not it was read. Only writes that were accepted count.
    """
    written: set[str] = set()
    found: dict[tuple[str, str], None] = {}
    for exchange in cassette.exchanges:
        written |= _written(exchange)
        if exchange.response.status < _REFUSED:
            binds = _BIND.finditer(exchange.request.body or "")
            found |= {(m[1], m[2].lower()): None for m in binds if m[2].lower() not in written}
    return tuple(found)


def _rows(exchange: Exchange) -> Iterator[tuple[str, dict[str, object]]]:
    """Rows of an answer, with what the filter of its request says of them besides."""
    request, response = exchange.request, exchange.response
    kind = response.headers.get("content-type", "")
    if is_multipart(kind):
        answers = parts_of(kind, response.content)
        asked = parts_of(request.headers.get("content-type", ""), request.content)
        if len(answers) != len(asked):
            return
        for question, answer in zip(asked, answers, strict=True):
            if " 200 " in f"{answer.line} ":
                target = question.line.partition(" ")[2].rpartition(" HTTP/")[0]
                yield from _completed(target, answer.body)
    elif request.method == "GET" and response.status == 200:  # noqa: PLR2004 - read
        yield from _completed(request.target, response.content)


def _completed(target: str, body: bytes) -> Iterator[tuple[str, dict[str, object]]]:
    values = filtered_values(target)
    for entity_set, row in _of_document(body):
        yield entity_set, {**values, **row}


def _of_document(body: bytes) -> Iterator[tuple[str, dict[str, object]]]:
    try:
        document = json.loads(body)
    except ValueError:
        return
    context = document.get("@odata.context") if isinstance(document, dict) else None
    match = _CONTEXT.search(unquote(context)) if isinstance(context, str) else None
    if match is None or match[1] in {"Collection", "Edm"}:
        return
    rows = document.get("value") if isinstance(document.get("value"), list) else [document]
    for row in rows:
        if isinstance(row, dict) and "@odata.etag" in row:
            yield match[1], row


def _key(entity_set: str, row: dict[str, object]) -> str | None:
    """The id of a row: of its columns that hold one, that which is named as the table is."""
    ids = {
        name: value.lower()
        for name, value in row.items()
        if isinstance(value, str) and _GUID.fullmatch(value) and not name.startswith("_")
    }
    own = [ids[name] for name in ids if entity_set.startswith(name.removesuffix("id")[:-1])]
    return next(iter((*own, *ids.values())), None)


def _plain(row: dict[str, object]) -> dict[str, object]:
    """A row without what stands beside its columns and within expanded ones."""
    is_kept = {
        name: not isinstance(value, dict | list) and not name.startswith("@")
        for name, value in row.items()
    }
    return {name: value for name, value in row.items() if is_kept[name]}


def _written(exchange: Exchange) -> set[str]:
    """The ids of the rows that an exchange has written: they were not there before."""
    texts = [exchange.response.headers.get("odata-entityid", "")]
    kind = exchange.response.headers.get("content-type", "")
    if is_multipart(kind):
        parts = parts_of(kind, exchange.response.content)
        texts += [part.headers.get("odata-entityid", "") for part in parts]
    return {match[2].lower() for text in texts for match in _ADDRESS.finditer(text)}
