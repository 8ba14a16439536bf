"""Files and images of rows over the wire: in one request, in chunks, and by the block messages."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl, quote

from connector.emulator import faults
from connector.emulator.operations.scope import NO_CONTENT
from connector.emulator.protocol.exchange import Response
from connector.emulator.protocol.json_text import load_object
from connector.emulator.protocol.ranges import sent_range, wanted_range
from connector.emulator.rows.files import (
    ATTACHMENTS,
    FileContent,
    check_size,
    clear_file,
    decoded,
    file_column,
    kind_by_name,
    read_file,
    store_file,
)
from connector.emulator.schema.model import ColumnKind
from connector.emulator.schema.rights import Right
from connector.emulator.schema.values import parse_guid
from connector.emulator.storage.files import Upload

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from connector.emulator.operations.scope import Scope
    from connector.emulator.schema.model import Column
    from connector.emulator.storage.store import StoredRow

CHUNK: Final = 4_194_304
_LARGEST_REQUEST: Final = 128 * 1024 * 1024
_LONGEST_BLOCK_ID: Final = 64
_CRM: Final = "Microsoft.Dynamics.CRM."
_SESSION: Final = "sessiontoken"
_NAME: Final = "x-ms-file-name"


def upload(scope: Scope, row: StoredRow, column: Column) -> Response:
    """Take a file whole, begin to take one in chunks, or take the next chunk."""
    query = dict(parse_qsl(scope.request.query, keep_blank_values=True))
    name = scope.request.header(_NAME) or query.get(_NAME, "")
    if _SESSION in query:
        return _chunk(scope, row, column, query[_SESSION])
    if not name:
        raise faults.bad_request(message=f"An upload needs the name of the file in {_NAME}.")
    if (scope.request.header("x-ms-transfer-mode") or "").lower() == "chunked":
        return _begin(scope, row, column, name)
    if len(scope.request.body) > _LARGEST_REQUEST:
        raise faults.DataverseFault(413, "0x8004418a", "The file is too large for one request.")
    _store(scope, row, column, name, scope.request.body)
    return NO_CONTENT


def download(scope: Scope, row: StoredRow, column: Column) -> Response:
    """Answer a file whole, or the range of it that is asked for; 204 when there is none."""
    file = _wanted(scope, row, column)
    if file is None:
        return NO_CONTENT
    status, part, headers = _part(scope, file)
    shared = (("Content-Type", "application/octet-stream"), ("OData-Version", "4.0"))
    return Response(status=status, headers=shared + headers, body=part)


def content(scope: Scope, row: StoredRow, column: Column) -> Response:
    """Answer a file, or a range of it, as the value of its column: JSON with base64."""
    file = _wanted(scope, row, column)
    if file is None:
        return NO_CONTENT
    status, part, headers = _part(scope, file)
    context = f"{scope.root}$metadata#{row.table.entity_set}({row.id})/{column.property_name}"
    value = {"@odata.context": context, "value": b64encode(part).decode("ascii")}
    answer = scope.json(value, status)
    return replace(answer, headers=answer.headers + headers)


def delete(scope: Scope, row: StoredRow, column: Column) -> Response:
    """Delete the file of a column."""
    clear_file(scope.writer, row, column)
    return NO_CONTENT


def begin_blocks(scope: Scope) -> Response:
    """Begin an upload in blocks; answers the token that its blocks carry."""
    body = load_object(scope.request.body)
    row, column = _target(scope, body)
    token = str(scope.tx.new_id())
    scope.tx.files.begin(_upload_of(token, row, column, _text(body, "FileName")))
    return _answer(scope, "InitializeFileBlocksUpload", {"FileContinuationToken": token})


def upload_block(scope: Scope) -> Response:
    """Take one block of an upload."""
    body = load_object(scope.request.body)
    under_way = _under_way(scope, _text(body, "FileContinuationToken"))
    block_id = _text(body, "BlockId")
    if not block_id or len(decoded("BlockId", block_id)) > _LONGEST_BLOCK_ID:
        raise faults.bad_request(message="A BlockId has 1 to 64 bytes in base64.")
    data = decoded("BlockData", _text(body, "BlockData"))
    if len(data) > CHUNK:
        raise faults.bad_request(message=f"A block has at most {CHUNK} bytes, not {len(data)}.")
    scope.tx.files.put_block(under_way.token, block_id, data)
    return NO_CONTENT


def commit_blocks(scope: Scope) -> Response:
    """Join the blocks of an upload in the order that is given; answers the id of the file."""
    body = load_object(scope.request.body)
    under_way = _under_way(scope, _text(body, "FileContinuationToken"))
    ids = body.get("BlockList")
    if not isinstance(ids, list) or not all(isinstance(one, str) for one in ids):
        raise faults.payload_error(message="the parameter 'BlockList' must be a list of BlockIds")
    blocks = scope.tx.files.blocks(under_way.token, ids)
    if None in blocks:
        missing = ids[blocks.index(None)]
        raise faults.bad_request(message=f"The block '{missing[:100]}' was never uploaded.")
    content = b"".join(block for block in blocks if block is not None)
    scope.tx.files.end(under_way.token)
    table = scope.schema.table(under_way.table)
    file = FileContent(name=_text(body, "FileName"), kind=_text(body, "MimeType"), content=content)
    row, column = scope.writer.row(table, under_way.row_id), table.columns[under_way.column]
    file_id = store_file(scope.writer, row, column, file)
    answer = {"FileId": str(file_id), "FileSizeInBytes": len(content)}
    return _answer(scope, "CommitFileBlocksUpload", answer)


def begin_download(scope: Scope) -> Response:
    """Begin a download in blocks; answers the size and the token that its requests carry."""
    row, column = _target(scope, load_object(scope.request.body))
    file = read_file(scope.tx, row, column)
    if file is None:
        message = (
            f"No FileAttachment records found for attribute: {column.logical_name} of "
            f"{row.table.logical_name} record with id {row.id}."
        )
        raise faults.DataverseFault(404, "0x80040217", message)
    token = str(scope.tx.new_id())
    scope.tx.files.begin(_upload_of(token, row, column, file.name))
    answer = {
        "FileContinuationToken": token,
        "FileSizeInBytes": len(file.content),
        "FileName": file.name,
        "IsChunkingSupported": True,
    }
    return _answer(scope, "InitializeFileBlocksDownload", answer)


def download_block(scope: Scope) -> Response:
    """Answer one block of a download, in base64."""
    body = load_object(scope.request.body)
    under_way = _under_way(scope, _text(body, "FileContinuationToken"))
    table = scope.schema.table(under_way.table)
    row = scope.writer.row(table, under_way.row_id)
    file = read_file(scope.tx, row, table.columns[under_way.column])
    offset, length = _number(body, "Offset"), _number(body, "BlockLength")
    if file is None or offset > len(file.content) or length == 0:
        raise faults.bad_request(message="The file has no such block.")
    data = b64encode(file.content[offset : offset + length]).decode("ascii")
    return _answer(scope, "DownloadBlock", {"Data": data})


def delete_file(scope: Scope) -> Response:
    """Delete a file by its id, wherever it is."""
    file_id = parse_guid(_text(load_object(scope.request.body), "FileId"))
    found = None if file_id is None else scope.tx.get(scope.schema.table(ATTACHMENTS), file_id)
    if found is None:
        raise faults.not_found(ATTACHMENTS, str(file_id))
    for table in scope.schema.tables.values():
        for column in table.file_columns:
            name = column.logical_name
            name = f"{name}id" if column.kind is ColumnKind.IMAGE else name
            for row in scope.tx.find(table, {name: file_id}):
                clear_file(scope.writer, row, column)
    return NO_CONTENT


FILE_ACTIONS: Final[Mapping[str, Callable[[Scope], Response]]] = {
    "InitializeFileBlocksUpload": begin_blocks,
    "UploadBlock": upload_block,
    "CommitFileBlocksUpload": commit_blocks,
    "InitializeFileBlocksDownload": begin_download,
    "DownloadBlock": download_block,
    "DeleteFile": delete_file,
}


def _begin(scope: Scope, row: StoredRow, column: Column, name: str) -> Response:
    token = str(scope.tx.new_id())
    scope.tx.files.begin(_upload_of(token, row, column, name))
    address = f"{scope.root}{row.table.entity_set}({row.id})/{column.property_name}"
    headers = (
        ("OData-Version", "4.0"),
        ("Accept-Ranges", "bytes"),
        ("Location", f"{address}?{_SESSION}={token}"),
        ("x-ms-chunk-size", str(CHUNK)),
        ("Access-Control-Expose-Headers", "x-ms-chunk-size"),
    )
    return Response(status=200, headers=headers)


def _chunk(scope: Scope, row: StoredRow, column: Column, token: str) -> Response:
    """Take the next chunk; the first begins at byte 0, each further one where the last ended."""
    under_way = _under_way(scope, token)
    if (under_way.row_id, under_way.column) != (row.id, column.logical_name):
        raise faults.bad_request(message="The session token belongs to another column.")
    sent = sent_range(scope.request.header("content-range"), len(scope.request.body))
    check_size(column, sent.total)
    if sent.start != len(under_way.content):
        message = f"The chunk begins at byte {sent.start}; {len(under_way.content)} was expected."
        raise faults.bad_request(message)
    if not sent.is_last:
        scope.tx.files.extend(under_way, scope.request.body)
        return Response(status=206, headers=(("OData-Version", "4.0"),))
    scope.tx.files.end(token)
    name = scope.request.header(_NAME) or under_way.name
    _store(scope, row, column, name, under_way.content + scope.request.body)
    return NO_CONTENT


def _store(scope: Scope, row: StoredRow, column: Column, name: str, content: bytes) -> None:
    file = FileContent(name=name, kind=kind_by_name(name), content=content)
    store_file(scope.writer, row, column, file)


def _wanted(scope: Scope, row: StoredRow, column: Column) -> FileContent | None:
    """The file of a column; of a picture its thumbnail, unless all of it is asked for."""
    scope.tx.check(row, Right.READ)
    query = dict(parse_qsl(scope.request.query, keep_blank_values=True))
    if column.kind is ColumnKind.IMAGE and query.get("size", "").lower() != "full":
        return _thumbnail(row, column)
    return read_file(scope.tx, row, column)


def _part(scope: Scope, file: FileContent) -> tuple[int, bytes, tuple[tuple[str, str], ...]]:
    """The status, the bytes that the request asks for, and the headers that tell of them."""
    headers, wanted, size = _described(file), scope.request.header("range"), len(file.content)
    if wanted is None:
        return 200, file.content, headers
    start, stop = wanted_range(wanted, size)
    partial = (
        ("x-ms-chunk-size", str(CHUNK)),
        ("Accept-Ranges", "bytes"),
        ("Content-Range", f"bytes {start}-{stop - 1}/{size}"),
    )
    return 206, file.content[start:stop], headers + partial


def _thumbnail(row: StoredRow, column: Column) -> FileContent | None:
    name, text = column.logical_name, row.values[column.logical_name]
    if text is None:
        return None
    return FileContent(name=f"{name}.png", kind="image/png", content=decoded(name, text))


def _described(file: FileContent) -> tuple[tuple[str, str], ...]:
    """The headers that tell of a file; a name that is no ASCII is percent-encoded."""
    name = file.name if file.name.isascii() and file.name.isprintable() else quote(file.name)
    quoted = name.replace("\\", "\\\\").replace('"', '\\"')
    return (
        ("Content-Disposition", f'attachment; filename="{quoted}"'),
        ("x-ms-file-size", str(len(file.content))),
        ("x-ms-file-name", name),
        ("mimetype", file.kind),
        ("Access-Control-Expose-Headers", "x-ms-file-size; x-ms-file-name; mimetype"),
    )


def _upload_of(token: str, row: StoredRow, column: Column, name: str) -> Upload:
    table = row.table.logical_name
    return Upload(token=token, table=table, row_id=row.id, column=column.logical_name, name=name)


def _under_way(scope: Scope, token: str) -> Upload:
    found = scope.tx.files.upload(token)
    if found is None:
        raise faults.bad_request(message="The token of the file is unknown or used up.")
    return found


def _target(scope: Scope, body: Mapping[str, Any]) -> tuple[StoredRow, Column]:
    target = body.get("Target")
    if not isinstance(target, dict):
        raise faults.payload_error(message="the parameter 'Target' must be an entity")
    kind = str(target.get("@odata.type", "")).removeprefix("#").removeprefix(_CRM)
    table = scope.schema.tables.get(kind)
    row_id = parse_guid(str(target.get(table.primary_id, ""))) if table is not None else None
    if table is None or row_id is None:
        raise faults.payload_error(message="'Target' needs its '@odata.type' and primary key")
    column = file_column(table, _text(body, "FileAttributeName"))
    return scope.writer.row(table, row_id), column


def _text(body: Mapping[str, Any], name: str) -> str:
    found = body.get(name)
    if not isinstance(found, str):
        raise faults.payload_error(message=f"the parameter '{name}' must be a text")
    return found


def _number(body: Mapping[str, Any], name: str) -> int:
    found = body.get(name)
    if isinstance(found, bool) or not isinstance(found, int) or found < 0:
        raise faults.payload_error(message=f"the parameter '{name}' must be a whole number")
    return found


def _answer(scope: Scope, name: str, members: Mapping[str, object]) -> Response:
    context = f"{scope.root}$metadata#{_CRM}{name}Response"
    return scope.json({"@odata.context": context, **members})
