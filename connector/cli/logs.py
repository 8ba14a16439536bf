"""Log lines on standard error: text for people, or one JSON object a line for collectors."""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime
from typing import Final, TextIO

from connector.report.terminal_text import message_text

LOGGER: Final = "connector"

#: Attributes that every record has; what else is on one was passed as `extra`.
_USUAL: Final = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class TextLines(logging.Formatter):
    """Lines for people, with nothing in them that a terminal would obey."""

    def format(self, record: logging.LogRecord) -> str:
        """The record, its exception below it."""
        return message_text(super().format(record))


class StandardError(logging.StreamHandler[TextIO]):
    """Writes to what standard error is when it writes: progress takes its place for a while."""

    def __init__(self) -> None:
        super().__init__(sys.stderr)

    def emit(self, record: logging.LogRecord) -> None:
        """Write the record."""
        self.stream = sys.stderr
        super().emit(record)


class JsonLines(logging.Formatter):
    """Time (UTC), level, logger, message, extra fields and exception as one JSON object."""

    def format(self, record: logging.LogRecord) -> str:
        """The record on one line."""
        fields: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        fields |= {key: value for key, value in vars(record).items() if key not in _USUAL}
        if record.exc_info:
            fields["exception"] = self.formatException(record.exc_info)
        return json.dumps(fields, ensure_ascii=False, default=str)


def set_up_logs(log_format: str, level: str) -> None:
    """Send this package's log lines to standard error; other packages only warn."""
    handler = StandardError()
    text = TextLines("%(asctime)s %(levelname)s %(name)s: %(message)s")
    handler.setFormatter(JsonLines() if log_format == "json" else text)
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    logging.getLogger(LOGGER).setLevel(level.upper())
