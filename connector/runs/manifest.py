"""The manifest of a plan: what it is for, and the hash of each part. Its own is the plan's."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Final, Literal

import msgspec

from connector.invoicing.ids import OrganizationId
from connector.invoicing.plan import PlanWarning
from connector.run_report import RunPlan
from connector.runs.plan_text import PlanFileError, decoded, encoded
from connector.scope import Scope
from connector.summary import PartSummary

if TYPE_CHECKING:
    from connector.run_report import PartSource

FORMAT: Final = "proforma-plan/2"


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """Everything of a plan but the content of its parts, which are in the order of the run."""

    organization_id: OrganizationId
    environment_url: str
    scope: Scope
    warnings: tuple[PlanWarning, ...]
    parts: tuple[PartSummary, ...]

    @property
    def sha256(self) -> str:
        """The hash of the plan."""
        return sha256(encoded(self)).hexdigest()

    def plan(self, source: PartSource) -> RunPlan:
        """The plan whose parts are in *source*."""
        return RunPlan(
            organization_id=self.organization_id,
            environment_url=self.environment_url,
            scope=self.scope,
            warnings=self.warnings,
            summaries=self.parts,
            sha256=self.sha256,
            source=source,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sealed:
    """A manifest as it is written down."""

    format: Literal["proforma-plan/2"]
    sha256: str
    manifest: msgspec.Raw


@dataclass(frozen=True, slots=True, kw_only=True)
class _Format:
    """What every version of a plan says of itself."""

    format: str


def manifest_of(plan: RunPlan) -> Manifest:
    """The manifest of *plan*."""
    return Manifest(
        organization_id=plan.organization_id,
        environment_url=plan.environment_url,
        scope=plan.scope,
        warnings=plan.warnings,
        parts=plan.summaries,
    )


def manifest_text(manifest: Manifest) -> bytes:
    """The manifest as one sealed line, without the line's end."""
    text = encoded(manifest)
    sealed = _Sealed(format=FORMAT, sha256=sha256(text).hexdigest(), manifest=msgspec.Raw(text))
    return encoded(sealed)


def manifest_in(text: bytes, name: str) -> Manifest:
    """
    The manifest that `manifest_text` wrote.

    Raises `PlanFileError` for another format, or when it is not as it was sealed.
    """
    found = decoded(text, _Format, f"the plan {name}").format
    if found != FORMAT:
        message = f"the plan {name} has the format {found!r:.40}; this version reads {FORMAT}"
        raise PlanFileError(message)
    sealed = decoded(text, _Sealed, f"the plan {name}")
    if sha256(bytes(sealed.manifest)).hexdigest() != sealed.sha256:
        message = f"the plan {name} was altered: its list of parts is not as it was sealed"
        raise PlanFileError(message)
    manifest = decoded(sealed.manifest, Manifest, f"the plan {name}")
    if [part.number for part in manifest.parts] != list(range(1, len(manifest.parts) + 1)):
        message = f"the plan {name} contradicts itself: its parts are not counted from 1"
        raise PlanFileError(message)
    return manifest
