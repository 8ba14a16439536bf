"""The rows that a tenant had before anything was written to it, as far as reads show them."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

from connector.cassette.multipart import is_multipart, parts_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from connector.cassette.exchange import Cassette, Exchange

Rows = dict[str, list[dict[str, object]]]

_CONTEXT: Final = re.compile(r"\$metadata#(\w+)(?:\([^)]*\))?(?:/\$entity)?")
_ADDRESS: Final = re.compile(r"/api/data/v9\.\d/(\w+)\(([0-9a-fA-F-]{36})\)")
_GUID: Final = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def seed_of(cassette: Cassette) -> Rows:
    """
    The rows of all reads as they were seen first, without those that the cassette itself created.

    Rows within `$expand` are not taken.
    """
    known: set[str] = set()
    found: Rows = {}
    for exchange in cassette.exchanges:
        for entity_set, row in _rows(exchange):
            key = _key(row)
            if key is not None and key not in known:
                known.add(key)
                found.setdefault(entity_set, []).append(_plain(row))
        known |= _written(exchange)
    return found


def _rows(exchange: Exchange) -> Iterator[tuple[str, dict[str, object]]]:
    response = exchange.response
    kind = response.headers.get("content-type", "")
    if is_multipart(kind):
        for part in parts_of(kind, response.content):
            if " 200 " in f"{part.line} ":
                yield from _of_document(part.body)
    elif exchange.request.method == "GET" and response.status == 200:  # noqa: PLR2004 - read
        yield from _of_document(response.content)


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


def _key(row: dict[str, object]) -> str | None:
    """Every id of a row that is no lookup's; one of them is its own."""
    ids = [
        value.lower()
        for name, value in row.items()
        if isinstance(value, str) and _GUID.fullmatch(value) and not name.startswith("_")
    ]
    return ids[0] if ids else None


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
