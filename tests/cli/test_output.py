"""Where text and reports go."""

from __future__ import annotations

import errno
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
