"""
The errors of writing definitions, with the codes of the page of web service error codes.

That page has no HTTP status and no code for some; what was chosen is in the table of provenance.
"""

from __future__ import annotations

from connector.emulator.faults import DataverseFault


def invalid(message: str) -> DataverseFault:
    """A definition breaks a rule for which the page has no code of its own."""
    return DataverseFault(400, "0x80040203", message)


def no_prefix(what: str, name: str) -> DataverseFault:
    """A name does not begin with the prefix of a publisher."""
    return invalid(
        f"Invalid name for {what} {name}. Custom {what} names must start with a valid "
        "customization prefix, 2 to 8 letters and digits and an underscore."
    )


def duplicate_table(name: str) -> DataverseFault:
    """There is a table of that name."""
    message = f"An object with the specified name already exists: {name}."
    return DataverseFault(400, "0x80047010", message)


def duplicate_column(table: str, name: str) -> DataverseFault:
    """The table has a column of that name."""
    message = f"An attribute with the specified name {name} already exists on entity {table}."
    return DataverseFault(400, "0x80047013", message)


def second_primary_name(table: str, first: str, second: str) -> DataverseFault:
    """A table is given two primary names."""
    message = (
        f"The new {second} attribute is set as the primary name attribute for the {table} entity, "
        f"which already has {first}. An entity can only have one primary name attribute."
    )
    return DataverseFault(400, "0x8004701E", message)


def duplicate_key_name(table: str, name: str) -> DataverseFault:
    """The table has a key of that name."""
    message = f"An entity key with the name {name} already exists on entity {table}."
    return DataverseFault(400, "0x80060893", message)


def duplicate_key_columns(table: str) -> DataverseFault:
    """The table has a key of the same columns."""
    message = f"An entity key with the selected attributes already exists on entity {table}."
    return DataverseFault(400, "0x80060894", message)


def duplicate_relationship(name: str) -> DataverseFault:
    """There is a relationship of that name."""
    message = f"A relationship with the name {name} already exists. Please specify a unique name."
    return DataverseFault(400, "0x8004432B", message)


def nameless_relationship() -> DataverseFault:
    """A relationship has no schema name."""
    return DataverseFault(400, "0x8004432A", "Entity relationships require a name.")


def duplicate_navigation(table: str, name: str) -> DataverseFault:
    """A navigation property of that name exists on the table."""
    message = f"NavigationPropertyName {name} is not unique within an entity: {table}."
    return DataverseFault(400, "0x80072551", message)


def in_use(kind: str, name: str, users: int) -> DataverseFault:
    """A definition is referred to by others."""
    message = (
        f"The {kind}({name}) component cannot be deleted because it is referenced by {users} "
        "other components."
    )
    return DataverseFault(400, "0x8004F01F", message)


def not_deletable(name: str, metadata_id: str) -> DataverseFault:
    """A definition that came with the platform cannot be deleted."""
    message = (
        f"The 'Delete' operation on the current component(name='{name}', id='{metadata_id}') "
        "failed during managed property evaluation of condition: 'it is not custom'"
    )
    return DataverseFault(400, "0x8004F032", message)


def primary_column(name: str) -> DataverseFault:
    """The primary name and the primary key of a table cannot be deleted."""
    message = f"The Primary UI Attribute is not valid for deletion: {name}."
    return DataverseFault(400, "0x80047002", message)


def option_set_in_use(users: str) -> DataverseFault:
    """Columns take their choices from the option set."""
    message = f"This option set cannot be deleted. It is referenced by: {users}."
    return DataverseFault(400, "0x80048417", message)
