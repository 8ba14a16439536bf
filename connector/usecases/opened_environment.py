"""What every call of the connector needs: an environment that is opened on use and closed."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Self

from connector.machine import process_name, system_clock
from connector.usecases.environment import Environment
from connector.usecases.notify import told_session
from connector.usecases.retention import remove_old_runs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date, datetime

    from connector.settings.load import Settings
    from connector.usecases.progress import Progress
    from connector.usecases.session import Session


class OpenedEnvironment:
    """
    One configured environment, and the right to write to it.

    A context manager; nothing is opened or sent before it is used.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        session: str | None = None,
        clock: Callable[[], datetime] = system_clock,
        announce: Callable[[str], None] | None = None,
    ) -> None:
        """
        Raises `MappingError` when the mapping cannot be used.

        *session* names it in the correlation ids of its requests; without one it is named by host,
        process and start, so that no two look alike. *clock* shows the instant (aware of its zone)
        by which leases and safety bounds are judged. *announce* shows a person where to type the
        code of a sign-in by device, which fails where nobody is told.
        """
        self._environment = Environment(settings, session or process_name(), clock, announce)

    def __enter__(self) -> Self:
        """The connector itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the connections."""
        self.close()

    def close(self) -> None:
        """Close the connections; using the connector again opens them again."""
        self._environment.close()

    def stop(self) -> None:
        """
        Let what is under way end at its next safe point, between two change sets.

        For another thread, or for the handler of a signal. The call that is ended raises
        `RunInterrupted`, which says what is written; the next run finishes the rest.
        """
        self._environment.watch.stop.set()

    @contextmanager
    def _writing(
        self, progress: Progress | None, run_id: str, run_date: date | None = None
    ) -> Iterator[Session]:
        """
        The right to write for the length of the block; of an error in it somebody is told.

        After a block that did not fail, old runs go as the settings say.
        """
        with told_session(self._environment, progress, run_id, run_date) as session:
            yield session
            remove_old_runs(self._environment, session.lease.check)
