"""What looking at a tenant has found: one finding per thing that was looked at."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from connector.errors import ExitCode


class Severity(StrEnum):
    """How bad a finding is: an error keeps `run` from working, a warning may surprise."""

    OK = "ok"
    WARNING = "warning"
    ERROR = "error"


class Area(StrEnum):
    """What a finding is about."""

    SIGN_IN = "sign-in"
    TABLES = "tables"
    COLUMNS = "columns"
    CHOICES = "choices"
    CONDITIONS = "conditions"
    DATES = "dates"
    PRIVILEGES = "privileges"
    CLAIMS = "claims"
    DUAL_WRITE = "dual-write"
    TIME_ZONE = "time-zone"
    PLATFORM_JOB = "platform-job"
    RUN_STORE = "run-store"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at; *hint* says what to do about it."""

    area: Area
    severity: Severity
    text: str
    hint: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckReport:
    """Everything that was looked at, in the order of the areas."""

    findings: tuple[Finding, ...]

    @property
    def exit_code(self) -> ExitCode:
        """4 when the tenant could not be read, 2 when it is not as the mapping says, else 0."""
        bad = [item for item in self.findings if item.severity is Severity.ERROR]
        if any(item.area is Area.SIGN_IN for item in bad):
            return ExitCode.CANNOT_READ
        return ExitCode.USAGE if bad else ExitCode.DONE


def ok(area: Area, text: str) -> Finding:
    """A finding that is as it should be."""
    return Finding(area=area, severity=Severity.OK, text=text)


def warning(area: Area, text: str, hint: str) -> Finding:
    """A finding that may surprise, and what to do about it."""
    return Finding(area=area, severity=Severity.WARNING, text=text, hint=hint)


def error(area: Area, text: str, hint: str) -> Finding:
    """A finding that keeps a run from working, and what to do about it."""
    return Finding(area=area, severity=Severity.ERROR, text=text, hint=hint)
