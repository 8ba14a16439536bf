"""What a check has found decides how it ends."""

from __future__ import annotations

import pytest

from connector.errors import ExitCode
from connector.projectops.findings import (
    Area,
    CheckReport,
    Finding,
    Severity,
    error,
    ok,
    warning,
)


@pytest.mark.parametrize(
    ("findings", "code"),
    [
        ((), ExitCode.DONE),
        ((ok(Area.TABLES, "there"), warning(Area.DATES, "odd", "look")), ExitCode.DONE),
        ((error(Area.COLUMNS, "gone", "mend"), ok(Area.TABLES, "there")), ExitCode.USAGE),
        (
            (error(Area.COLUMNS, "gone", "mend"), error(Area.SIGN_IN, "no token", "mend")),
            ExitCode.CANNOT_READ,
        ),
    ],
)
def test_the_worst_finding_decides_the_exit_code(
    findings: tuple[Finding, ...], code: ExitCode
) -> None:
    assert CheckReport(findings=findings).exit_code is code


def test_a_finding_has_its_area_its_severity_and_a_hint() -> None:
    assert ok(Area.TABLES, "there") == Finding(
        area=Area.TABLES, severity=Severity.OK, text="there", hint=""
    )
    assert warning(Area.DATES, "odd", "look").severity is Severity.WARNING
    assert error(Area.COLUMNS, "gone", "mend").hint == "mend"
