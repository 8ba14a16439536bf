"""How an error looks: a message for people on standard error, and a document where one is asked."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final

from connector.report.terminal_text import message_text

if TYPE_CHECKING:
    from connector.errors import ConnectorError

_WORD: Final = re.compile(r"(?<=[a-z])(?=[A-Z])")


def failure_message(error: ConnectorError, interrupted: int) -> str:
    """What a person reads; an interruption that was asked for is no error."""
    is_asked_for = int(error.exit_code) == interrupted
    text = str(error) if is_asked_for else f"error: {error}"
    return message_text("\n".join([text, *_notes(error)]))


def failure_text(error: Exception, exit_code: int) -> str:
    """
    The error as a JSON document, `proforma-error/1`.

    *error* names its kind in kebab-case; the bounds that a plan breaks are listed under `bounds`,
    an interrupted run is named by `run_id`.
    """
    document: dict[str, object] = {
        "format": "proforma-error/1",
        "error": _WORD.sub("-", type(error).__name__).lower(),
        "exit_code": exit_code,
        "message": getattr(error, "message", None) or str(error) or "interrupted",
        "notes": _notes(error),
    }
    if report := getattr(error, "report", None):
        document["run_id"] = report.run_id
    if codes := getattr(error, "codes", ()):
        document["bounds"] = list(codes)
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _notes(error: BaseException) -> list[str]:
    return list(getattr(error, "__notes__", ()))
