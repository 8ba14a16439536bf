"""Provenance of writing definitions."""

from __future__ import annotations

from typing import Final

from connector.emulator.provenance.feature import Evidence, Feature, refused, supported

_AREA: Final = "Writing definitions"
_IMPORT: Final = "Schema of a tenant"
_DOCUMENTED: Final = Evidence.DOCUMENTED
_OBSERVED: Final = Evidence.OBSERVED
_ASSUMED: Final = Evidence.ASSUMED

DEFINITION_FEATURES: Final[tuple[Feature, ...]] = (
    supported(_AREA, "POST, PUT and DELETE of EntityDefinitions", _DOCUMENTED),
    supported(_AREA, "CreateEntities", _OBSERVED, "as Microsoft's SDK 1.1.0 sends it; 204"),
    supported(
        _AREA,
        "POST, PUT and DELETE of Attributes",
        _DOCUMENTED,
        "text, memo, numbers, money, yes/no, date, choice, choices, file, image",
    ),
    supported(_AREA, "columns that every new table gets", _DOCUMENTED),
    supported(_AREA, "currency, rate and _base column of money", _DOCUMENTED, "_base stays null"),
    supported(_AREA, "POST and DELETE of Keys", _DOCUMENTED, "active at once, no index job"),
    supported(
        _AREA,
        "a key that rows break",
        _ASSUMED,
        "412 with 0x80060892; a tenant makes the key and its index fails",
    ),
    supported(
        _AREA,
        "POST, PUT and DELETE of one-to-many RelationshipDefinitions",
        _DOCUMENTED,
        "of the cascade rules Delete and Assign have an effect; Share and Unshare answer 501 "
        "where they would reach rows; Delete: NoCascade is refused",
    ),
    supported(_AREA, "Restrict answers 405 with 0x80040227", _ASSUMED, "the code"),
    supported(_AREA, "POST and DELETE of GlobalOptionSetDefinitions", _DOCUMENTED),
    supported(
        _AREA, "options without a value", _ASSUMED, "100000000 upwards, whatever the publisher"
    ),
    supported(_AREA, "labels", _ASSUMED, "one language is kept: English, else the first given"),
    supported(_AREA, "entity sets by English plural", _ASSUMED, "unless EntitySetName says so"),
    supported(
        _AREA,
        "names need a publisher's prefix",
        _ASSUMED,
        "400 with 0x80040203; any prefix of 2 to 8 letters and digits, relationships need none",
    ),
    supported(_AREA, "duplicates, definitions in use", _DOCUMENTED, "codes of the error page, 400"),
    supported(_AREA, "limits of names, lengths and places", _ASSUMED, "100 characters, 4000, 10"),
    supported(_AREA, "default values of choices and yes/no", _DOCUMENTED, "for new columns only"),
    supported(
        _AREA,
        "MSCRM.SolutionUniqueName, SolutionUniqueName, MSCRM.MergeLabels, Consistency",
        _DOCUMENTED,
        "accepted without effect: there are no solutions and one language",
    ),
    supported(_AREA, "PublishXml, PublishAllXml", _ASSUMED, "204; changes are live when made"),
    supported(_AREA, "definitions in snapshots and store files", _ASSUMED, "a reset forgets them"),
    supported(_IMPORT, "entity types, sets, keys, properties, inheritance", _DOCUMENTED),
    supported(_IMPORT, "lookups by referential constraint, collections by partner", _DOCUMENTED),
    supported(_IMPORT, "money", _ASSUMED, "a decimal with a _base counterpart and a currency"),
    supported(
        _IMPORT,
        "primary names",
        _ASSUMED,
        "of saved definitions or shipped tables, else name, fullname, subject or title",
    ),
    supported(_IMPORT, "saved answers about definitions", _DOCUMENTED, "choices, lengths, keys"),
    supported(_IMPORT, "lookups to types outside the model", _ASSUMED, "held, but not bound"),
    supported(_IMPORT, "images", _ASSUMED, "every Edm.Binary"),
    supported(_IMPORT, "files", _DOCUMENTED, "where saved definitions say FileType"),
    refused(_IMPORT, "complex properties", _ASSUMED, "left out: 400"),
    refused(_AREA, "activities, elastic tables", _DOCUMENTED),
    refused(_AREA, "customer, calculated and autonumber columns", _DOCUMENTED),
    refused(_AREA, "changing options, InsertOptionValue and its like", _DOCUMENTED),
    refused(_AREA, "changing the behaviour of a date column", _DOCUMENTED),
    refused(_AREA, "one target of a lookup to several tables", _DOCUMENTED),
)
"""What the emulator does when definitions are written, for the generated page."""
