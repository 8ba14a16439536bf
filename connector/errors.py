"""
The root of every error that this package raises on purpose, and what a command makes of it.

ConnectorError                exit_code, one clear message for a person
├── ConfigError               connector.settings: a configuration that cannot be used        2
├── MappingError              connector.mapping: a mapping that cannot be used               2
├── PlanFileError             connector.runs: a plan that was altered, cut or is foreign     2
├── PlatformJobActive         connector.projectops: the tenant's own job is on               2
├── RunStoreError             connector.runs: the run store refuses                          2
├── LeaseHeld, LeaseLost      connector.runs: another run writes to the tenant               5
├── OverrideRefused           connector.usecases: no such bound, or no reason                2
├── PlanRejected              connector.usecases: an invariant or safety bound does not hold 3
├── RowFault                  connector.projectops: a value the design cannot do with        4
└── DataverseError            connector.dataverse: its own tree stands in its errors module  4
"""

from __future__ import annotations


class ConnectorError(Exception):
    """A failure that has one clear message for a person; the branches live beside what fails."""

    #: What the command line exits with; the numbers are those of `connector.outcome.ExitCode`.
    exit_code: int = 2
