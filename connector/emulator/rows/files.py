"""Files and images of rows: stored, read and deleted with what the row shows of them."""

from __future__ import annotations

import base64
import binascii
import mimetypes
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol
from uuid import UUID

from connector.emulator import faults
from connector.emulator.rows.images import kind_of_image, thumbnail
from connector.emulator.schema.model import Column, ColumnKind, Table
from connector.emulator.schema.rights import Right

if TYPE_CHECKING:
    from connector.emulator.schema.values import NewValues
    from connector.emulator.storage.store import StoredRow, Transaction

ATTACHMENTS: Final = "fileattachment"
ANY_KIND: Final = "application/octet-stream"
DEFAULT_KILOBYTES: Final = 32_768
DEFAULT_IMAGE_KILOBYTES: Final = 10_240
_KILOBYTE: Final = 1024
# The ticks of .NET begin in the year 1; one is a ten-millionth of a second.
_TICKS_AT_EPOCH: Final = 621_355_968_000_000_000
_TICKS: Final = 10_000_000


class RowWriter(Protocol):
    """What writes a row within a transaction, as far as files need it."""

    @property
    def tx(self) -> Transaction:
        """The transaction."""

    @property
    def system(self) -> bool:
        """Whether it writes for the platform itself, which no privilege binds."""

    def change(self, row: StoredRow, values: NewValues) -> StoredRow:
        """Change columns of a row."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileContent:
    """A file with its name and MIME type."""

    name: str
    kind: str
    content: bytes


def kind_by_name(name: str) -> str:
    """The MIME type that the name of a file suggests."""
    return mimetypes.guess_type(name)[0] or ANY_KIND


def most_kilobytes(column: Column) -> int:
    """The MaxSizeInKB of a file or image column."""
    if column.max_length is not None:
        return column.max_length
    is_file = column.kind is ColumnKind.FILE
    return DEFAULT_KILOBYTES if is_file else DEFAULT_IMAGE_KILOBYTES


def file_column(table: Table, name: str) -> Column:
    """The file or image column of a logical name, or 400."""
    column = table.columns.get(name)
    if column is None or column.kind not in (ColumnKind.FILE, ColumnKind.IMAGE):
        message = f"'{name[:100]}' is no file or image column of '{table.logical_name}'."
        raise faults.DataverseFault(400, "0x80040203", message)
    return column


def check_size(column: Column, size: int) -> None:
    """Raise 400 when a file is larger than its column takes."""
    most = most_kilobytes(column)
    if size > most * _KILOBYTE:
        raise faults.file_too_large(column.logical_name, most, size)


def store_file(writer: RowWriter, row: StoredRow, column: Column, file: FileContent) -> UUID:
    """Put a file into a column of a row, in the place of one that is there; returns its id."""
    check_size(column, len(file.content))
    writer.tx.check(row, Right.WRITE)
    if column.kind is ColumnKind.IMAGE:
        return _store_image(writer, row, column, file)
    _forget(writer.tx, _file_id(row, column))
    file_id = _attach(writer.tx, column, file)
    name = {f"{column.logical_name}_name": file.name}
    writer.change(row, {column.logical_name: file_id, **name})
    return file_id


def clear_file(writer: RowWriter, row: StoredRow, column: Column) -> None:
    """Take the file out of a column of a row; nothing happens when there is none."""
    writer.tx.check(row, Right.WRITE)
    _forget(writer.tx, _file_id(row, column))
    if column.kind is ColumnKind.IMAGE:
        writer.change(row, dict.fromkeys(_image_columns(column)))
    else:
        names = (column.logical_name, f"{column.logical_name}_name")
        writer.change(row, dict.fromkeys(names))


def read_file(tx: Transaction, row: StoredRow, column: Column) -> FileContent | None:
    """The file of a column as it was uploaded; None when there is none, or only its thumbnail."""
    tx.check(row, Right.READ)
    file_id = _file_id(row, column)
    content = tx.files.content(file_id) if file_id is not None else None
    if content is None or file_id is None:
        return None
    attachment = tx.get(tx.schema.table(ATTACHMENTS), file_id)
    told = attachment.values if attachment else {}
    name = str(told.get("filename") or column.logical_name)
    return FileContent(name=name, kind=str(told.get("mimetype") or ANY_KIND), content=content)


def forget_files(tx: Transaction, row: StoredRow) -> None:
    """Forget the files of a row that is deleted."""
    for column in row.table.file_columns:
        _forget(tx, _file_id(row, column))


def complete_images(
    writer: RowWriter, table: Table, values: NewValues, row: StoredRow | None
) -> None:
    """
    Replace the pictures in the values of a body by their thumbnails.

    Only the primary picture of a table is taken at creation (*row* is None then).
    """
    for column in table.file_columns:
        name = column.logical_name
        if column.kind is not ColumnKind.IMAGE or name not in values:
            continue
        if row is None and values[name] is not None and name != table.primary_image:
            raise faults.no_image_at_creation(table.logical_name, name)
        if row is not None:
            _forget(writer.tx, _file_id(row, column))
        if values[name] is None:
            values.update(dict.fromkeys(_image_columns(column)))
            continue
        content = decoded(name, values[name])
        check_size(column, len(content))
        file = FileContent(name=name, kind=kind_of_image(content) or "", content=content)
        values.update(_image_values(writer.tx, table, column, file))


def decoded(name: str, text: object) -> bytes:
    """The bytes of a base64 text; 400 when it is none."""
    try:
        return base64.b64decode(str(text), validate=True)
    except (binascii.Error, ValueError) as error:
        raise faults.wrong_type(name, str(text)[:40], expected="Edm.Binary") from error


def _store_image(writer: RowWriter, row: StoredRow, column: Column, file: FileContent) -> UUID:
    _forget(writer.tx, _file_id(row, column))
    kind = kind_of_image(file.content)
    named = FileContent(name=file.name, kind=kind or "", content=file.content)
    values = _image_values(writer.tx, row.table, column, named)
    writer.change(row, values)
    return values[f"{column.logical_name}id"]  # type: ignore[return-value]


def _image_values(tx: Transaction, table: Table, column: Column, file: FileContent) -> NewValues:
    small = thumbnail(file.content) if file.kind else None
    if small is None:
        raise faults.unknown_image(table.logical_name, column.logical_name)
    name = column.logical_name
    file_id = _attach(tx, column, file) if column.full_image else tx.new_id()
    stamp = _TICKS_AT_EPOCH + int(tx.now.timestamp()) * _TICKS
    url = f"/Image/download.aspx?Entity={table.logical_name}&Attribute={name}"
    return {
        name: base64.b64encode(small).decode("ascii"),
        f"{name}id": file_id,
        f"{name}_timestamp": stamp,
        f"{name}_url": f"{url}&Id={file_id}&Timestamp={stamp}",
    }


def _image_columns(column: Column) -> tuple[str, ...]:
    name = column.logical_name
    return (name, f"{name}id", f"{name}_timestamp", f"{name}_url")


def _attach(tx: Transaction, column: Column, file: FileContent) -> UUID:
    table = tx.schema.table(ATTACHMENTS)
    file_id = tx.insert(
        table,
        {
            "filename": file.name,
            "filesizeinbytes": len(file.content),
            "mimetype": file.kind,
            "regardingfieldname": column.logical_name,
        },
    )
    tx.files.put(file_id, file.content)
    return file_id


def _forget(tx: Transaction, file_id: UUID | None) -> None:
    if file_id is None:
        return
    tx.files.remove(file_id)
    table = tx.schema.table(ATTACHMENTS)
    if tx.exists(table, file_id):
        tx.delete(table, file_id)


def _file_id(row: StoredRow, column: Column) -> UUID | None:
    name = column.logical_name
    found = row.values.get(f"{name}id" if column.kind is ColumnKind.IMAGE else name)
    return found if isinstance(found, UUID) else None
