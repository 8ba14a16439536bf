"""Provenance of rows as the service keeps them, and of the links between them."""

from __future__ import annotations

from typing import Final

from connector.emulator.provenance.feature import Evidence, Feature, supported

_ROWS: Final = "Rows as the service keeps them"
_FILES: Final = "Files and images"
_LINKS: Final = "Many-to-many relationships"
_KEYS: Final = "Keys in addresses and links"
_DOCUMENTED: Final = Evidence.DOCUMENTED
_OBSERVED: Final = Evidence.OBSERVED
_ASSUMED: Final = Evidence.ASSUMED

ROW_FEATURES: Final[tuple[Feature, ...]] = (
    supported(
        _ROWS, "fullname of contacts, users and leads", _DOCUMENTED, "in the organization's order"
    ),
    supported(_ROWS, "addresses in one piece", _DOCUMENTED, "written whenever a part changes"),
    supported(_ROWS, "the lines of an address in one piece", _ASSUMED, "as a letter in the US"),
    supported(
        _ROWS, "accountid, contactid and parentcontactid", _DOCUMENTED, "follow the customer"
    ),
    supported(
        _ROWS, "numbers of orders, quotes, invoices and cases", _DOCUMENTED, "unless one is given"
    ),
    supported(_ROWS, "the form of such a number", _ASSUMED, "ORD-01001-A1B2C3"),
    supported(
        _ROWS,
        "overriddencreatedon on create",
        _OBSERVED,
        "createdon becomes that instant and overriddencreatedon the present; ignored on update",
    ),
    supported(
        _ROWS,
        "required columns, 0x80040203",
        _ASSUMED,
        "lookups and texts of the level SystemRequired that the platform does not fill in; "
        "ApplicationRequired binds forms alone, which is documented",
    ),
    supported(_ROWS, "the customer of orders, quotes, invoices and cases", _ASSUMED, "required"),
    supported(_ROWS, "an empty text for a choice of several", _OBSERVED, "400; null clears"),
    supported(_ROWS, "the accepted values in 0x8004431a", _OBSERVED),
    supported(
        _KEYS, "/ < > * % & : \\ ? + in a key", _DOCUMENTED, "400 in addresses, binds and ids"
    ),
    supported(_KEYS, "# in a key", _OBSERVED, "400 bare, 404 as %23"),
    supported(_KEYS, "such characters in a parameter alias", _ASSUMED, "taken"),
    supported(_KEYS, "dates and instants in a key", _ASSUMED, "without quotes"),
    supported(
        _KEYS, "$ref: GET, PUT, DELETE of lookups, POST, GET, DELETE of collections", _DOCUMENTED
    ),
    supported(
        _KEYS, "DELETE of a $ref that leads to another table", _ASSUMED, "204, nothing changes"
    ),
    supported(_KEYS, "a method that a $ref does not take", _ASSUMED, "405"),
    supported(
        _ROWS,
        "return=representation with $select and $expand",
        _DOCUMENTED,
        "of a PATCH too, where pages of different years differ",
    ),
    supported(
        _ROWS,
        "sdkmessages and sdkmessagefilters",
        _DOCUMENTED,
        "every table takes the Multiple messages but those that the platform keeps",
    ),
    supported(
        _FILES, "files in one request, in chunks and by block messages, ranges, DELETE", _DOCUMENTED
    ),
    supported(
        _FILES,
        "GET of the column: its content in base64, ranges too",
        _OBSERVED,
        "dynamics-web-api",
    ),
    supported(_FILES, "a chunk that does not follow the last one", _ASSUMED, "400"),
    supported(_FILES, "a file that is too large", _ASSUMED, "400 with 0x80044a02"),
    supported(_FILES, "a file column in a body", _ASSUMED, "400 with 0x80040203"),
    supported(
        _FILES,
        "images: thumbnails of 144 pixels, ?size=full, primary image on create",
        _DOCUMENTED,
        "with the package Pillow",
    ),
    supported(_FILES, "contents in seeds and dumps", _ASSUMED, "left out; snapshots have them"),
    supported(
        _LINKS,
        "associate, disassociate, bind, deep insert, $expand, any, all, FetchXML",
        _DOCUMENTED,
    ),
    supported(_LINKS, "a pair that exists", _ASSUMED, "412 with 0x80040237"),
    supported(_LINKS, "taking away a pair that does not exist", _ASSUMED, "204"),
    supported(_LINKS, "writing the table between by itself", _OBSERVED, "405 with 0x80040800"),
    supported(
        _LINKS,
        "the table between in a tenant's model",
        _ASSUMED,
        "named as the navigation property without _association; saved answers name it",
    ),
)
