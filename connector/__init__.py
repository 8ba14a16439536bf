"""
Draft proforma invoices for Dynamics 365 Project Operations, decided locally, written once.

`Connector` is the library's one door; `load_settings` reads its configuration. All names are
imported on first use, so that the command line starts fast. docs/library.md shows them at work.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from connector._version import __version__

if TYPE_CHECKING:
    from connector.connector import Connector
    from connector.errors import ConnectorError, ExitCode
    from connector.report.files import write_report
    from connector.run_report import RunPlan, RunReport
    from connector.scope import Override
    from connector.settings.load import Settings, load_settings
    from connector.usecases.bounds import PlanRejected
    from connector.usecases.progress import ProgressEvent
    from connector.usecases.watch import RunInterrupted

__all__ = [
    "Connector",
    "ConnectorError",
    "ExitCode",
    "Override",
    "PlanRejected",
    "ProgressEvent",
    "RunInterrupted",
    "RunPlan",
    "RunReport",
    "Settings",
    "__version__",
    "load_settings",
    "write_report",
]

_HOMES = {
    "Connector": "connector.connector",
    "ConnectorError": "connector.errors",
    "ExitCode": "connector.errors",
    "Override": "connector.scope",
    "PlanRejected": "connector.usecases.bounds",
    "ProgressEvent": "connector.usecases.progress",
    "RunInterrupted": "connector.usecases.watch",
    "RunPlan": "connector.run_report",
    "RunReport": "connector.run_report",
    "Settings": "connector.settings.load",
    "load_settings": "connector.settings.load",
    "write_report": "connector.report.files",
}


def __getattr__(name: str) -> object:
    """A public name, imported on first use (PEP 562)."""
    if name not in _HOMES:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    return getattr(import_module(_HOMES[name]), name)
