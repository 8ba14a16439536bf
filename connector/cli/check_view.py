"""What `check` found, for a person and as a JSON document."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from rich.text import Text

from connector.report.tables import plain_table
from connector.report.terminal_text import message_text

if TYPE_CHECKING:
    from rich.console import Console

    from connector.projectops.findings import CheckReport

FORMAT: Final = "proforma-check/1"
_STYLE: Final = {"ok": "green", "warning": "yellow", "error": "red"}


def check_text(report: CheckReport) -> str:
    """The findings as a JSON document."""
    findings = [
        {
            "area": finding.area.value,
            "severity": finding.severity.value,
            "text": finding.text,
            "hint": finding.hint,
        }
        for finding in report.findings
    ]
    document = {"format": FORMAT, "exit_code": int(report.exit_code), "findings": findings}
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def print_check(console: Console, report: CheckReport) -> None:
    """One row a finding, with what to do about it."""
    table = plain_table("Looked at", "", "Found")
    for finding in report.findings:
        severity = finding.severity.value
        found = Text(message_text(finding.text))
        if finding.hint:
            found.append(f"\n{message_text(finding.hint)}", style="dim")
        table.add_row(finding.area.value, Text(severity, style=_STYLE[severity]), found)
    console.print(table)
