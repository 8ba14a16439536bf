"""Views that somebody saved: the FetchXML of a row of savedqueries or userqueries."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.emulator import faults
from connector.emulator.schema.values import parse_guid

if TYPE_CHECKING:
    from connector.emulator.query.options import QueryOptions
    from connector.emulator.storage.transaction import Transaction


def fetch_text(tx: Transaction, options: QueryOptions) -> str | None:
    """
    The FetchXML that options ask for, written out or by the id of a view; None for neither.

    Raises 404 for a view that does not exist and 400 for one without FetchXML, for text that is
    no id, and for more than one of the three.
    """
    given = [
        one
        for one in (options.fetch_xml, options.saved_query, options.user_query)
        if one is not None
    ]
    if len(given) > 1:
        message = "fetchXml, savedQuery and userQuery exclude each other."
        raise faults.bad_request(message)
    if options.saved_query is not None:
        return _of_view(tx, "savedquery", options.saved_query)
    if options.user_query is not None:
        return _of_view(tx, "userquery", options.user_query)
    return options.fetch_xml


def _of_view(tx: Transaction, name: str, text: str) -> str:
    table, view_id = tx.schema.table(name), parse_guid(text.strip())
    if view_id is None:
        raise faults.bad_request(message=f"'{text[:80]}' is no id of a {name}.")
    row = tx.get(table, view_id)
    if row is None:
        raise faults.not_found(name, view_id)
    found = row.values.get("fetchxml")
    if not isinstance(found, str) or not found.strip():
        raise faults.bad_request(message=f"The {name} {view_id} has no FetchXML.")
    return found
