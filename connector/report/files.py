"""`--report FILE`: the ending of the file's name says which kind of report it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from connector.errors import ConnectorError
from connector.outcome import ExitCode
from connector.report.document import document_chunks
from connector.report.page import page_chunks
from connector.report.table_files import write_csv, write_workbook

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from connector.run_report import RunReport


class ReportError(ConnectorError):
    """A report that cannot be written; the run itself is not touched by it."""

    exit_code = ExitCode.USAGE


def write_report(reports: Sequence[RunReport], path: Path) -> None:
    """
    Write the runs to *path* as .html, .csv, .xlsx or .json.

    Raises `ReportError` for another ending, an unwritable place, or .xlsx without openpyxl.
    """
    write = writer_for(path)
    try:
        write(reports, path)
    except OSError as error:
        message = f"the report {path} cannot be written: {error.strerror or error}"
        raise ReportError(message) from error
    except ImportError as error:
        message = "an .xlsx report needs the extra: pip install 'proforma-connector[xlsx]'"
        raise ReportError(message) from error


def writer_for(path: Path) -> Callable[[Sequence[RunReport], Path], None]:
    """The writer for the ending of *path*; raises `ReportError` for an unknown one."""
    writer = _WRITERS.get(path.suffix.lower())
    if writer is None:
        endings = ", ".join(_WRITERS)
        message = f"the report {path} has an unknown ending; expected one of {endings}"
        raise ReportError(message)
    return writer


def _write_json(reports: Sequence[RunReport], path: Path) -> None:
    _write_text(document_chunks(reports), path)


def _write_page(reports: Sequence[RunReport], path: Path) -> None:
    _write_text(page_chunks(reports), path)


def _write_text(chunks: Iterable[str], path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(chunks)


_WRITERS: Final[dict[str, Callable[[Sequence[RunReport], Path], None]]] = {
    ".html": _write_page,
    ".csv": write_csv,
    ".xlsx": write_workbook,
    ".json": _write_json,
}
