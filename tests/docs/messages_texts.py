"""What to do about errors, exit codes and statuses, for which the code has no words."""

from __future__ import annotations

from connector.errors import ExitCode
from connector.outcome import DifferenceKind, InvoiceStatus, UndoStatus
from connector.run_record import RunState

EXIT_CODES = {
    ExitCode.DONE: (
        "everything due was written, or nothing was due",
        "nothing",
    ),
    ExitCode.SOME_CONTRACTS_FAILED: (
        (
            "some contracts failed, the rest were written; or `compare` found a difference, `undo`"
            " had to leave a draft; or the program itself failed, which the message then says"
        ),
        "look at what failed with `proforma runs show RUN_ID`, mend the record, and run again",
    ),
    ExitCode.USAGE: (
        "settings, mapping or usage; nothing was written",
        "mend what the message names; `proforma check` lists all faults at once",
    ),
    ExitCode.PLAN_REJECTED: (
        "the plan broke a safety bound or an invariant; nothing was written",
        (
            "look at the plan; a bound can be lifted with `--override CODE=REASON`, an invariant"
            " cannot"
        ),
    ),
    ExitCode.CANNOT_READ: (
        (
            "could not sign in or read, or could not write a single invoice for a reason that is"
            " everybody's"
        ),
        "mend sign-in, privilege or network; the next run does what is left",
    ),
    ExitCode.LEASE_HELD: (
        "another run writes to the tenant",
        (
            "wait for it; one that was killed gives way by itself"
            " ([the lease](operations.md#the-lease))"
        ),
    ),
    ExitCode.INTERRUPTED: (
        "somebody interrupted the run between two change sets",
        "run again: the next run finishes it first",
    ),
}

INVOICE_STATUSES = {
    InvoiceStatus.PLANNED: ("it would be written; this is a preview", "nothing"),
    InvoiceStatus.WRITTEN: ("it stands in the tenant as planned", "nothing"),
    InvoiceStatus.ALREADY_WRITTEN: ("an earlier attempt had written the same", "nothing"),
    InvoiceStatus.CONFLICT: (
        "an invoice with its key is there and holds something else; it was left as it is",
        "compare both; if the other one is wrong, delete that draft and run again",
    ),
    InvoiceStatus.DRIFTED: (
        "records of the contract changed since the plan was made; nothing of it was written",
        "make a new plan",
    ),
    InvoiceStatus.FAILED: (
        "it could not be written; the report says what the service answered",
        "mend what is named, and run again",
    ),
}

UNDO_STATUSES = {
    UndoStatus.TO_BE_DELETED: ("the preview says that it may go", "run `undo` without `--dry-run`"),
    UndoStatus.DELETED: ("it is deleted, its sources are ready again", "nothing"),
    UndoStatus.GONE: ("it was not there any more", "nothing"),
    UndoStatus.REFUSED: (
        "it stays: somebody changed or confirmed it, or another run wrote it",
        "read the reason beside it; delete it by hand if it has to go",
    ),
    UndoStatus.FAILED: ("the service did not delete it", "mend what is named, and undo again"),
}

RUN_STATES = {
    RunState.FINISHED: ("it came to its report", "nothing"),
    RunState.UNFINISHED: ("it was interrupted while it wrote", "run again: it is finished first"),
    RunState.STOPPED: (
        "it ended before it wrote",
        "read what was said with `proforma runs show RUN_ID`",
    ),
    RunState.UNDONE: ("its drafts were taken back", "nothing"),
    RunState.PREVIEW: ("a plan that was not applied", "nothing"),
}

DIFFERENCES = {
    DifferenceKind.INVOICE_MISSING: "we plan an invoice that the tenant does not have",
    DifferenceKind.INVOICE_UNEXPECTED: "the tenant has an invoice that we do not plan",
    DifferenceKind.INVOICE_TWICE: "the tenant has two invoices for one customer of a contract",
    DifferenceKind.SOURCE_MISSING: "we bill a record that is on no draft of the tenant",
    DifferenceKind.SOURCE_UNEXPECTED: "a draft bills a record that we do not",
    DifferenceKind.SOURCE_TWICE: "a record is on drafts twice",
    DifferenceKind.SOURCE_UNKNOWN: "a draft has a detail that names no record we know",
    DifferenceKind.AMOUNT_DIFFERS: "both bill the record, with another amount",
    DifferenceKind.TAX_DIFFERS: "both bill the record, with another tax",
    DifferenceKind.BILLING_TYPE_DIFFERS: "both bill the record, with another billing type",
    DifferenceKind.TOTAL_DIFFERS: "the total of the invoice differs",
}

#: By the code of the bound; each is the key of `[bounds]` with hyphens, save `deviation_factor`.
BOUNDS = {
    "amount-per-invoice": "an invoice is higher than `amount_per_invoice`",
    "lowest-amount-per-invoice": "an invoice is lower than `lowest_amount_per_invoice`",
    "amount-per-run": "the run bills more than `amount_per_run` in one currency",
    "invoices-per-run": "the run makes more invoices than `invoices_per_run`",
    "details-per-invoice": "an invoice has more details than `details_per_invoice`",
    "months-ahead": "the run date is more than `months_ahead` months after today",
    "deviation": "an invoice is more than `deviation_factor` times the average of the former ones",
}

#: By the code of the invariant.
INVARIANTS = {
    "amount-changed": "a record is planned with another amount than it has",
    "currency-changed": "a record is planned in another currency than it has",
    "currency-differs": "an invoice is not in the currency of its contract",
    "customer-twice": "two invoices of a contract are for one customer",
    "empty-invoice": "an invoice has no line",
    "invoice-sum": "an invoice is not the sum of its lines",
    "key-twice": "two rows would have one key",
    "line-sum": "a line is not the sum of its details",
    "line-tax": "the tax of a line is not that of its details",
    "not-a-candidate": "something is billed that was no candidate",
    "placed-twice": "a record is billed twice, or billed and left behind",
    "precision": "an amount has more decimals than its currency",
    "retainer-cap": "more of retainers is applied to an invoice than it bills",
    "schedule-update": "an invoice schedule row is unknown, updated twice, or names no invoice",
    "without-place": "a candidate is neither billed nor left behind",
    "wrong-key": "a row's key is not derived from what it bills",
}

#: Of the command line itself, by their word.
USAGE_ERRORS = {
    "usage-error": "there are more words than the command takes, or a yes is needed: see `--help`",
    "no-such-command": "read `proforma --help`; the nearest command is named",
    "no-such-option": "read `--help` of the command; the nearest option is named",
    "missing-parameter": "add the option or word that is named",
    "bad-parameter": "correct the value: the message says what is expected",
}

_SERVICE = "try again; if it stays, look at the service's health and at the network"
#: By the name of the class; an error that is never told by itself has no line.
ERRORS = {
    "ConnectorError": "read the message: it names what, where, and what was expected",
    "ConfigError": "correct the key that is named; config.example.toml explains each",
    "TemplateError": "install the package again: its example configuration was altered",
    "MappingError": "correct the places of the mapping that are listed",
    "PlanFileError": "make a new plan; a plan is never edited, and fits one tenant only",
    "RunStoreError": "correct `[run] store`, or make room and access there",
    "RunStoreUnreachable": "see to network, role or key: [a container](operations.md#a-container)",
    "LeaseHeld": "wait for the run that is named",
    "LeaseLost": "run again: what is left is finished then",
    "RecordUnknown": "check number, name or id; `--contract` narrows where to look",
    "RecordAmbiguous": "take one of the listed ids",
    "PlatformJobActive": "switch off one of the two jobs, or add `--beside-platform-job`",
    "OtherTimeZone": "set `[run] time_zone` to the zone of the users who enter the dates",
    "RowFault": "correct the row and column that are named",
    "ContractUnreadable": "correct the rows that are named; the other contracts go on",
    "ReportError": "take another file name or ending, or install the extra that is named",
    "ExtensionError": "mend or remove the installed rule that is named",
    "OverrideRefused": "write `--override CODE=REASON` with a code of the bounds and a reason",
    "BatchJobRefused": "correct workflow or name: a name has to contain the words that are told",
    "BatchJobRunning": "the job runs already: `proforma batch-job status` says where",
    "GenerationRefused": "fill what the contract line lacks: frequency, start, end",
    "RehearsalFailed": "read which row or table of the tenant the emulator could not take",
    "PlanRejected": "look at the plan; see the bounds and invariants above",
    "RunInterrupted": "run again: the next run finishes it",
    "CassetteError": "record again, or name the right file",
    "NoEmulatorError": "start `proforma emulator serve`, or correct the address",
    "DataverseError": _SERVICE,
    "NotSent": "see to network, proxy and address; nothing reached the server",
    "Ambiguous": "run again: what was written is found by its key",
    "Throttled": "lower `[dataverse] workers`, or run at a quieter time",
    "Refused": "read what the service said; it did nothing",
    "BadRequest": "`proforma check`: a name of the mapping is not the tenant's",
    "Unauthorized": "check tenant, client and secret, and that the user exists in the environment",
    "Forbidden": "give the role the privilege that is named; `proforma check --role` lists all",
    "NotFound": "check the address of the environment, and the mapping's names",
    "PreconditionFailed": "somebody changed the row meanwhile: run again",
    "Duplicate": "a row with this key exists: look at it in the environment",
    "ServerFault": _SERVICE,
    "PagingError": "run again: a list that is not whole is never used",
    "MalformedAnswer": "something between us and the service answered: see to proxy and address",
    "MalformedValue": "compare the column's type with the mapping; `proforma check` names it",
    "SignInFailed": "check `[auth]`: method, tenant, client, secret or certificate",
    "UnusableSettings": "correct the address: https, without a path; http on this machine only",
}
