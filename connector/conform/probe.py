"""The only way in which checks reach an environment: reads, alone or in a batch of reads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from connector.conform.findings import Difference
from connector.dataverse.answers import failure_of
from connector.dataverse.calls import Call
from connector.dataverse.counting import RequestCounter
from connector.dataverse.limiter import Limiter
from connector.dataverse.message import Method, Request, Response, RetrySafety, Row
from connector.dataverse.pipeline import pipeline
from connector.dataverse.retry import RetryPolicy

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from connector.dataverse.transport import Transport

FORMATTED: Final = "OData.Community.Display.V1.FormattedValue"
_PASSING: Final = frozenset({401, 429, 502, 503, 504})
_LEFT_AS_IT_IS: Final = "/()=,'$@:&?;*%"
_SHOWN: Final = 200
_BOUNDARY: Final = "batch_conform"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An answer of any status, with the words to say what is wrong with it."""

    request: str
    response: Response

    @property
    def status(self) -> int:
        """The HTTP status."""
        return self.response.status

    @property
    def text(self) -> str:
        """The body as text."""
        return str(self.response.body, "utf-8", "replace")

    @property
    def row(self) -> Row:
        """The JSON object of the body; raises MalformedAnswer when it is none."""
        return self.response.json_object()

    @property
    def rows(self) -> tuple[Row, ...]:
        """The rows of a list."""
        found = self.row.get("value")
        return tuple(found) if isinstance(found, list) else ()

    @property
    def error(self) -> Row:
        """The error of a refusal, empty when there is none."""
        found = self.row.get("error")
        return found if isinstance(found, dict) else {}

    def header(self, name: str) -> str | None:
        """A header of the answer."""
        return self.response.headers.get(name)

    def same(self, what: str, found: object, expected: object) -> Iterator[Difference]:
        """Yield a difference unless *found* is *expected*."""
        if found != expected:
            yield self.differs(what, found, repr(expected))

    def holds(self, what: str, found: object, expected: str, *, ok: bool) -> Iterator[Difference]:
        """Yield a difference unless *ok*; *expected* is in words."""
        if not ok:
            yield self.differs(what, found, expected)

    def succeeds(self, status: int = 200) -> Iterator[Difference]:
        """Yield a difference unless the status is as expected; a refusal shows its body."""
        if self.status != status:
            yield self.differs("status", f"{self.status} {self.text[:_SHOWN]}", str(status))

    def refuses(self, status: int, code: str, words: str = "") -> Iterator[Difference]:
        """Yield differences from a refusal with this status and code, and *words* in its text."""
        yield from self.same("status", self.status, status)
        if self.status < 400:  # noqa: PLR2004 - no refusal at all, so nothing to compare
            return
        yield from self.same("error code", self.error.get("code"), code)
        message = str(self.error.get("message"))
        yield from self.holds("message", message, f"contains {words!r}", ok=words in message)

    def differs(self, what: str, found: object, expected: str) -> Difference:
        """A difference in this answer."""
        shown = found if isinstance(found, str) else repr(found)
        return Difference(request=self.request, what=what, expected=expected, found=shown[:_SHOWN])


class Probe:
    """
    Reads of one environment.

    Answers of any status come back; only those that pass with time (throttling, gateways) are
    asked for again. Raises `DataverseError` when there is no whole answer.
    """

    def __init__(self, transport: Transport, retry: RetryPolicy | None = None) -> None:
        self._pipeline = pipeline(
            transport,
            tag="",
            policy=retry or RetryPolicy(attempts=3, throttled_attempts=5, budget=300.0),
            limiter=Limiter(1),
            counter=RequestCounter(),
        )

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> Answer:
        """Read *path*, whose blanks and other signs are encoded here."""
        return self.follow(quote(path, safe=_LEFT_AS_IT_IS), headers)

    def prefer(self, path: str, *preferences: str) -> Answer:
        """Read *path* with wishes."""
        return self.get(path, {"Prefer": ",".join(preferences)})

    def follow(self, link: str, headers: Mapping[str, str] | None = None) -> Answer:
        """Read an address exactly as it stands, such as the link to a next page."""
        pairs = tuple((headers or {}).items())
        return self._ask(
            Request(method=Method.GET, path=link, headers=pairs, retry=RetrySafety.SAFE)
        )

    def batch(self, paths: Sequence[str], *, goes_on: bool = False) -> Answer:
        """Read several paths in one batch."""
        return self._post_batch("".join(_part(_BOUNDARY, path) for path in paths), goes_on=goes_on)

    def read_in_change_set(self, path: str) -> Answer:
        """Read inside a change set, where only writes belong."""
        head = f"--{_BOUNDARY}\r\nContent-Type: multipart/mixed; boundary=changeset_conform\r\n\r\n"
        part = _part("changeset_conform", path, "Content-ID: 1\r\n")
        return self._post_batch(f"{head}{part}--changeset_conform--\r\n", goes_on=False)

    def _post_batch(self, parts: str, *, goes_on: bool) -> Answer:
        headers = [("Content-Type", f"multipart/mixed; boundary={_BOUNDARY}")]
        if goes_on:
            headers.append(("Prefer", "odata.continue-on-error"))
        body = f"{parts}--{_BOUNDARY}--\r\n".encode()
        return self._ask(
            Request(
                method=Method.POST,
                path="$batch",
                headers=tuple(headers),
                body=body,
                retry=RetrySafety.SAFE,
            )
        )

    def _ask(self, request: Request) -> Answer:
        response = self._pipeline.carry(_AsItIs(request))
        return Answer(request=str(request.line), response=response)


@dataclass(frozen=True, slots=True)
class _AsItIs(Call[Response]):
    """A read whose answer counts whatever it is, unless it is one that passes with time."""

    read: Request

    @property
    def safety(self) -> RetrySafety:
        """It only reads."""
        return RetrySafety.SAFE

    def tagged(self, _tag: str) -> _AsItIs:
        """Nothing here writes."""
        return self

    def request(self, _root: str) -> Request:
        """The request as the check wrote it, however long its address is."""
        return self.read

    def answer(self, request: Request, response: Response) -> Response:
        """The answer; raises what is worth another try."""
        failure = failure_of(request, response)
        if failure is not None and response.status in _PASSING:
            raise failure
        return response


def _part(boundary: str, path: str, header: str = "") -> str:
    target = f"/api/data/v9.2/{quote(path, safe=_LEFT_AS_IT_IS)}"
    return (
        f"--{boundary}\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n"
        f"{header}\r\nGET {target} HTTP/1.1\r\nAccept: application/json\r\n\r\n\r\n"
    )
