"""A cassette against an emulator: the same requests, and where it answers otherwise."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from connector.cassette.exchange import ORIGIN
from connector.cassette.http import RawRequest, is_textual, moved, send
from connector.cassette.multipart import is_multipart, parts_of
from connector.cassette.shapes import Gap, Reply, gaps

if TYPE_CHECKING:
    from collections.abc import Iterator

    from connector.cassette.exchange import Cassette, Exchange
    from connector.cassette.http import RawResponse

_ADDRESS: Final = re.compile(r"\(([0-9a-fA-F-]{36})\)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One recorded exchange and where the emulator answers otherwise."""

    exchange: Exchange
    gaps: tuple[Gap, ...]


def compare_cassette(cassette: Cassette, emulator: str) -> Iterator[Compared]:
    """
    Each exchange in its order, sent to the emulator that listens at the address *emulator*.

    Ids, versions and links that the emulator gives stand in for the recorded ones in what is sent
    afterwards. Raises `Unreachable`.
    """
    known: dict[str, str] = {}
    for exchange in cassette.exchanges:
        request = _request(exchange, emulator, known)
        answer = send(emulator, request)
        recorded = Reply(
            status=exchange.response.status,
            headers=exchange.response.headers,
            body=exchange.response.content,
        )
        emulated = _reply(answer, emulator)
        yield Compared(exchange=exchange, gaps=tuple(gaps(recorded, emulated)))
        known |= dict(_learned(recorded, emulated))


def _request(exchange: Exchange, emulator: str, known: dict[str, str]) -> RawRequest:
    recorded = exchange.request
    headers = {n: _known(moved(v, ORIGIN, emulator), known) for n, v in recorded.headers.items()}
    body = recorded.content
    if is_textual(tuple(recorded.headers.items())):
        body = _known(moved(body.decode(), ORIGIN, emulator), known).encode()
    return RawRequest(
        method=recorded.method,
        target=_known(moved(recorded.target, ORIGIN, emulator), known),
        headers=tuple(headers.items()),
        body=body,
    )


def _known(text: str, known: dict[str, str]) -> str:
    """*text* with the emulator's own words for what it has named itself, all at once."""
    if not known:
        return text
    longest_first = sorted(known, key=len, reverse=True)
    pattern = re.compile("|".join(map(re.escape, longest_first)))
    return pattern.sub(lambda match: known[match[0]], text)


def _reply(answer: RawResponse, emulator: str) -> Reply:
    headers = {name.lower(): moved(value, emulator, ORIGIN) for name, value in answer.headers}
    body = answer.body
    if is_textual(answer.headers):
        body = moved(body.decode("utf-8", "replace"), emulator, ORIGIN).encode()
    return Reply(status=answer.status, headers=headers, body=body)


def _learned(recorded: Reply, emulated: Reply) -> Iterator[tuple[str, str]]:
    """Pairs of a recorded text and the emulator's for the same thing."""
    yield from _of_headers(recorded, emulated)
    kind = recorded.headers.get("content-type", "")
    if is_multipart(kind) and is_multipart(emulated.headers.get("content-type")):
        theirs = parts_of(kind, recorded.body)
        ours = parts_of(emulated.headers["content-type"], emulated.body)
        for left, right in zip(theirs, ours, strict=False):
            pair = [Reply(status=0, headers=each.headers, body=each.body) for each in (left, right)]
            yield from _learned(pair[0], pair[1])
    else:
        yield from _of_documents(_document(recorded.body), _document(emulated.body))


def _of_headers(recorded: Reply, emulated: Reply) -> Iterator[tuple[str, str]]:
    left, right = (
        _ADDRESS.search(each.headers.get("odata-entityid", "")) for each in (recorded, emulated)
    )
    if left and right:
        yield left[1], right[1]
    etags = [each.headers.get("etag") for each in (recorded, emulated)]
    if etags[0] and etags[1]:
        yield etags[0], etags[1]


def _of_documents(left: object, right: object) -> Iterator[tuple[str, str]]:
    """The link to a next page, and the versions of rows that stand at the same place."""
    if not isinstance(left, dict) or not isinstance(right, dict):
        return
    links = [str(each.get("@odata.nextLink", "")).removeprefix(ORIGIN) for each in (left, right)]
    if links[0] and links[1]:
        yield links[0], links[1]
    rows = [each.get("value") for each in (left, right)]
    lists = [each if isinstance(each, list) else [] for each in rows]
    for one, other in ((left, right), *zip(lists[0], lists[1], strict=False)):
        etags = (_etag(one), _etag(other))
        if etags[0] and etags[1]:
            yield etags[0], etags[1]


def _etag(row: object) -> str:
    found = row.get("@odata.etag") if isinstance(row, dict) else None
    return found if isinstance(found, str) else ""


def _document(body: bytes) -> object:
    try:
        return json.loads(body)
    except ValueError:
        return None
