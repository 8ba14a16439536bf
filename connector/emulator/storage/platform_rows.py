"""Rows that the platform itself keeps: time zones, and the settings of every user."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from connector.emulator.schema.time_zones import UTC_CODE, time_zones
from connector.emulator.storage.computed import FIRST_LAST
from connector.emulator.storage.layout import VERSION, sql_table
from connector.emulator.storage.sdk_messages import filter_rows, message_rows

if TYPE_CHECKING:
    import sqlite3
    from uuid import UUID

    from connector.emulator.schema.languages import Languages
    from connector.emulator.schema.model import Schema

PLATFORM_TABLES: Final = frozenset({"timezonedefinition", "sdkmessage", "sdkmessagefilter"})
"""Tables whose rows are the platform's, left out of dumps."""

SETTINGS: Final = "usersettings"
_ORGANIZATION: Final = "organization"
_ZONES: Final = "timezonedefinition"
_MESSAGES: Final = "sdkmessage"
_FILTERS: Final = "sdkmessagefilter"
_OBJECTS: Final = "SELECT DISTINCT primaryobjecttypecode FROM sdkmessagefilter"
_NEW_SETTINGS: Final[dict[str, int | str]] = {
    "timezonecode": UTC_CODE,
    "timezonebias": 0,
    "amdesignator": "AM",
    "pmdesignator": "PM",
    "currencydecimalprecision": 2,
    "currencysymbol": "$",
    "dateformatstring": "M/d/yyyy",
    "dateseparator": "/",
    "decimalsymbol": ".",
    "fullnameconventioncode": FIRST_LAST,
    "numberseparator": ",",
    "numbergroupformat": "3",
    "paginglimit": 50,
    "timeformatstring": "h:mm tt",
    "timeseparator": ":",
}
_LANGUAGES: Final = ("uilanguageid", "helplanguageid", "localeid")


def add_platform_rows(connection: sqlite3.Connection, schema: Schema) -> None:
    """Put the platform's own rows into those of their tables that the schema has."""
    if _ZONES in schema.tables:
        columns = '"timezonedefinitionid", "timezonecode", "standardname", "daylightname"'
        columns = f'{columns}, "userinterfacename", "bias", "retiredorder", {VERSION}'
        rows = [
            (str(one.id), one.code, one.name, one.daylight_name, one.shown, one.bias, 0, 1)
            for one in time_zones().values()
        ]
        sql = f"INSERT OR IGNORE INTO {sql_table(schema.tables[_ZONES])} ({columns})"
        connection.executemany(f"{sql} VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)


def add_message_rows(connection: sqlite3.Connection, schema: Schema) -> None:
    """Say which messages there are and which tables take them; tables that are gone take none."""
    if _MESSAGES not in schema.tables or _FILTERS not in schema.tables:
        return
    columns = f'"sdkmessageid", "name", "isprivate", "isactive", "isreadonly", {VERSION}'
    sql = f"INSERT OR IGNORE INTO {sql_table(schema.tables[_MESSAGES])} ({columns})"
    connection.executemany(f"{sql} VALUES (?, ?, 0, 1, 0, 1)", message_rows())
    filters = sql_table(schema.tables[_FILTERS])
    columns = f'"sdkmessagefilterid", "sdkmessageid", "primaryobjecttypecode", {VERSION}'
    sql = f"INSERT OR IGNORE INTO {filters} ({columns}, "
    flags = '"iscustomprocessingstepallowed", "isvisible")'
    connection.executemany(f"{sql}{flags} VALUES (?, ?, ?, 1, 1, 1)", filter_rows(schema))
    known = {str(row[0]) for row in connection.execute(_OBJECTS)}
    gone = [(name,) for name in known if name not in schema.tables]
    connection.executemany(f"DELETE FROM {filters} WHERE primaryobjecttypecode = ?", gone)  # noqa: S608 - quoted names of the schema


def add_user_settings(
    connection: sqlite3.Connection, schema: Schema, user_id: UUID, version: int
) -> None:
    """Give a user the settings of a new one, unless there are some."""
    table = schema.tables.get(SETTINGS)
    if table is None:
        return
    language = tenant_languages(connection, schema).base
    own = {**dict.fromkeys(_LANGUAGES, language), "systemuserid": str(user_id)}
    values = {**table.defaults, **_NEW_SETTINGS, **own}
    known = {name: value for name, value in values.items() if name in table.columns}
    names = ", ".join(f'"{name}"' for name in known)
    marks = ", ".join("?" * len(known))
    sql = f"INSERT OR IGNORE INTO {sql_table(table)} ({VERSION}, {names}) VALUES (?, {marks})"  # noqa: S608 - quoted names of the schema
    connection.execute(sql, (version, *known.values()))


def tenant_languages(connection: sqlite3.Connection, schema: Schema) -> Languages:
    """The schema's languages; the organization's row may name another base language."""
    table = schema.tables.get(_ORGANIZATION)
    if table is None or "languagecode" not in table.columns:
        return schema.languages
    sql = "SELECT languagecode FROM organization WHERE languagecode IS NOT NULL LIMIT 1"
    row = connection.execute(sql).fetchone()
    return schema.languages if row is None else schema.languages.with_base(int(row[0]))


def name_convention(connection: sqlite3.Connection, schema: Schema) -> int:
    """The order in which the organization shows the parts of a name."""
    table = schema.tables.get(_ORGANIZATION)
    if table is None or "fullnameconventioncode" not in table.columns:
        return FIRST_LAST
    sql = "SELECT fullnameconventioncode FROM organization"
    row = connection.execute(f"{sql} WHERE fullnameconventioncode IS NOT NULL LIMIT 1").fetchone()
    return FIRST_LAST if row is None else int(row[0])


def settings_of(
    connection: sqlite3.Connection, schema: Schema, user_id: UUID
) -> tuple[int | None, int | None]:
    """The language and the time zone code that a user has set."""
    if SETTINGS not in schema.tables:
        return None, None
    sql = "SELECT uilanguageid, timezonecode FROM usersettings WHERE systemuserid = ?"
    row = connection.execute(sql, (str(user_id),)).fetchone()
    return (None, None) if row is None else (row[0], row[1])
