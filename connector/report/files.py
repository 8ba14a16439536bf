"""`--report FILE`: the ending of the file's name says which kind of report it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

from connector.errors import ConnectorError, ExitCode
from connector.report.document import document_chunks
from connector.report.page import page_chunks
from connector.report.surroundings import Surroundings
from connector.report.table_files import write_csv
from connector.report.workbook import write_workbook

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from connector.run_report import RunReport

    Writer: TypeAlias = Callable[[Sequence[RunReport], Path, Surroundings], None]


class ReportError(ConnectorError):
    """A report that cannot be written; the run itself is not touched by it."""

    exit_code = ExitCode.USAGE


_HERE: Final = Surroundings()


def write_report(reports: Sequence[RunReport], path: Path, around: Surroundings = _HERE) -> None:
    """
    Write the runs to *path* as .html, .csv, .xlsx or .json; *around* is what stands around them.

    Raises `ReportError` for another ending, an unwritable place, or .xlsx without openpyxl.
    """
    write = writer_for(path)
    try:
        write(reports, path, around)
    except OSError as error:
        message = f"the report {path} cannot be written: {error.strerror or error}"
        raise ReportError(message) from error
    except ImportError as error:
        message = "an .xlsx report needs the extra: pip install 'proforma-connector[xlsx]'"
        raise ReportError(message) from error


def writer_for(path: Path) -> Writer:
    """The writer for the ending of *path*; raises `ReportError` for an unknown one."""
    writer = _WRITERS.get(path.suffix.lower())
    if writer is None:
        endings = ", ".join(_WRITERS)
        message = f"the report {path} has an unknown ending; expected one of {endings}"
        raise ReportError(message)
    return writer


def _write_json(reports: Sequence[RunReport], path: Path, _around: Surroundings) -> None:
    _write_text(document_chunks(reports), path)


def _write_page(reports: Sequence[RunReport], path: Path, around: Surroundings) -> None:
    _write_text(page_chunks(reports, around), path)


def _write_text(chunks: Iterable[str], path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(chunks)


_WRITERS: Final[dict[str, Writer]] = {
    ".html": _write_page,
    ".csv": write_csv,
    ".xlsx": write_workbook,
    ".json": _write_json,
}
