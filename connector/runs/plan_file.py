"""
The frozen plan as one file that a person can read, compare and keep: a manifest, then its parts.

It is written and read part by part. A plan of another format is refused, and so is one that was
altered, cut or put in another order, with the number of the part where that shows.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, BinaryIO, Final

from connector.runs.manifest import FORMAT, manifest_in, manifest_of, manifest_text
from connector.runs.part_file import HEADING, SUMMARY, check_content, check_seal, parsed
from connector.runs.plan_text import PlanFileError
from connector.runs.whole_files import write_whole

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from connector.run_report import PartPlan, RunPlan
    from connector.summary import PartSummary

__all__ = ["FORMAT", "PlanFileError", "read_plan", "write_plan"]

_PLAN: Final = b"plan "
#: What a plan of the first format begins with: a seal, then its header.
_FIRST_FORMAT: Final = re.compile(rb"[0-9a-f]{64} header ")
#: Longest text of an unusable first line that is looked at.
_GLANCE: Final = 200


@dataclass(frozen=True, slots=True)
class PlanFileSource:
    """The parts of a plan in its file, by their places in it; *name* is the file's in messages."""

    path: Path
    name: str
    places: Mapping[int, tuple[int, int]]

    def text(self, part: PartSummary) -> bytes:
        """The part as it was sealed."""
        start, length = self.places[part.number]
        try:
            with self.path.open("rb") as file:
                file.seek(start)
                text = file.read(length)
        except OSError as error:
            raise _unreadable(self.path, error) from error
        check_seal(text, part, self.name)
        return text

    def plan(self, part: PartSummary) -> PartPlan:
        """The part itself."""
        return parsed(self.text(part), part, self.name)


def write_plan(plan: RunPlan, path: Path) -> None:
    """
    Write *plan* so that *path* holds all of it or is as it was.

    Raises `PlanFileError` when the disk refuses.
    """
    head = _PLAN + manifest_text(manifest_of(plan)) + b"\n"
    try:
        write_whole(path, chain((head,), (plan.source.text(part) for part in plan.summaries)))
    except OSError as error:
        message = f"the plan {path} cannot be written: {error.strerror or error}"
        raise PlanFileError(message) from error


def read_plan(path: Path) -> RunPlan:
    """
    The plan in *path*; all of it was looked through, its parts are read again when needed.

    Raises `PlanFileError` when it was altered, cut, put in another order, or is no plan.
    """
    name = f"the plan {path}"
    try:
        with path.open("rb") as file:
            manifest = manifest_in(_first_line(file, name), str(path))
            places = dict(_places(file, manifest.parts, name))
    except OSError as error:
        raise _unreadable(path, error) from error
    return manifest.plan(PlanFileSource(path, name, places))


def _first_line(file: BinaryIO, name: str) -> bytes:
    line = file.readline()
    if line.startswith(_PLAN) and line.endswith(b"\n"):
        return line[len(_PLAN) : -1]
    if _FIRST_FORMAT.match(line[:_GLANCE]):
        message = f"{name} has the earlier format proforma-plan/1; have it made anew ({FORMAT})"
        raise PlanFileError(message)
    if not line or line.startswith(_PLAN):
        message = f"{name} is cut: expected a list of parts and then the parts"
        raise PlanFileError(message)
    message = f"{name} is no plan: its first line does not begin with {_PLAN.decode()!r}"
    raise PlanFileError(message)


def _places(
    file: BinaryIO, parts: tuple[PartSummary, ...], name: str
) -> Iterator[tuple[int, tuple[int, int]]]:
    """Where each part begins and how long it is, once it was looked through."""
    for part in parts:
        start, text = file.tell(), _part_text(file)
        if not text:
            message = f"{name} is cut: part {part.number} of {len(parts)} is missing"
            raise PlanFileError(message)
        check_seal(text, part, name)
        check_content(text, part, name)
        yield part.number, (start, len(text))
    if file.readline():
        message = f"{name} was altered: something stands after its {len(parts)} parts"
        raise PlanFileError(message)


def _part_text(file: BinaryIO) -> bytes:
    """The lines from here to the end of a part, or to where another part begins too early."""
    lines: list[bytes] = []
    while line := file.readline():
        if lines and line.startswith(HEADING):
            file.seek(-len(line), 1)
            break
        lines.append(line)
        if line.startswith(SUMMARY):
            break
    return b"".join(lines)


def _unreadable(path: Path, error: OSError) -> PlanFileError:
    return PlanFileError(f"the plan {path} cannot be read: {error.strerror or error}")
