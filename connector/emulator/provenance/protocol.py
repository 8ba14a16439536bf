"""Provenance of the protocol: requests, writes, batches, sign-in, limits, behaviour packs."""

from __future__ import annotations

from typing import Final

from connector.emulator.provenance.access import ACCESS_AND_OWNERS
from connector.emulator.provenance.definitions import DEFINITION_FEATURES
from connector.emulator.provenance.feature import Evidence, Feature, refused, supported

_WRITES: Final = "Writes"
_BATCH: Final = "$batch"
_REQUESTS: Final = "Requests and answers"
_SIGN_IN: Final = "Sign-in"
_LIMITS: Final = "Protection limits and faults"
_TRACKING: Final = "Change tracking"
_PACK: Final = "Behaviour pack project-operations"
_DOCUMENTED: Final = Evidence.DOCUMENTED
_OBSERVED: Final = Evidence.OBSERVED
_ASSUMED: Final = Evidence.ASSUMED

REQUEST_FEATURES: Final[tuple[Feature, ...]] = (
    supported(_REQUESTS, "service document, $metadata, WhoAmI, RetrieveVersion", _DOCUMENTED),
    supported(
        _REQUESTS, "RetrieveProvisionedLanguages, RetrieveInstalledLanguagePacks", _DOCUMENTED
    ),
    supported(
        _REQUESTS,
        "RetrieveDeprovisionedLanguages, RetrieveAvailableLanguages",
        _ASSUMED,
        "none, and those installed",
    ),
    supported(
        _REQUESTS, "usersettingscollection, timezonedefinitions, LocalTimeFromUtcTime", _DOCUMENTED
    ),
    supported(_REQUESTS, "UtcTimeFromLocalTime, GetAllTimeZonesWithDisplayName", _ASSUMED),
    supported(
        _REQUESTS,
        "codes of time zones",
        _DOCUMENTED,
        "those of Microsoft's index values; later ones assumed",
    ),
    supported(
        _REQUESTS,
        "ExpandCalendar of calendars",
        _ASSUMED,
        "rules by rank, extent and days of weeks",
    ),
    supported(_REQUESTS, "RetrieveCurrentOrganization", _DOCUMENTED, "without tenant and region"),
    supported(_REQUESTS, "a new user's zone and language", _ASSUMED, "UTC, the base language"),
    supported(_REQUESTS, "parameter aliases of bound and unbound functions", _DOCUMENTED),
    supported(_REQUESTS, "RetrieveTotalRecordCount", _DOCUMENTED, "exact, not a daily snapshot"),
    supported(_REQUESTS, "If-None-Match: null", _DOCUMENTED, "means no condition"),
    supported(_REQUESTS, "several Prefer headers or one joined one", _DOCUMENTED),
    supported(_REQUESTS, "Preference-Applied", _DOCUMENTED, "one header for each preference"),
    supported(_REQUESTS, "the query options tag and partitionId", _DOCUMENTED, "ignored"),
    supported(_REQUESTS, "URLs above 32,768 characters, 65,536 in a batch", _ASSUMED, "414"),
    supported(_REQUESTS, "x-ms-dop-hint, REQ_ID on every answer", _OBSERVED),
    supported(
        _REQUESTS,
        "bypass and duplicate detection headers",
        _ASSUMED,
        "accepted without effect: no custom logic and no detection rules exist",
    ),
    supported(_REQUESTS, "odata.metadata=none, minimal, full", _DOCUMENTED),
    supported(
        _REQUESTS,
        "IEEE754Compatible=true in answers and bodies",
        _DOCUMENTED,
        "decimals and 64-bit numbers as texts, the count too",
    ),
    supported(_REQUESTS, "another level of metadata", _ASSUMED, "406"),
    supported(_REQUESTS, "the header ETag of a single row", _DOCUMENTED),
    supported(_REQUESTS, "/$count as text with a byte order mark", _DOCUMENTED),
    supported(_REQUESTS, "a null property or lookup is answered 204", _ASSUMED),
    supported(
        _REQUESTS,
        "unknown functions and actions, entity sets, properties",
        _DOCUMENTED,
        "404, 404, 400",
    ),
    refused(
        _REQUESTS,
        "those that the service has and the emulator lacks",
        _DOCUMENTED,
        "501, from lists of the reference pages",
    ),
    refused(_REQUESTS, "sql", _DOCUMENTED),
)

WRITE_FEATURES: Final[tuple[Feature, ...]] = (
    supported(_WRITES, "conditions of PATCH, DELETE and GET", _DOCUMENTED),
    supported(_WRITES, "412 with 0x80040237 for If-None-Match: * on a row", _ASSUMED, "the code"),
    supported(_WRITES, "upsert by primary or alternate key", _DOCUMENTED),
    supported(_WRITES, "deep insert", _DOCUMENTED),
    supported(_WRITES, "POST to a collection of a row", _ASSUMED, "creates a row in it"),
    supported(_WRITES, "@odata.bind by path, URL, key or null", _DOCUMENTED),
    supported(_WRITES, "null for one target of a polymorphic lookup", _ASSUMED, "clears that one"),
    supported(_WRITES, "single properties and $ref", _DOCUMENTED),
    supported(_WRITES, "CreateMultiple, UpdateMultiple, UpsertMultiple", _DOCUMENTED),
    supported(_WRITES, "one row twice in a Targets list", _ASSUMED, "written twice, in order"),
    supported(
        _WRITES, "deleting a row clears lookups to it", _ASSUMED, "unless made over the wire"
    ),
    refused(_WRITES, "DeleteMultiple", _DOCUMENTED, "400: not implemented on standard tables"),
    supported(
        _WRITES, "BulkDelete", _ASSUMED, "carried out at once; a row that stays refuses the whole"
    ),
    refused(_WRITES, "BulkDelete with links or a recurrence", _DOCUMENTED),
)

BATCH_FEATURES: Final[tuple[Feature, ...]] = (
    supported(_BATCH, "change sets, all or nothing", _DOCUMENTED),
    supported(
        _BATCH, "failure nested in changesetresponse_", _OBSERVED, "switchable to a bare part"
    ),
    supported(_BATCH, "first failure ends the batch, its status is the outer one", _DOCUMENTED),
    supported(_BATCH, "odata.continue-on-error", _DOCUMENTED),
    supported(_BATCH, "Content-ID demanded in change sets", _OBSERVED),
    supported(_BATCH, "$n references in addresses and links", _DOCUMENTED),
    supported(_BATCH, "$n of a row returned as representation", _OBSERVED, "unknown, 400"),
    supported(_BATCH, "more than 1,000 operations", _ASSUMED, "400, nothing is carried out"),
    supported(_BATCH, "bare line feeds", _OBSERVED, "accepted; a strict mode refuses them"),
    refused(_BATCH, "JSON batches, batches in batches", _ASSUMED, "415 and 400"),
)

SIGN_IN_FEATURES: Final[tuple[Feature, ...]] = (
    supported(_SIGN_IN, "client secret, certificate, device code, refresh token", _OBSERVED),
    supported(_SIGN_IN, "managed identity of App Service and of virtual machines", _OBSERVED),
    supported(_SIGN_IN, "401 with 0x80044302", _DOCUMENTED),
    supported(_SIGN_IN, "times of a client assertion", _ASSUMED, "not checked"),
    refused(_SIGN_IN, "authorization code, on behalf of, passwords", _DOCUMENTED, "400"),
)

LIMIT_FEATURES: Final[tuple[Feature, ...]] = (
    supported(_LIMITS, "6,000 requests, 1,200 s, 52 at once in 300 s", _DOCUMENTED, "per token"),
    supported(_LIMITS, "server time", _ASSUMED, "a settable model, not a measurement"),
    supported(_LIMITS, "Retry-After", _ASSUMED, "until the window has room for one request"),
    supported(_LIMITS, "scripted faults on both sides of the commit", _ASSUMED, "of our own"),
    refused(_LIMITS, "query throttling, entitlement limits", _DOCUMENTED, "never happen"),
)

TRACKING_FEATURES: Final[tuple[Feature, ...]] = (
    supported(_TRACKING, "odata.track-changes, delta links, deleted rows", _DOCUMENTED),
    supported(_TRACKING, "the token", _ASSUMED, "row version and instant, valid for 7 days"),
    supported(_TRACKING, "pages of changes", _ASSUMED, "all changes come at once"),
)

PACK_FEATURES: Final[tuple[Feature, ...]] = (
    supported(_PACK, "actuals refuse direct writes", _DOCUMENTED, "400 0x80040265; switchable"),
    supported(_PACK, "marking actuals and product lines ready", _DOCUMENTED, "any separator"),
    supported(_PACK, "a connection claims its actual", _ASSUMED, "the first claim stays"),
    supported(_PACK, "a milestone on a draft is claimed", _DOCUMENTED),
    supported(_PACK, "totals count chargeable details, tax included", _DOCUMENTED, "DR-21"),
    supported(_PACK, "discounts and fees of transactions", _DOCUMENTED, "in lines and totals"),
    supported(
        _PACK, "manual discount by line or by unit", _DOCUMENTED, "the organisation's method"
    ),
    supported(_PACK, "volume discount of a product line", _ASSUMED, "that of its contract line"),
    supported(_PACK, "inactive rows take no part", _ASSUMED, "rows, milestones, customers, DR-29"),
    supported(_PACK, "a milestone that names no customer", _ASSUMED, "to the only one, DR-31"),
    supported(_PACK, "deletion releases to Ready to Invoice", _ASSUMED, "DR-22"),
    supported(_PACK, "schedule rows stay as they are when a draft goes", _ASSUMED, "DR-6"),
    supported(_PACK, "drafts from schedule rows and contracts", _DOCUMENTED),
    supported(_PACK, "work dated after the run date waits", _DOCUMENTED, "whatever the cut-off"),
    supported(_PACK, "a transaction that names no contract customer", _DOCUMENTED, "not invoiced"),
    supported(_PACK, "rows of product and field service lines do not run", _DOCUMENTED),
    supported(_PACK, "limit checks of milestones", _ASSUMED, "only a failed one stops, N10"),
    supported(_PACK, "contracts that are not active and confirmed", _ASSUMED, "rows fail, DR-1"),
    supported(_PACK, "drafts of non-chargeable work alone", _ASSUMED, "none is made, DR-13"),
    supported(_PACK, "product lines", _ASSUMED, "with a due line, primary customer, DR-19"),
    supported(_PACK, "confirmation posts, reverses and bills", _DOCUMENTED),
    supported(_PACK, "schedule generation", _DOCUMENTED, "DR-2 and DR-3 where silent"),
    refused(_PACK, "confirming edited details, corrections, retainers", _DOCUMENTED),
    refused(_PACK, "biweekly schedules by day of period", _DOCUMENTED),
)

PROTOCOL_FEATURES: Final[tuple[Feature, ...]] = (
    *REQUEST_FEATURES,
    *WRITE_FEATURES,
    *ACCESS_AND_OWNERS,
    *DEFINITION_FEATURES,
    *BATCH_FEATURES,
    *SIGN_IN_FEATURES,
    *LIMIT_FEATURES,
    *TRACKING_FEATURES,
    *PACK_FEATURES,
)
"""What the protocol side of the emulator does, for the generated page."""
