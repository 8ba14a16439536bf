"""
One part of a plan as a sealed file: a line for each contract, and a last one with its summary.

The hash of the whole file stands in the plan's manifest, so that a part that was altered, cut or
exchanged is known by its number.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from connector.outcome import FailedContract
from connector.run_report import PartPlan
from connector.runs.plan_text import (
    PlanFileError,
    contract_of,
    contract_text,
    decoded,
    encoded,
    failed_of,
)
from connector.summary import PartSummary, PartTally

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from connector.invoicing.plan import ContractPlan
    from connector.invoicing.violations import Violation

HEADING: Final = b"part "
SUMMARY: Final = b"summary "
_CONTRACT: Final = b"contract "
_FAILED: Final = b"failed "


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedPart:
    """A part as it is kept, in pieces, with its summary."""

    summary: PartSummary
    text: tuple[bytes, ...]


@dataclass(slots=True)
class PartWriter:
    """Writes a part contract by contract, so that a planned one need not be held."""

    number: int
    _tally: PartTally = field(default_factory=PartTally)
    _lines: list[bytes] = field(default_factory=list)

    def add(self, plan: ContractPlan, broken: Iterable[Violation] = ()) -> None:
        """A planned contract, and the safety bounds that it breaks by itself."""
        try:
            line = contract_text(plan)
        except UnicodeEncodeError as error:
            self.fail(_unwritable(plan, error))
            return
        self._lines.append(_CONTRACT + line + b"\n")
        self._tally.add(plan)
        self._tally.see(broken)

    def fail(self, failed: FailedContract) -> None:
        """A contract that could not be read or planned."""
        plain = replace(
            failed,
            contract_name=None if failed.contract_name is None else _plain(failed.contract_name),
            faults=tuple(_plain(fault) for fault in failed.faults),
        )
        self._lines.append(_FAILED + encoded(plain) + b"\n")
        self._tally.fail(plain)

    def sealed(self) -> SealedPart:
        """The part with its hash; nothing can be added any more."""
        summary = self._tally.summary(self.number)
        heading = HEADING + str(self.number).encode() + b"\n"
        text = (heading, *self._lines, SUMMARY + encoded(summary) + b"\n")
        digest = sha256()
        for line in text:
            digest.update(line)
        return SealedPart(summary=replace(summary, sha256=digest.hexdigest()), text=text)


def contract_lines(text: bytes) -> Iterator[bytes]:
    """What a part says of each planned contract, one after the other, unread and unchecked."""
    for line in _lines(text):
        if line.startswith(_CONTRACT):
            yield line[len(_CONTRACT) :]


def summary_in(text: bytes, name: str) -> PartSummary:
    """The summary that the sealed part *text* ends with; raises `PlanFileError`."""
    last = text[text.rfind(b"\n", 0, -1) + 1 :]
    if not last.startswith(SUMMARY) or not last.endswith(b"\n"):
        message = f"{name} is cut: it does not end with its summary"
        raise PlanFileError(message)
    summary = decoded(last[len(SUMMARY) :], PartSummary, name)
    return replace(summary, sha256=sha256(text).hexdigest())


def check_seal(text: bytes, part: PartSummary, name: str) -> None:
    """Raise `PlanFileError` when *text* is not the part that was sealed as *part*."""
    if sha256(text).hexdigest() == part.sha256:
        return
    heading = text.partition(b"\n")[0]
    own = HEADING + str(part.number).encode()
    if heading != own and heading.startswith(HEADING):
        other = heading.removeprefix(HEADING).decode(errors="replace")
        message = f"{name} was altered: part {other[:20]} stands where part {part.number} belongs"
        raise PlanFileError(message)
    if text.endswith(b"\n") and text[text.rfind(b"\n", 0, -1) + 1 :].startswith(SUMMARY):
        message = f"{name} was altered: part {part.number} is not as it was sealed"
        raise PlanFileError(message)
    message = f"{name} is cut: part {part.number} is not whole"
    raise PlanFileError(message)


def parsed(text: bytes, part: PartSummary, name: str) -> PartPlan:
    """The part that was sealed as *part*; raises `PlanFileError` when *text* is not that part."""
    check_seal(text, part, name)
    contracts: list[ContractPlan] = []
    failed: list[FailedContract] = []
    for number, line in enumerate(_lines(text), start=1):
        place = f"{name}, part {part.number}, line {number},"
        if line.startswith(_CONTRACT):
            contracts.append(contract_of(line[len(_CONTRACT) :], place))
        elif line.startswith(_FAILED):
            failed.append(failed_of(line[len(_FAILED) :], place))
        else:
            _check_frame(line, place)
    return PartPlan(number=part.number, contracts=tuple(contracts), failed=tuple(failed))


def _check_frame(line: bytes, place: str) -> None:
    """Raise unless *line* is one of those around the contracts."""
    if not line.startswith((HEADING, SUMMARY)):
        message = f"{place} is neither a contract nor a failed one"
        raise PlanFileError(message)


def check_content(text: bytes, part: PartSummary, name: str) -> None:
    """
    Raise `PlanFileError` unless what *part* says of the content is what *text* holds.

    The seal alone shows that nothing changed since; this shows that it was right then.
    """
    plan, tally = parsed(text, part, name), PartTally()
    for contract in plan.contracts:
        tally.add(contract)
    for failed in plan.failed:
        tally.fail(failed)
    counted = replace(tally.summary(part.number), bounds=part.bounds, sha256=part.sha256)
    if counted != part:
        message = f"{name} contradicts itself: the summary of part {part.number} does not fit it"
        raise PlanFileError(message)


def _lines(text: bytes) -> Iterator[bytes]:
    """The lines without copying the whole text once more; other line ends belong to a line."""
    start = 0
    while start < len(text):
        end = text.find(b"\n", start)
        end = len(text) if end < 0 else end
        yield text[start:end]
        start = end + 1


def _unwritable(plan: ContractPlan, error: UnicodeEncodeError) -> FailedContract:
    where = _plain(error.object[max(0, error.start - 20) : error.end + 20])
    fault = f"a text of the contract holds half of a character and cannot be written: {where!r}"
    return FailedContract(
        contract_id=plan.contract_id, contract_name=_plain(plan.contract_name), faults=(fault,)
    )


def _plain(text: str) -> str:
    """*text* without halves of characters, which no file can hold."""
    return text.encode(errors="replace").decode()
