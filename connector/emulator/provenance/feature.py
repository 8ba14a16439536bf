"""Where an emulated behaviour comes from: the vocabulary of `docs/emulator.md`."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Support(Enum):
    """Whether a feature is answered or refused by name."""

    SUPPORTED = "supported"
    REFUSED = "refused"


class Evidence(Enum):
    """What a behaviour rests on."""

    DOCUMENTED = "documented"
    OBSERVED = "observed"
    ASSUMED = "assumed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Feature:
    """One emulated behaviour; *area* groups rows of the table, *note* says what was chosen."""

    area: str
    name: str
    support: Support
    evidence: Evidence
    note: str = ""


def supported(area: str, name: str, evidence: Evidence, note: str = "") -> Feature:
    """A feature that is answered."""
    return Feature(area=area, name=name, support=Support.SUPPORTED, evidence=evidence, note=note)


def refused(area: str, name: str, evidence: Evidence, note: str = "") -> Feature:
    """A feature that is refused, with 501 unless *note* says otherwise."""
    return Feature(area=area, name=name, support=Support.REFUSED, evidence=evidence, note=note)
