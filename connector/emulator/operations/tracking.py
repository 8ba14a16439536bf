"""
Change tracking: a full read that ends in a delta link, and what changed since one.

The token is the row version from which to look on, with the instant at which it
was given. A walk over several pages keeps the version of its first page, so that
nothing that changes meanwhile is lost.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from connector.emulator import faults
from connector.emulator.faults import DataverseFault
from connector.emulator.query.run import read_row
from connector.emulator.schema.rights import Right

if TYPE_CHECKING:
    from connector.emulator.operations.scope import Scope
    from connector.emulator.query.annotations import Annotations
    from connector.emulator.query.options import QueryOptions
    from connector.emulator.schema.model import Table

LIFETIME: Final = timedelta(days=7)
_TOKEN: Final = re.compile(r"(\d{1,18})!(\d\d/\d\d/\d{4} \d\d:\d\d:\d\d)")
_STAMP: Final = "%m/%d/%Y %H:%M:%S"
# Carries the version of the first page along a walk; no tenant has this option.
_WALK: Final = re.compile(r"&?trackedfrom=(\d{1,18})\Z")


def walk_version(scope: Scope) -> tuple[int, str]:
    """Return the version at which a tracked walk began, and its query without that mark."""
    match = _WALK.search(scope.request.query)
    if match is None:
        return scope.tx.version, scope.request.query
    return int(match.group(1)), scope.request.query[: match.start()]


def continued(next_link: str, version: int) -> str:
    """Return a next link that remembers where its walk began."""
    return f"{next_link}&trackedfrom={version}"


def delta_link(scope: Scope, table: Table, options: QueryOptions, version: int) -> str:
    """Return the link that answers what changes after *version*."""
    stamp = scope.tx.now.astimezone(UTC).strftime(_STAMP)
    kept = [part for part in options.raw if part.startswith(("$select=", "%24select="))]
    token = f"$deltatoken={quote(f'{version}!{stamp}', safe='')}"
    return f"{scope.root}{table.entity_set}?{'&'.join([*kept, token])}"


def check_tracked(scope: Scope, table: Table, options: QueryOptions) -> None:
    """Refuse tables without change tracking, options that it excludes, and who reads in part."""
    _check_reads_all(scope, table)
    if not table.change_tracking:
        message = f"Change tracking is not enabled for the entity {table.logical_name}."
        raise DataverseFault(status=400, code="0x80072491", message=message)
    excluded = {
        "$filter": options.filter is not None,
        "$orderby": bool(options.orderby),
        "$expand": bool(options.expand),
        "$top": options.top is not None,
    }
    for name, given in excluded.items():
        if given:
            text = f'The "{name}" query parameter isn\'t supported when Change Tracking is enabled.'
            raise faults.bad_request(text)


def _check_reads_all(scope: Scope, table: Table) -> None:
    scope.tx.demand(table, Right.READ)
    access = scope.tx.caller.access
    if access is not None and access.condition(table, Right.READ) is not None:
        message = (
            f"Change tracking of the entity {table.logical_name} needs read access to all rows of "
            "the organization."
        )
        raise DataverseFault(status=403, code="0x80040220", message=message)


def changes(
    scope: Scope, table: Table, options: QueryOptions, annotations: Annotations
) -> list[object]:
    """Return the rows changed and deleted since the token of *options*, oldest change first."""
    check_tracked(scope, table, options)
    version = _version(scope, options.deltatoken or "")
    plain = replace(options, deltatoken=None)
    found: list[object] = [
        read_row(scope.tx, table, row.id, plain, base_url=scope.root, annotations=annotations)
        for row in scope.tx.changed_since(table, version)
    ]
    context = f"{scope.root}$metadata#{table.entity_set}/$deletedEntity"
    found += [
        {"@odata.context": context, "id": str(gone.id), "reason": "deleted"}
        for gone in scope.tx.deleted_since(table, version)
    ]
    return found


def _version(scope: Scope, token: str) -> int:
    match = _TOKEN.fullmatch(token)
    if match is None:
        raise faults.bad_request(message="The delta token cannot be read.")
    try:
        given = datetime.strptime(match.group(2), _STAMP).replace(tzinfo=UTC)
    except ValueError as error:
        raise faults.bad_request(message="The delta token cannot be read.") from error
    if scope.tx.now - given > LIFETIME:
        message = "The delta token has expired."
        raise DataverseFault(status=400, code="0x80044352", message=message)
    return int(match.group(1))
