"""Checks of `$batch`, with reads only."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from connector.conform.check import check

if TYPE_CHECKING:
    from collections.abc import Iterator

    from connector.conform.findings import Difference
    from connector.conform.probe import Answer, Probe

_STATUS: Final = re.compile(r"^HTTP/1\.1 (\d{3})", re.MULTILINE)
_WHO: Final = "WhoAmI"
_NONE: Final = "accounts(ffffffff-0000-4000-8000-00000000dead)"


def statuses(answer: Answer) -> list[str]:
    """The statuses of the parts of a batch, in order."""
    return _STATUS.findall(answer.text)


@check("A batch is answered part by part under batchresponse_ boundaries")
def parts(probe: Probe) -> Iterator[Difference]:
    """Page "Execute batch operations using the Web API"."""
    answer = probe.batch((_WHO, "RetrieveVersion()"))
    yield from answer.succeeds()
    kind = answer.header("Content-Type") or ""
    ok = kind.startswith("multipart/mixed") and "boundary=batchresponse_" in kind
    yield from answer.holds("Content-Type", kind, "multipart/mixed; batchresponse_", ok=ok)
    yield from answer.same("statuses", statuses(answer), ["200", "200"])
    in_order = 0 <= answer.text.find("UserId") < answer.text.find('"Version"')
    yield from answer.holds("order", answer.text[:100], "as asked", ok=in_order)


@check("The first failure ends a batch and gives it its status")
def first_failure(probe: Probe) -> Iterator[Difference]:
    """Page "Execute batch operations using the Web API"."""
    answer = probe.batch((_WHO, _NONE, _WHO))
    yield from answer.same("status", answer.status, 404)
    yield from answer.same("statuses", statuses(answer), ["200", "404"])


@check("A batch goes on after failures when told to")
def continues(probe: Probe) -> Iterator[Difference]:
    """Page "Execute batch operations using the Web API"."""
    answer = probe.batch((_WHO, _NONE, _WHO), goes_on=True)
    yield from answer.succeeds()
    yield from answer.same("statuses", statuses(answer), ["200", "404", "200"])


@check("A read inside a change set is refused")
def read_in_change_set(probe: Probe) -> Iterator[Difference]:
    """Page "Execute batch operations using the Web API"."""
    answer = probe.read_in_change_set(_WHO)
    yield from answer.same("status", answer.status, 400)
    found = statuses(answer)
    yield from answer.holds("statuses", found, "no 200 among them", ok="200" not in found)


CHECKS: Final = (parts, first_failure, continues, read_in_change_set)
