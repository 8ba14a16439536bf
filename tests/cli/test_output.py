"""Where text and reports go."""

from __future__ import annotations

import errno
import re
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest

    from tests.cli.conftest import Ended, Tenant


def test_a_report_that_cannot_be_replaced_is_refused_before_anything_is_written(
    proforma: Callable[..., Ended],
    tenant: Tenant,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As Windows refuses it for a workbook that is open in a spreadsheet."""
    report = tmp_path / "run.csv"
    report.write_text("yesterday", encoding="utf-8")
    opened = Path.open

    def locked(path: Path, mode: str = "r", **named: Any) -> IO[Any]:
        if path == report and mode != "r":
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return opened(path, mode, **named)

    monkeypatch.setattr(Path, "open", locked)

    ended = proforma(
        "run", "--config", tenant.config, "--run-date", "2020-10-05", "--report", report
    )

    assert ended.code == 2
    assert f"the report {report} cannot be written: Permission denied" in ended.err
    assert tenant.drafts == 0


def test_an_earlier_report_is_replaced(
    proforma: Callable[..., Ended], tenant: Tenant, tmp_path: Path
) -> None:
    report = tmp_path / "run.csv"
    report.write_text("yesterday", encoding="utf-8")

    ended = proforma(
        *("run", "--config", tenant.config, "--run-date", "2020-10-05", "--report", report)
    )

    assert ended.code == 0
    assert report.read_text(encoding="utf-8-sig").startswith("run_date,")


def lines(proforma: Callable[..., Ended], tenant: Tenant) -> list[str]:
    ended = proforma("run", "--config", tenant.config, "--run-date", "2020-10-05", "--dry-run")
    return ended.out.splitlines()


def test_a_pipe_gets_whole_lines_unless_columns_says_otherwise(
    proforma: Callable[..., Ended], tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    [whole] = [line for line in lines(proforma, tenant) if line.startswith("warning ")]
    monkeypatch.setenv("COLUMNS", "80")
    [cut] = [line for line in lines(proforma, tenant) if line.startswith("warning ")]

    assert whole.endswith("Its due invoice schedule rows are left as they are.")
    assert len(cut) <= 80
    assert whole.startswith(cut.rstrip())


def test_colours_are_off_in_a_pipe_on_when_forced_and_off_when_refused(
    proforma: Callable[..., Ended], tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Green is 32 among the numbers of an escape sequence; bold, 1, is no colour."""
    coloured = re.compile("\x1b\\[[0-9;]*3[0-7]m")
    monkeypatch.setenv("TERM", "xterm-256color")
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    piped = "\n".join(lines(proforma, tenant))
    monkeypatch.setenv("FORCE_COLOR", "1")
    forced = "\n".join(lines(proforma, tenant))
    monkeypatch.setenv("NO_COLOR", "1")
    refused = "\n".join(lines(proforma, tenant))

    assert "\x1b" not in piped
    assert coloured.search(forced)
    assert not coloured.search(refused)
