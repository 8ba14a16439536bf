"""One command on one environment, with what the shell alone knows: clock, variables, run id."""

from __future__ import annotations

import os
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from uuid import uuid4

import click

from connector.cli.logs import set_up_logs
from connector.cli.progress import told_progress
from connector.cli.stops import stops_heard
from connector.connector import Connector
from connector.dataverse.errors import DataverseError
from connector.settings.load import load_settings
from connector.telemetry_export import exported

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date
    from pathlib import Path

    from connector.cli.flags import Flags, Scope
    from connector.invoicing.ids import ContractId
    from connector.outcome import Comparison, UndoReport
    from connector.run_report import Rehearsal, RunReport
    from connector.settings.load import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A connector with the run id that this command goes by."""

    connector: Connector
    settings: Settings
    run_id: str
    quiet: bool = False

    def preview(self, scope: Scope) -> RunReport:
        """What the run of one date would write, today's where *scope* names none."""
        with told_progress(quiet=self.quiet) as progress:
            return self.connector.run(
                self._date(scope),
                run_id=self.run_id,
                dry_run=True,
                contracts=self.contracts(scope.contracts),
                beside_platform_job=scope.beside_platform_job,
                overrides=scope.overrides,
                progress=progress,
            )

    def run_due(self, scope: Scope, catch_up_days: int | None) -> tuple[RunReport, ...]:
        """The run of the date, with missed dates before it where settings or flags ask for them."""
        with told_progress(quiet=self.quiet) as progress:
            return self.connector.run_due(
                self._date(scope),
                run_id=self.run_id,
                catch_up_days=catch_up_days,
                contracts=self.contracts(scope.contracts),
                beside_platform_job=scope.beside_platform_job,
                overrides=scope.overrides,
                progress=progress,
            )

    def preview_due(self, scope: Scope, catch_up_days: int | None) -> tuple[RunReport, ...]:
        """What `run_due` would write."""
        with told_progress(quiet=self.quiet) as progress:
            return self.connector.preview_due(
                self._date(scope),
                run_id=self.run_id,
                catch_up_days=catch_up_days,
                contracts=self.contracts(scope.contracts),
                beside_platform_job=scope.beside_platform_job,
                overrides=scope.overrides,
                progress=progress,
            )

    def rehearse(self, scope: Scope) -> Rehearsal:
        """The run of the date in an emulator that is filled from the tenant."""
        with told_progress(quiet=self.quiet) as progress:
            return self.connector.rehearse(
                self._date(scope),
                run_id=self.run_id,
                contracts=self.contracts(scope.contracts),
                beside_platform_job=scope.beside_platform_job,
                overrides=scope.overrides,
                progress=progress,
            )

    def apply(self, file: Path) -> RunReport:
        """The run of a stored plan."""
        with told_progress(quiet=self.quiet) as progress:
            return self.connector.apply(file, run_id=self.run_id, progress=progress)

    def undo(self, run_id: str) -> UndoReport:
        """The undoing of run *run_id*."""
        with told_progress(quiet=self.quiet) as progress:
            return self.connector.undo(run_id, undo_id=self.run_id, progress=progress)

    def preview_undo(self, run_id: str) -> UndoReport:
        """What the undoing of run *run_id* would delete, and why the rest stays."""
        with told_progress(quiet=self.quiet) as progress:
            return self.connector.preview_undo(run_id, progress=progress)

    def compare(self, scope: Scope) -> Comparison:
        """The plan of one date beside the drafts of the tenant's own job."""
        with told_progress(quiet=self.quiet) as progress:
            contracts = self.contracts(scope.contracts)
            return self.connector.compare(self._date(scope), contracts=contracts, progress=progress)

    def contracts(self, words: Sequence[str]) -> tuple[ContractId, ...]:
        """The contracts of these ids, numbers or names; nothing is asked where there are none."""
        return self.connector.contracts_called(words) if words else ()

    def today(self) -> date:
        """The calendar date in the business time zone."""
        return datetime.now(self.settings.run.zone).date()

    def _date(self, scope: Scope) -> date:
        return scope.run_date or self.today()


@contextmanager
def open_session(flags: Flags) -> Iterator[Session]:
    """
    Settings, logs and connector as the flags say; a stop of the process ends it as Ctrl-C does.

    Raises `ConfigError`, `MappingError`.
    """
    settings = load_settings(flags.config, os.environ)
    level = "debug" if flags.verbose else settings.log.level.value
    set_up_logs(flags.log_format or settings.log.format.value, level)
    run_id = new_run_id()
    try:
        opened = Connector(settings, session=run_id, announce=shown_aside)
        with stops_heard(), exported(os.environ), opened as connector:
            yield Session(connector=connector, settings=settings, run_id=run_id, quiet=flags.quiet)
    except DataverseError as error:
        error.add_note(f"environment: {settings.dataverse.url}")
        raise


def shown_aside(text: str) -> None:
    """Tell a person at the terminal what has to be done; documents go elsewhere."""
    click.echo(text, err=True)


def new_run_id() -> str:
    """A run id that sorts by time and is never given twice."""
    return f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{uuid4().hex[:8]}"
