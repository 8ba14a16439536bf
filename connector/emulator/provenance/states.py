"""Which status reasons belong to which state, and where that is known from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from connector.emulator.provenance.feature import Evidence
from connector.emulator.schema.load import load_schema

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from connector.emulator.schema.model import Column, Table

_DEFAULTS: Final = "Default status and status reason values"
_MODEL: Final = "Common Data Model, `correspondingValue`"
_USUAL: Final = {1: 0, 2: 1}


@dataclass(frozen=True, slots=True, kw_only=True)
class StateSource:
    """What the pairs of a table rest on; *note* names values that rest on something else."""

    evidence: Evidence
    source: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StateLine:
    """One state of a table with its status reasons."""

    table: str
    state: str
    reasons: str
    source: StateSource


def _documented(source: str, note: str = "") -> StateSource:
    return StateSource(evidence=Evidence.DOCUMENTED, source=source, note=note)


#: The tables whose pairs are not the platform's own (0 Active: 1 Active, 1 Inactive: 2 Inactive).
STATE_SOURCES: Final[Mapping[str, StateSource]] = {
    "activitypointer": _documented(_DEFAULTS),
    "appointment": _documented(_DEFAULTS),
    "campaign": _documented(_DEFAULTS),
    "email": _documented(_DEFAULTS),
    "invoice": _documented(_DEFAULTS),
    "lead": _documented(_DEFAULTS),
    "opportunity": _documented(_DEFAULTS),
    "phonecall": _documented(_DEFAULTS),
    "pricelevel": _documented(_DEFAULTS),
    "quote": _documented(_DEFAULTS),
    "task": _documented(_DEFAULTS),
    "workflow": _documented(_DEFAULTS, "2 Suspended is assumed"),
    "salesorder": _documented(
        _DEFAULTS, "700970000 by the newer Sales reference; 690970000 is assumed"
    ),
    "product": _documented(_MODEL),
    "msdyn_expense": _documented(_MODEL),
    "msdyn_project": _documented(_MODEL),
    "msdyn_journal": StateSource(
        evidence=Evidence.OBSERVED,
        source="generated classes of a real environment",
        note="the state of 192350000 is assumed",
    ),
    "userquery": _documented("userquery table reference", "the state of 3 All is assumed"),
}


def is_usual(table: Table) -> bool:
    """Whether a table has no states, or the two that the platform gives every new table."""
    reason = table.columns.get("statuscode")
    return reason is None or dict(reason.states) == _USUAL


def state_lines() -> Iterator[StateLine]:
    """The pairs of every shipped table that are not the platform's own."""
    for name, table in sorted(load_schema().tables.items()):
        if not is_usual(table):
            yield from _lines(name, table)


def _lines(name: str, table: Table) -> Iterator[StateLine]:
    reasons = table.columns["statuscode"]
    for state, label in table.columns["statecode"].options.items():
        yield StateLine(
            table=name,
            state=f"{state} {label}",
            reasons=", ".join(_reasons_of(reasons, state)),
            source=STATE_SOURCES[name],
        )


def _reasons_of(column: Column, state: int) -> Iterator[str]:
    for value, label in column.options.items():
        if column.states.get(value) == state:
            yield f"{value} {label}"
