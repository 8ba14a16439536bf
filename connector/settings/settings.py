"""The settings as one frozen value, and their shape as a file."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from connector.invoicing.policy import Bounds, Policy
from connector.settings.derived import BoundsSection, PolicySection, rules_from
from connector.settings.sections import (
    AuthSection,
    DataverseSection,
    LogSection,
    NotifySection,
    ReportSection,
    RunSection,
    Section,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """
    Everything that can be configured, checked; secrets stay hidden when printed.

    *policy* and *bounds* are the values that the rules take. What `[run]` says about missed
    dates is part of *policy* as well.
    """

    dataverse: DataverseSection
    run: RunSection
    auth: AuthSection = field(default_factory=AuthSection)
    policy: Policy = field(default_factory=Policy)
    bounds: Bounds = field(default_factory=Bounds)
    notify: NotifySection = field(default_factory=NotifySection)
    report: ReportSection = field(default_factory=ReportSection)
    log: LogSection = field(default_factory=LogSection)


class SettingsFile(Section):
    """The sections of a configuration file."""

    dataverse: DataverseSection
    run: RunSection
    auth: AuthSection = AuthSection()
    policy: PolicySection = PolicySection()  # type: ignore[valid-type]  # derived at run time
    bounds: BoundsSection = BoundsSection()  # type: ignore[valid-type]  # derived at run time
    notify: NotifySection = NotifySection()
    report: ReportSection = ReportSection()
    log: LogSection = LogSection()

    def settings(self) -> Settings:
        """The same as the value that the connector takes."""
        return Settings(
            dataverse=self.dataverse,
            auth=self.auth,
            run=self.run,
            policy=rules_from(
                self.policy,
                Policy,
                missed_dates=self.run.missed_dates,
                catch_up_days=self.run.catch_up_days,
            ),
            bounds=rules_from(self.bounds, Bounds),
            notify=self.notify,
            report=self.report,
            log=self.log,
        )


#: Every section of a configuration file with its shape.
SECTIONS: Final[dict[str, type[Section]]] = {
    "dataverse": DataverseSection,
    "auth": AuthSection,
    "run": RunSection,
    "policy": PolicySection,
    "bounds": BoundsSection,
    "notify": NotifySection,
    "report": ReportSection,
    "log": LogSection,
}
