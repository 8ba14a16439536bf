"""Several parts at once, as many as fit into memory, and their results in order."""

from __future__ import annotations

from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import ExitStack
from contextvars import copy_context
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Generic, TypeVar

from connector.usecases.progress import Ending
from connector.usecases.watch import Stopping

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from connector.usecases.watch import Watch

TaskT = TypeVar("TaskT")
ResultT = TypeVar("ResultT")

#: Sources (actuals, milestones and the like) of the parts in flight together: some kilobytes each.
ROOM: Final = 15_000
#: What a part is taken to hold before the first one is through.
FIRST_GUESS: Final = ROOM // 4


@dataclass(slots=True, kw_only=True)
class InFlight(Generic[TaskT, ResultT]):
    """
    How parts are worked on: at most *most* at once, and no more sources than `ROOM` together.

    How many sources a part holds is told by *known* before, where None is "not yet", and by
    *weight* afterwards. A part that holds more than all the room is worked on alone.
    """

    work: Callable[[TaskT], ResultT]
    most: int
    watch: Watch
    weight: Callable[[ResultT], int]
    known: Callable[[TaskT], int | None] = lambda _: None
    _pending: dict[Future[ResultT], tuple[int, int]] = field(default_factory=dict)
    _weights: list[int] = field(default_factory=list)
    _results: dict[int, ResultT] = field(default_factory=dict)

    def results(self, tasks: Sequence[TaskT]) -> tuple[ResultT, ...]:
        """
        What *work* returns for each task, in their order.

        Raises what one of them raises, once the others have come to a safe point. An interrupt of
        the keyboard sets the stop of the watch; raises `Stopping` when that is set.
        """
        try:
            with ThreadPoolExecutor(self.most, thread_name_prefix="proforma-part") as pool:
                self._run(pool, tasks)
        except KeyboardInterrupt as interrupt:
            raise Stopping from interrupt
        return tuple(self._results[place] for place in range(len(tasks)))

    def _run(self, pool: ThreadPoolExecutor, tasks: Sequence[TaskT]) -> None:
        with ExitStack() as stack:
            stack.push(self._left)
            for place, task in enumerate(tasks):
                while not self._has_room(self._expected(task)):
                    self._collect()
                self.watch.check()
                future = pool.submit(copy_context().run, self.work, task)  # in the same trace
                self._pending[future] = (place, self._expected(task))
            while self._pending:
                self._collect()

    def _left(self, _kind: object, failure: BaseException | None, _where: object) -> None:
        """Let what is under way end when the tasks are left by *failure*."""
        if isinstance(failure, KeyboardInterrupt):
            self.watch.stop.set()
            self.watch.tell(Ending())
        elif failure is not None:
            self.watch.abandon()

    def _expected(self, task: TaskT) -> int:
        known = self.known(task)
        if known is not None:
            return known
        return sum(self._weights) // len(self._weights) if self._weights else FIRST_GUESS

    def _has_room(self, weight: int) -> bool:
        taken = sum(pending for _, pending in self._pending.values())
        return not self._pending or (len(self._pending) < self.most and taken + weight <= ROOM)

    def _collect(self) -> None:
        """Wait for one of them at least; raises what it raised."""
        done, _ = wait(self._pending, return_when=FIRST_COMPLETED)
        for future in done:
            place, _ = self._pending.pop(future)
            result = future.result()
            self._weights.append(self.weight(result))
            self._results[place] = result
