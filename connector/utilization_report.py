"""What became of a computation of utilization: its figures, what was left out, what was written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

    from connector.invoicing.utilization import Utilization


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenRoles:
    """The roles whose row was written, and why the others have none."""

    written: tuple[str, ...]
    left_out: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class UtilizationReport:
    """
    The utilization from *first* to *last*, both inclusive.

    *left_out* names resources that could not be counted and why; *written* is None where nothing
    was to be written.
    """

    first: date
    last: date
    utilization: Utilization
    left_out: tuple[str, ...]
    written: WrittenRoles | None
