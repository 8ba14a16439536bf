"""The errors that Dataverse documents, each made by one function that fills in its words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from connector.emulator.known_names import is_known_entity_set, is_known_property

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID


@dataclass(eq=False)
class DataverseFault(Exception):  # noqa: N818 - a fault is what the service answers, not a bug
    """
    An answer other than success: HTTP status, Dataverse error code and message.

    *code* is hexadecimal text as on the wire, for example ``0x80040217``. *headers* are
    added to the answer, for example ``Retry-After``.
    """

    status: int
    code: str
    message: str
    headers: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        return f"{self.status} {self.code}: {self.message}"


def unsupported(feature: str) -> DataverseFault:
    """The emulator does not know *feature*: 501, never a wrong 200."""
    return DataverseFault(501, "0x80060888", f"The emulator does not support {feature}.")


def bad_request(message: str) -> DataverseFault:
    """The request breaks a rule of OData or of Dataverse's part of it (0x80060888)."""
    return DataverseFault(400, "0x80060888", message)


def no_such_method(method: str, table: str) -> DataverseFault:
    """A table has no such message: its rows follow from others (0x80040800)."""
    message = (
        f"The '{method}' method does not support entities of type '{table}'. "
        "MessageProcessorCache returned MessageProcessor.Empty."
    )
    return DataverseFault(400, "0x80040800", message)


def not_found(table: str, row_id: UUID | str) -> DataverseFault:
    """No row of *table* has this primary key."""
    return DataverseFault(404, "0x80040217", f"{table} With Id = {row_id} Does Not Exist")


def not_found_by_key(table: str, key: str) -> DataverseFault:
    """No row of *table* has these alternate key values."""
    message = f"A record with the specified key values does not exist in {table} entity ({key})"
    return DataverseFault(404, "0x80060891", message)


def unknown_segment(segment: str) -> DataverseFault:
    """The path names no resource; entity set names are case-sensitive."""
    if is_known_entity_set(segment):
        return unsupported(feature=f"the entity set '{segment}'")
    message = f"Resource not found for the segment '{segment}'."
    return DataverseFault(404, "0x8006088a", message)


def syntax_error() -> DataverseFault:
    """The address ends in the middle of a key."""
    return DataverseFault(400, "0x80060888", "Bad Request - Error in query syntax.")


def dangerous_path(character: str) -> DataverseFault:
    """A key in an address holds a character that the service takes in none."""
    message = (
        f"A potentially dangerous Request.Path value was detected from the client ({character})."
    )
    return DataverseFault(400, "0x80060888", message)


def invalid_key(table: str) -> DataverseFault:
    """The key predicate in the address is no key of *table*."""
    message = (
        f"The key in the request URI is not valid for resource 'Microsoft.Dynamics.CRM.{table}'. "
        "Ensure that the names and number of key properties match the declared or alternate key "
        f"properties for the resource 'Microsoft.Dynamics.CRM.{table}'."
    )
    return DataverseFault(400, "0x80060888", message)


def unknown_property(table: str, name: str) -> DataverseFault:
    """A query names a property that *table* does not have, names being case-sensitive."""
    if is_known_property(table, name):
        return unsupported(feature=f"the property '{name}' of '{table}'")
    message = f"Could not find a property named '{name}' on type 'Microsoft.Dynamics.CRM.{table}'."
    return DataverseFault(400, "0x0", message)


def no_navigation(table: str, name: str) -> DataverseFault:
    """An expansion names a column."""
    return bad_request(
        f"Property '{name}' on type 'Microsoft.Dynamics.CRM.{table}' is not a navigation property "
        "or complex property. Only navigation properties can be expanded."
    )


def undeclared_property(name: str, table: str = "") -> DataverseFault:
    """A body annotates a property that does not exist, usually a misspelt ``@odata.bind``."""
    if table and is_known_property(table, name):
        return unsupported(feature=f"the property '{name}' of '{table}'")
    message = (
        f"An undeclared property '{name}' which only has property annotations in the payload but "
        "no property value was found in the payload. In OData, only declared navigation "
        "properties and declared named streams can be represented as properties without values."
    )
    return DataverseFault(400, "0x80048d19", message)


def invalid_property(table: str, name: str) -> DataverseFault:
    """A body sets a property that *table* does not have."""
    if is_known_property(table, name):
        return unsupported(feature=f"the property '{name}' of '{table}'")
    message = (
        f"Invalid property '{name}' was found in entity 'Microsoft.Dynamics.CRM.{table}'. "
        f"The property '{name}' does not exist on type 'Microsoft.Dynamics.CRM.{table}'."
    )
    return DataverseFault(400, "0x80048d19", f"Error identified in Payload provided: {message}")


def payload_error(message: str) -> DataverseFault:
    """The body cannot be understood (0x80048d19)."""
    return DataverseFault(400, "0x80048d19", f"Error identified in Payload provided: {message}")


def wrong_type(name: str, value: object, expected: str) -> DataverseFault:
    """A body gives *name* a value of another type than *expected*."""
    shown = repr(value)[:100]
    return payload_error(
        f"Cannot convert the literal {shown} of property '{name}' to the expected type "
        f"'{expected}'."
    )


def too_long(table: str, column: str, limit: int) -> DataverseFault:
    """A text exceeds the column's length."""
    message = (
        f"A validation error occurred. The length of the '{column}' attribute of the '{table}' "
        f"entity exceeded the maximum allowed length of '{limit}'."
    )
    return DataverseFault(400, "0x80044331", message)


def out_of_range(table: str, column: str, value: object) -> DataverseFault:
    """A number or date lies outside the column's range."""
    message = (
        f"A validation error occurred. The value {value} of '{column}' on record of type "
        f"'{table}' is outside the valid range."
    )
    return DataverseFault(400, "0x80044330", message)


def unknown_choice(
    table: str, column: str, value: object, accepted: Iterable[int]
) -> DataverseFault:
    """A choice column is given a number that is not among its options, which are listed."""
    values = ",".join(str(one) for one in sorted(accepted))
    message = (
        f"A validation error occurred. The value {value} of '{column}' on record of type "
        f"'{table}' is outside the valid range. Accepted Values: {values}"
    )
    return DataverseFault(400, "0x8004431a", message)


def missing_required(table: str, column: str) -> DataverseFault:
    """A row would lack a column without which the service keeps none."""
    message = f"The required column '{column}' of '{table}' has no value."
    return DataverseFault(400, "0x80040203", message)


def invalid_status(table: str, status: int, state: int) -> DataverseFault:
    """A status reason does not belong to the row's state."""
    message = f"{status} is not a valid status code for state code {state} on {table}."
    return DataverseFault(400, "0x80048408", message)


def duplicate_record(table: str) -> DataverseFault:
    """A row of *table* with this primary key exists already."""
    message = f"Cannot insert duplicate key. A record of type {table} has these key values."
    return DataverseFault(412, "0x80040237", message)


def duplicate_key(table: str, key: str) -> DataverseFault:
    """Another row of *table* has the same values of the alternate key *key*."""
    message = (
        f"A record that has the attribute values already exists. The entity key {key} of {table} "
        "requires that this set of attributes contains unique values."
    )
    return DataverseFault(412, "0x80060892", message)


def version_mismatch() -> DataverseFault:
    """The ETag in If-Match is not the row's version."""
    message = "The version of the existing record doesn't match the RowVersion property provided."
    return DataverseFault(412, "0x80060882", message)


def already_exists() -> DataverseFault:
    """If-None-Match: * met an existing row."""
    return DataverseFault(412, "0x80040237", "A record with matching key values already exists.")


def file_in_body(table: str, column: str) -> DataverseFault:
    """A body sets a file, which only its own address takes."""
    message = f"The file column '{column}' of '{table}' is set and cleared by its own address only."
    return DataverseFault(400, "0x80040203", message)


def file_too_large(column: str, kilobytes: int, size: int) -> DataverseFault:
    """A file is larger than its column takes."""
    message = f"The file is too large for '{column}': {size} bytes, at most {kilobytes} KB."
    return DataverseFault(400, "0x80044a02", message)


def unknown_image(table: str, column: str) -> DataverseFault:
    """A file is no picture that the service takes."""
    message = (
        "Error occured when processing image. Reason: Update image properties failed for "
        f"logicalName: {table}, attribute: {column}"
    )
    return DataverseFault(400, "0x80072553", message)


def no_image_at_creation(table: str, column: str) -> DataverseFault:
    """A new row is given a picture in another column than that of its primary picture."""
    message = (
        f"Non-primary image attribute {column} of entity {table} is not allowed to upload during "
        "Create operation."
    )
    return DataverseFault(400, "0x80090487", message)


def no_such_range(size: int) -> DataverseFault:
    """A range has no byte in common with the file."""
    headers = (("Content-Range", f"bytes */{size}"),)
    return DataverseFault(416, "0x80060888", f"The file has {size} bytes.", headers)


def not_supported_message(message: str, table: str) -> DataverseFault:
    """A table does not take one of the messages that most tables take."""
    text = f"The '{message}' method does not support entities of type '{table}'."
    return DataverseFault(405, "0x80040800", text)


def cannot_delete(table: str, referencing: str) -> DataverseFault:
    """A row is still referenced through a relationship that restricts deletion."""
    message = f"The {table} cannot be deleted because it is associated with a {referencing} record."
    return DataverseFault(405, "0x80040227", message)


def aggregate_limit(limit: int) -> DataverseFault:
    """An aggregate query reads more than the documented number of rows."""
    message = (
        "The maximum record limit is exceeded. Reduce the number of records. "
        f"AggregateQueryRecordLimit: {limit}"
    )
    return DataverseFault(400, "0x8004E023", message)
