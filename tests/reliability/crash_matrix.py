"""
Every exchange of a run times every way to break it, then a rerun: the published table.

`python -m tests.reliability.crash_matrix` runs all of it and writes the table into
docs/reliability.md; the tests run a sample.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from connector import ConnectorError
from connector.emulator.service.scripted_faults import FaultKind, ScriptedFault
from connector.projectops.read import CONTRACTS_PER_PART
from tests.end_to_end.tenant import TestTenant, serving
from tests.reliability.dying import Killed, dies_at, in_a_hurry
from tests.reliability.undisturbed import content, violations

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from connector.connector import Connector

PACKS = ("project-operations", "plain")
#: Two customers on one contract; three invoices on two contracts with milestones and products.
DAYS = (date(2020, 10, 7), date(2020, 11, 20))
MANY = 100_000


@dataclass(frozen=True, slots=True)
class Size:
    """How many operations a change set may hold, and how many contracts are a part."""

    operations: int = 1000
    contracts: int = CONTRACTS_PER_PART


@dataclass(frozen=True, slots=True)
class Breakage:
    """One way to break an exchange: a fault of the tenant, or the end of our own process."""

    name: str
    fault: ScriptedFault | None = None
    answered: bool = False
    loses_store: bool = False
    size: Size = Size()


def _status(status: int, code: str = "", message: str = "scripted", **more: Any) -> ScriptedFault:
    return ScriptedFault(kind=FaultKind.STATUS, status=status, code=code, message=message, **more)


_ONCE = {
    "connection lost before the request arrives": ScriptedFault(kind=FaultKind.DROP_BEFORE),
    "connection lost after the commit": ScriptedFault(kind=FaultKind.DROP_AFTER),
    "half of the answer": ScriptedFault(kind=FaultKind.HALF_BODY),
    "an HTML page instead of the answer": ScriptedFault(kind=FaultKind.GARBLED),
    "429 with Retry-After": _status(429, "0x80072322", retry_after=1.0),
    "500": _status(500),
    "500 with SQL deadlock 1205": _status(500, "0x80044150", "Sql Number: 1205 deadlock victim"),
    "503": _status(503),
    "409": _status(409),
    "412 of another version": _status(412, "0x80060882", "The version does not match."),
    "412 of a row that exists": _status(412, "0x80040237", "Cannot insert duplicate key."),
}
_FOR_GOOD = {
    "no connection from here on": ScriptedFault(kind=FaultKind.DROP_BEFORE, times=MANY),
    "no answer from here on, all committed": ScriptedFault(kind=FaultKind.DROP_AFTER, times=MANY),
    "503 from here on": _status(503, times=MANY),
    "401 from here on": _status(401, times=MANY),
}
_DEATHS = tuple(
    Breakage(
        name=f"killed {'after' if answered else 'before'} the exchange, {how}, store {kept}",
        answered=answered,
        loses_store=kept == "lost",
        size=size,
    )
    for size, how in (
        (Size(), "one change set"),
        (Size(operations=4), "several change sets"),
        (Size(contracts=1), "each contract a part"),
    )
    for kept in ("kept", "lost")
    for answered in (False, True)
)
_IN_PARTS = tuple(
    Breakage(name=f"{name}, each contract a part", fault=fault, size=Size(contracts=1))
    for name, fault in _FOR_GOOD.items()
)
BREAKAGES: tuple[Breakage, ...] = (
    *(Breakage(name=name, fault=fault) for name, fault in (_ONCE | _FOR_GOOD).items()),
    *_IN_PARTS,
    *_DEATHS,
)


class Scene:
    """One tenant on one day: what an undisturbed run leaves, and how to go back to the start."""

    def __init__(self, tenant: TestTenant, day: date) -> None:
        self.tenant = tenant
        self.day = day
        self._fresh = tenant.emulator.snapshot()
        self._counted: dict[Size, int] = {}
        self._run(Size(), "undisturbed")
        self.expected = content(tenant)

    def exchanges(self, size: Size) -> int:
        """How many requests an undisturbed run sends, counted once for each size."""
        if size not in self._counted:
            self.reset()
            self.tenant.emulator.app.parts.trace.clear()
            self._run(size, "counted")
            self._counted[size] = len(self.tenant.emulator.trace)
        return self._counted[size]

    def reset(self) -> None:
        self.tenant.emulator.faults.clear()
        self.tenant.emulator.restore(self._fresh)
        self.lose_store()

    def lose_store(self) -> None:
        shutil.rmtree(self.tenant.folder / "runs", ignore_errors=True)

    def breaks(self, breakage: Breakage, at: int) -> str:
        """Break the exchange number *at*, run again; what is wrong then, or nothing."""
        self.reset()
        if breakage.fault is not None:
            self.tenant.emulator.plan(replace(breakage.fault, skip=at))
            self._disturbed(breakage, lambda _: None)
            self.tenant.emulator.faults.clear()
        else:
            self._disturbed(
                breakage, lambda connector: dies_at(connector, at, answered=breakage.answered)
            )
        if breakage.loses_store:
            self.lose_store()
        self._run(breakage.size, "rerun")
        if content(self.tenant) != self.expected:
            return "other rows than an undisturbed run"
        return "; ".join(violations(self.tenant))

    def _disturbed(self, breakage: Breakage, prepare: Callable[[Connector], object]) -> None:
        with self._connector(breakage.size) as connector:
            prepare(connector)
            try:
                connector.run(self.day, run_id="disturbed")
            except (ConnectorError, Killed) as end:
                if breakage.fault is None and not isinstance(end, Killed):
                    raise

    def _run(self, size: Size, run_id: str) -> object:
        with self._connector(size) as connector:
            return connector.run(self.day, run_id=run_id)

    @contextmanager
    def _connector(self, size: Size) -> Iterator[Connector]:
        """A connector that does not really wait: what it waits for is scripted."""
        with self.tenant.connector() as connector:
            environment = connector._environment
            environment.operations_per_change_set = size.operations
            environment.contracts_per_part = size.contracts
            in_a_hurry(connector)
            yield connector


def broken_cases(scene: Scene, breakage: Breakage, exchanges: range) -> list[str]:
    """The exchanges after which a rerun does not leave what it should."""
    found = []
    for at in exchanges:
        wrong = scene.breaks(breakage, at)
        if wrong:
            found.append(f"{scene.day}, exchange {at}, {breakage.name}: {wrong}")
    return found


@dataclass(frozen=True, slots=True)
class Cell:
    """What one breakage did to one pack on one day; *is_known* is told in docs/reliability.md."""

    name: str
    pack: str
    cases: int
    broken: tuple[str, ...]
    is_known: bool


def is_known(breakage: Breakage, day: date) -> bool:
    """Without store and schedule rows nothing tells a part of an invoice from a finished one."""
    return breakage.loses_store and breakage.size.operations < 1000 and day == DAYS[1]


def measured(pack: str, day: date) -> list[Cell]:
    """Every breakage at every exchange of one pack on one day."""
    with (
        tempfile.TemporaryDirectory() as folder,
        serving(Path(folder), behaviour=pack) as tenant,
    ):
        scene = Scene(tenant, day)
        cells = []
        for breakage in BREAKAGES:
            exchanges = range(scene.exchanges(breakage.size))
            broken = tuple(broken_cases(scene, breakage, exchanges))
            known = is_known(breakage, day)
            cells.append(Cell(breakage.name, pack, len(exchanges), broken, known))
            sys.stdout.write(f"{pack} {day} {breakage.name}: {len(exchanges)} exchanges\n")
            sys.stdout.flush()
        return cells


def main() -> int:
    """Run the whole matrix, write its table, and tell what is broken."""
    parts = [(pack, day) for pack in PACKS for day in DAYS]
    with ProcessPoolExecutor(len(parts)) as pool:
        cells = [cell for found in pool.map(measured, *zip(*parts, strict=True)) for cell in found]
    table = {
        breakage.name: [_summed(cells, breakage.name, pack) for pack in PACKS]
        for breakage in BREAKAGES
    }
    write_table(table)
    broken = [text for cell in cells for text in cell.broken]
    sys.stdout.write("\n".join(broken) + f"\n{len(broken)} cases broken\n")
    return 1 if any(cell.broken and not cell.is_known for cell in cells) else 0


def _summed(cells: Iterable[Cell], name: str, pack: str) -> str:
    own = [cell for cell in cells if (cell.name, cell.pack) == (name, pack)]
    cases = sum(cell.cases for cell in own)
    return f"{cases - sum(len(cell.broken) for cell in own)} / {cases}"


BEGIN, END = "<!-- crash-matrix begins -->", "<!-- crash-matrix ends -->"
PAGE = Path(__file__).parents[2] / "docs" / "reliability.md"


def write_table(table: dict[str, list[str]]) -> None:
    """Put the table between its marks in docs/reliability.md."""
    head = "| What breaks, at each exchange in turn | " + " | ".join(PACKS) + " |"
    rows = [f"| {name} | {' | '.join(cells)} |" for name, cells in table.items()]
    text = "\n".join([BEGIN, "", head, "| --- " * (1 + len(PACKS)) + "|", *rows, "", END])
    page = PAGE.read_text(encoding="utf-8")
    before, after = page.partition(BEGIN)[0], page.partition(END)[2]
    PAGE.write_text(before + text + after, encoding="utf-8")


if __name__ == "__main__":
    raise SystemExit(main())
