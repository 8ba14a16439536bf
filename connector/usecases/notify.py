"""
Somebody is told of the end of a run, by one message to the configured webhook.

What goes wrong with the message is said, and never makes a run fail: the invoices stand. The
address is a secret, so that no text repeats it.
"""

from __future__ import annotations

import logging
from contextlib import contextmanager
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

import requests

from connector.errors import ConnectorError
from connector.invoicing.plan import PlanWarning
from connector.report.notice import notice_of_failure, notice_of_run, notice_of_undo
from connector.runs.journal import UNEXPECTED
from connector.settings.sections import NotifyForm, NotifyOn
from connector.telemetry import span
from connector.usecases.measures import measure_failure
from connector.usecases.session import writing

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from connector.outcome import UndoReport
    from connector.report.notice import Notice
    from connector.run_report import RunReport
    from connector.settings.sections import NotifySection
    from connector.usecases.environment import Environment
    from connector.usecases.progress import Progress
    from connector.usecases.session import Session

_log = logging.getLogger(__name__)
#: Seconds for a connection and for an answer; a run must not wait for whoever is told of it.
_PATIENCE: Final = (5, 15)
#: Seconds before each attempt: the message is worth a second one, and no more.
_ATTEMPTS: Final = (0.0, 2.0)


def tell_run(environment: Environment, report: RunReport) -> RunReport:
    """Tell of *report*; returns it with a warning where the message could not be delivered."""
    fault = _told(environment, notice_of_run(report))
    if fault is None:
        return report
    warning = PlanWarning(code="webhook-failed", text=fault)
    return replace(report, own_warnings=(*report.own_warnings, warning))


def tell_undo(environment: Environment, report: UndoReport) -> None:
    """Tell that a run was taken back."""
    _told(environment, notice_of_undo(report, environment.settings.dataverse.url))


def tell_failure(
    environment: Environment, run_id: str, run_date: date | None, error: str, exit_code: int
) -> str | None:
    """Tell of a run that ended before its report; returns why it could not be told, if so."""
    measure_failure(exit_code)
    url = environment.settings.dataverse.url
    return _told(environment, notice_of_failure(run_id, run_date, url, error, exit_code))


@dataclass(frozen=True, slots=True)
class FailuresTold:
    """Tell of an error that leaves the block, which is raised all the same."""

    environment: Environment
    run_id: str
    run_date: date | None

    def __enter__(self) -> None: ...

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if not isinstance(error, Exception):
            return
        code = int(error.exit_code) if isinstance(error, ConnectorError) else UNEXPECTED
        text = str(error) or type(error).__name__
        fault = tell_failure(self.environment, self.run_id, self.run_date, text, code)
        if fault is not None:
            error.add_note(fault)


@contextmanager
def told_session(
    environment: Environment, progress: Progress | None, run_id: str, run_date: date | None
) -> Iterator[Session]:
    """
    The right to write for the length of the block, which *progress* hears of.

    Of an error in it somebody is told; what is measured in it is one span.
    """
    with (
        environment.watching(progress),
        FailuresTold(environment, run_id, run_date),
        span("proforma.run", run_id=run_id),
        writing(environment, run_id) as session,
    ):
        yield session


def _told(environment: Environment, notice: Notice) -> str | None:
    """Why the message could not be delivered; None where it was, or none was wanted."""
    settings = environment.settings.notify
    is_wanted = notice.is_failure or settings.on is NotifyOn.ALWAYS
    if settings.webhook is None or not is_wanted:
        return None
    fault = None
    for pause in _ATTEMPTS:
        environment.pause(pause)
        fault = _posted(settings, notice)
        if fault is None:
            return None
    text = f"the webhook could not be told ({notice.title}): {fault}"
    _log.warning("%s", text)
    return text


def _posted(settings: NotifySection, notice: Notice) -> str | None:
    """What went wrong, in words that do not name the address."""
    address = settings.webhook.get_secret_value() if settings.webhook else ""
    message = notice.card() if settings.form is NotifyForm.TEAMS else notice.message()
    try:
        answer = requests.post(address, json=message, timeout=_PATIENCE, allow_redirects=False)
    except requests.RequestException as error:  # its text holds the address
        return f"no answer ({type(error).__name__})"
    if HTTPStatus.OK <= answer.status_code < HTTPStatus.MULTIPLE_CHOICES:
        return None
    return f"it answered {answer.status_code}"
