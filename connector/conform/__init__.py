"""
Read-only checks of how a Dataverse environment answers, for tenants and for the emulator.

Each check states one documented or observed behaviour that the connector and the emulator rely
on. What an environment does otherwise is a difference, named with its request.
"""

from __future__ import annotations

from connector.conform.check import Check, Evidence, Outcome, Verdict
from connector.conform.findings import Difference, Skipped
from connector.conform.run import CHECKS, run_checks

__all__ = [
    "CHECKS",
    "Check",
    "Difference",
    "Evidence",
    "Outcome",
    "Skipped",
    "Verdict",
    "run_checks",
]
