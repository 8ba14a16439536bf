"""
The root of every error that this package raises on purpose, and what a command makes of it.

Each line names a class, the package that raises it, what it means, and the exit code of a command
that ends in it (`ExitCode`). `tests/test_errors.py` compares the drawing with
the code.

ConnectorError                  one clear message for a person                               2
├── ConfigError                 settings: settings that cannot be used                       2
├── TemplateError               settings: the example configuration is not as expected       2
├── MappingError                mapping: a mapping that cannot be used                       2
├── PlanFileError               runs: a plan that was altered, cut or is foreign             2
├── RunStoreError               runs: the run store cannot be used                           2
│   └── RunStoreUnreachable     runs: nobody may or can get at the run store                 4
├── LeaseHeld                   runs: another run writes to the tenant                       5
├── LeaseLost                   runs: another run took the tenant over                       5
├── RecordUnknown               projectops: no record has this id, number or name            2
├── RecordAmbiguous             projectops: several records have this number or name        2
├── PlatformJobActive           projectops: the tenant's own job makes invoices              2
├── OtherTimeZone               projectops: dates are no midnights of the configured zone    2
├── RowFault                    projectops: a value that the design cannot do with           4
├── ContractUnreadable          projectops: a contract with faulty rows                      4
├── ReportError                 report: a report that cannot be written                      2
├── ExtensionError              usecases: an installed rule that cannot be used              2
├── OverrideRefused             scope: no such bound, or no reason                           2
├── BatchJobRefused             usecases: a recurring job that cannot be started             2
├── BatchJobRunning             usecases: the recurring job runs already                     5
├── GenerationRefused           usecases: a schedule that cannot be made                     2
├── RehearsalFailed             usecases: the emulator could not be made like the tenant     2
├── PlanRejected                usecases: an invariant or safety bound does not hold         3
├── RunInterrupted              usecases: somebody stopped the run                         130
├── CassetteError               cassette: a recording that cannot be used                    2
├── NoEmulatorError             cli: nothing answers at the address, or no emulator          4
└── DataverseError              dataverse: a failed exchange, may_have_acted                 4
    ├── NotSent                 dataverse: nothing reached the server                        4
    ├── Ambiguous               dataverse: sent, but no whole answer                         4
    ├── Throttled               dataverse: 429, a protection limit was met                   4
    ├── Refused                 dataverse: the server said no and did not act                4
    │   ├── BadRequest          dataverse: 400, the request itself is wrong                  4
    │   ├── Unauthorized        dataverse: 401, the token is not accepted                    4
    │   ├── Forbidden           dataverse: 403, a privilege is missing                       4
    │   ├── NotFound            dataverse: 404, something of the address is missing          4
    │   ├── PreconditionFailed  dataverse: 412, the row changed since it was read            4
    │   └── Duplicate           dataverse: 412, a row with this key exists                   4
    ├── ServerFault             dataverse: 5xx, the server or a gateway failed               4
    ├── PagingError             dataverse: a page after the first is missing                 4
    ├── MalformedAnswer         dataverse: not what the protocol promises                    4
    ├── MalformedValue          dataverse: not what the column's type promises               4
    ├── SignInFailed            dataverse: no token to be had                                4
    └── UnusableSettings        dataverse: settings that allow no safe request               2
"""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """Exit codes of the command line (design section 2.2)."""

    DONE = 0
    SOME_CONTRACTS_FAILED = 1
    USAGE = 2
    PLAN_REJECTED = 3
    CANNOT_READ = 4
    LEASE_HELD = 5
    INTERRUPTED = 130


class ConnectorError(Exception):
    """A failure that has one clear message for a person; the branches live beside what fails."""

    #: What the command line exits with.
    exit_code: ExitCode = ExitCode.USAGE
