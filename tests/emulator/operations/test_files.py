"""Files and images of rows: whole, in chunks and in blocks, there and back."""

from __future__ import annotations

import base64
from io import BytesIO
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest
from PIL import Image

from connector.emulator import Emulator
from connector.emulator.schema.file import read_schema
from tests.emulator.web import ROOT, InProcess, OverSocket, Web

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.emulator.web import Answer

SCHEMA = {
    "format": "proforma-emulator-schema/1",
    "extends": "project-operations",
    "tables": {
        "thing": {
            "set": "things",
            "name": "name",
            "image": "photo",
            "columns": {
                "thingid": {"kind": "guid"},
                "name": {"kind": "string"},
                "paper": {"kind": "file", "length": 64},
                "photo": {"kind": "image", "full_image": True},
                "icon": {"kind": "image"},
            },
        }
    },
}
BYTES = bytes(range(256)) * 40
BINARY = {"Content-Type": "application/octet-stream"}


@pytest.fixture(params=["in process", "over a socket"])
def web(request: pytest.FixtureRequest) -> Iterator[Web]:
    """A client of an emulator with a table of files and images."""
    emulator = Emulator(read_schema(SCHEMA), behaviour="plain")
    if request.param == "in process":
        yield Web(InProcess(emulator.app))
    else:
        with emulator.serve() as server:
            carrier = OverSocket(server.port)
            yield Web(carrier)
            carrier.connection.close()
    emulator.close()


@pytest.fixture
def thing(web: Web) -> str:
    return web.create("things", name="T")


def picture(width: int, height: int, kind: str = "PNG") -> bytes:
    written = BytesIO()
    Image.new("RGB", (width, height), "red").save(written, format=kind)
    return written.getvalue()


def put(web: Web, address: str, content: bytes, name: str = "a.pdf") -> Answer:
    return web("PATCH", address, content, {**BINARY, "x-ms-file-name": name})


def attachments(web: Web) -> list[Any]:
    return web.rows("fileattachments")


def test_a_file_is_uploaded_and_downloaded_whole(web: Web, thing: str) -> None:
    address = f"things({thing})/paper"
    assert web("GET", f"{address}/$value").status == 204
    assert put(web, address, BYTES).status == 204
    answer = web("GET", f"{address}/$value")
    assert (answer.status, answer.body) == (200, BYTES)
    assert answer.headers["x-ms-file-size"] == str(len(BYTES))
    assert answer.headers["x-ms-file-name"] == "a.pdf"
    assert answer.headers["content-disposition"] == 'attachment; filename="a.pdf"'
    assert answer.headers["mimetype"] == "application/pdf"
    row = web.row("things", thing)
    [file] = attachments(web)
    assert (row["paper"], row["paper_name"]) == (file["fileattachmentid"], "a.pdf")
    assert (file["filesizeinbytes"], file["regardingfieldname"]) == (len(BYTES), "paper")


def test_the_value_of_a_column_is_its_file_in_base64(web: Web, thing: str) -> None:
    address = f"things({thing})/paper"
    assert web("GET", address).status == 204
    put(web, address, BYTES)
    whole = web("GET", address)
    assert (whole.status, base64.b64decode(whole.json()["value"])) == (200, BYTES)
    assert whole.json()["@odata.context"].endswith(f"$metadata#things({thing})/paper")
    part = web("GET", f"{address}?size=full", headers={"Range": "bytes=10-19"})
    assert (part.status, base64.b64decode(part.json()["value"])) == (206, BYTES[10:20])
    assert part.headers["x-ms-file-size"] == str(len(BYTES))
    assert part.headers["content-range"] == f"bytes 10-19/{len(BYTES)}"


def test_the_value_of_a_picture_is_its_thumbnail_or_all_of_it(web: Web, thing: str) -> None:
    original = picture(300, 200)
    put(web, f"things({thing})/photo", original, "p.png")
    small = web("GET", f"things({thing})/photo").json()["value"]
    with Image.open(BytesIO(base64.b64decode(small))) as shown:
        assert shown.size == (144, 144)
    full = web("GET", f"things({thing})/photo?size=full").json()["value"]
    assert base64.b64decode(full) == original


@pytest.mark.parametrize("name", ['a "b".pdf', "a\\b.pdf", "Rechnung für Ö.pdf"])
def test_any_name_of_a_file_comes_back_in_a_header(web: Web, thing: str, name: str) -> None:
    address = f"things({thing})/paper"
    begun = web("PATCH", f"{address}?x-ms-file-name={quote(name)}", BYTES, BINARY)
    assert begun.status == 204
    answer = web("GET", f"{address}/$value")
    shown = name if name.isascii() else quote(name)
    assert answer.headers["x-ms-file-name"] == shown
    assert web.row("things", thing)["paper_name"] == name


def test_a_second_file_takes_the_place_of_the_first(web: Web, thing: str) -> None:
    address = f"things({thing})/paper"
    put(web, address, b"old", "old.txt")
    put(web, address, b"new", "new.txt")
    assert web("GET", f"{address}/$value").body == b"new"
    assert [one["filename"] for one in attachments(web)] == ["new.txt"]


def test_a_file_without_bytes_is_a_file(web: Web, thing: str) -> None:
    address = f"things({thing})/paper"
    assert put(web, address, b"", "empty.txt").status == 204
    answer = web("GET", f"{address}/$value")
    assert (answer.status, answer.body, answer.headers["x-ms-file-size"]) == (200, b"", "0")


@pytest.mark.parametrize("header", [True, False])
def test_a_file_is_uploaded_in_chunks(web: Web, thing: str, header: bool) -> None:  # noqa: FBT001
    address = f"things({thing})/paper"
    named = {"x-ms-file-name": "b.bin"} if header else {}
    query = "" if header else "?x-ms-file-name=b.bin"
    begun = web("PATCH", address + query, None, {"x-ms-transfer-mode": "chunked", **named})
    assert (begun.status, begun.headers["x-ms-chunk-size"]) == (200, "4194304")
    assert begun.headers["accept-ranges"] == "bytes"
    location = begun.headers["location"].partition(ROOT)[2]
    assert location.startswith(f"{address}?sessiontoken=")
    size, step = len(BYTES), 4096
    statuses = []
    for start in range(0, size, step):
        part = BYTES[start : start + step]
        range_ = f"bytes {start}-{start + len(part) - 1}/{size}"
        statuses.append(web("PATCH", location, part, {**BINARY, "Content-Range": range_}).status)
    assert statuses == [206, 206, 204]
    answer = web("GET", f"{address}/$value")
    assert (answer.body, answer.headers["x-ms-file-name"]) == (BYTES, "b.bin")
    again = {**BINARY, "Content-Range": "bytes 0-0/1"}
    assert web("PATCH", location, b"x", again).status == 400


@pytest.mark.parametrize(
    "range_", ["bytes 1-4/10", "bytes 0-9/10", "bytes 0-3/100000000", "bytes 0-3", "nothing"]
)
def test_a_chunk_out_of_place_is_refused_and_changes_nothing(
    web: Web, thing: str, range_: str
) -> None:
    begun = web(
        "PATCH",
        f"things({thing})/paper",
        None,
        {"x-ms-transfer-mode": "chunked", "x-ms-file-name": "b"},
    )
    location = begun.headers["location"].partition(ROOT)[2]
    answer = web("PATCH", location, b"abcd", {**BINARY, "Content-Range": range_})
    assert answer.status == 400
    assert web.row("things", thing)["paper"] is None


def test_a_file_is_downloaded_in_ranges(web: Web, thing: str) -> None:
    address = f"things({thing})/paper"
    put(web, address, BYTES)
    found = b""
    for start in range(0, len(BYTES), 4000):
        answer = web("GET", f"{address}/$value", None, {"Range": f"bytes={start}-{start + 3999}"})
        assert answer.status == 206
        assert answer.headers["x-ms-file-size"] == str(len(BYTES))
        found += answer.body
    assert found == BYTES
    beyond = web("GET", f"{address}/$value", None, {"Range": "bytes=99999-"})
    assert (beyond.status, beyond.headers["content-range"]) == (416, f"bytes */{len(BYTES)}")


def block(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def target(thing: str) -> dict[str, Any]:
    return {"thingid": thing, "@odata.type": "Microsoft.Dynamics.CRM.thing"}


def begin(web: Web, thing: str) -> str:
    body = {"Target": target(thing), "FileName": "c.pdf", "FileAttributeName": "paper"}
    answer = web("POST", "InitializeFileBlocksUpload", body)
    assert answer.status == 200, answer.body
    return str(answer.json()["FileContinuationToken"])


def test_a_file_goes_there_and_back_in_blocks(web: Web, thing: str) -> None:
    token = begin(web, thing)
    parts = {block("2"): BYTES[5000:], block("1"): BYTES[:5000]}
    for block_id, content in parts.items():
        body: dict[str, Any] = {
            "BlockId": block_id,
            "BlockData": base64.b64encode(content).decode(),
            "FileContinuationToken": token,
        }
        assert web("POST", "UploadBlock", body).status == 204
    body = {
        "FileName": "c.pdf",
        "MimeType": "application/pdf",
        "BlockList": [block("1"), block("2")],
        "FileContinuationToken": token,
    }
    done = web("POST", "CommitFileBlocksUpload", body).json()
    assert done["FileSizeInBytes"] == len(BYTES)
    assert web.row("things", thing)["paper"] == done["FileId"]
    begun = web(
        "POST",
        "InitializeFileBlocksDownload",
        {"Target": target(thing), "FileAttributeName": "paper"},
    ).json()
    assert (begun["FileSizeInBytes"], begun["FileName"]) == (len(BYTES), "c.pdf")
    assert begun["IsChunkingSupported"]
    found = b""
    for offset in range(0, len(BYTES), 6000):
        body = {
            "Offset": offset,
            "BlockLength": 6000,
            "FileContinuationToken": begun["FileContinuationToken"],
        }
        found += base64.b64decode(web("POST", "DownloadBlock", body).json()["Data"])
    assert found == BYTES


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"BlockList": [block("9")]}, 400),
        ({"BlockList": "x"}, 400),
        ({"FileContinuationToken": "x"}, 400),
        ({"FileName": None}, 400),
    ],
)
def test_a_commit_that_does_not_fit_is_refused(
    web: Web, thing: str, change: dict[str, Any], status: int
) -> None:
    body = {
        "FileName": "c.pdf",
        "MimeType": "application/pdf",
        "BlockList": [],
        "FileContinuationToken": begin(web, thing),
        **change,
    }
    assert web("POST", "CommitFileBlocksUpload", body).status == status
    assert web.row("things", thing)["paper"] is None


@pytest.mark.parametrize("change", [{"BlockId": "?"}, {"BlockId": ""}, {"BlockData": "?"}])
def test_a_block_that_is_no_base64_is_refused(web: Web, thing: str, change: dict[str, Any]) -> None:
    body = {"BlockId": block("1"), "BlockData": "", "FileContinuationToken": begin(web, thing)}
    assert web("POST", "UploadBlock", {**body, **change}).status == 400


@pytest.mark.parametrize("by", ["address", "message", "row"])
def test_a_file_is_deleted_with_its_content(web: Web, thing: str, by: str) -> None:
    address = f"things({thing})/paper"
    put(web, address, BYTES)
    file = web.row("things", thing)["paper"]
    if by == "address":
        assert web("DELETE", address).status == 204
    elif by == "message":
        assert web("POST", "DeleteFile", {"FileId": file}).status == 204
    else:
        assert web("DELETE", f"things({thing})").status == 204
    assert attachments(web) == []
    assert web("POST", "DeleteFile", {"FileId": file}).status == 404
    if by != "row":
        assert web("GET", f"{address}/$value").status == 204
        row = web.row("things", thing)
        assert (row["paper"], row["paper_name"]) == (None, None)


def test_a_file_stands_in_no_body(web: Web, thing: str) -> None:
    for body in ({"paper": "00000000-0000-0000-0000-000000000001"}, {"paper": None}):
        assert web("PATCH", f"things({thing})", body).status == 400
        assert web("POST", "things", body).status == 400


def test_a_file_has_a_name_and_a_size_that_its_column_takes(web: Web, thing: str) -> None:
    address = f"things({thing})/paper"
    assert web("PATCH", address, b"x", BINARY).status == 400
    answer = put(web, address, b"x" * 65_537)
    assert (answer.status, answer.code) == (400, "0x80044a02")
    assert put(web, address, b"x" * 65_536).status == 204


def test_a_picture_shows_its_thumbnail_in_the_row(web: Web) -> None:
    original = picture(300, 428)
    body = {"name": "P", "photo": base64.b64encode(original).decode()}
    thing = web.create("things", **body)
    row = web("GET", f"things({thing})?$select=photo").json()
    with Image.open(BytesIO(base64.b64decode(row["photo"]))) as small:
        assert small.size == (144, 144)
    whole = web.row("things", thing)
    assert "photo" not in whole
    assert whole["photo_url"].startswith("/Image/download.aspx?Entity=thing&Attribute=photo&Id=")
    answer = web("GET", f"things({thing})/photo/$value?size=full")
    assert (answer.status, answer.body) == (200, original)
    with Image.open(BytesIO(web("GET", f"things({thing})/photo/$value").body)) as small:
        assert small.size == (144, 144)


def test_a_small_picture_is_cut_to_its_shorter_side(web: Web, thing: str) -> None:
    assert put(web, f"things({thing})/icon", picture(91, 130, "JPEG"), "i.jpg").status == 204
    with Image.open(BytesIO(web("GET", f"things({thing})/icon/$value").body)) as small:
        assert small.size == (91, 91)
    assert web("GET", f"things({thing})/icon/$value?size=full").status == 204


@pytest.mark.parametrize("content", [b"", b"text", b"\x89PNG\r\n\x1a\nbroken", b"GIF8"])
def test_what_is_no_picture_is_refused(web: Web, thing: str, content: bytes) -> None:
    answer = put(web, f"things({thing})/photo", content, "p.png")
    assert (answer.status, answer.code) == (400, "0x80072553")
    body = {"photo": base64.b64encode(content).decode()}
    assert web("PATCH", f"things({thing})", body).status == 400
    assert web.row("things", thing)["photoid"] is None


def test_only_the_primary_picture_is_set_at_creation(web: Web, thing: str) -> None:
    body = {"icon": base64.b64encode(picture(10, 10)).decode()}
    answer = web("POST", "things", body)
    assert (answer.status, answer.code) == (400, "0x80090487")
    assert web("PATCH", f"things({thing})", body).status == 204


@pytest.mark.parametrize(
    ("method", "rest", "body"),
    [
        ("PATCH", "", {"photo": None}),
        ("PUT", "/photo", {"value": None}),
        ("DELETE", "/photo", None),
    ],
)
def test_a_picture_is_deleted_in_three_ways(
    web: Web, thing: str, method: str, rest: str, body: object
) -> None:
    put(web, f"things({thing})/photo", picture(20, 20), "p.png")
    assert web.row("things", thing)["photoid"] is not None
    assert web(method, f"things({thing}){rest}", body).status == 204
    row = web.row("things", thing)
    assert (row["photoid"], row["photo_url"], row["photo_timestamp"]) == (None, None, None)
    assert attachments(web) == []


def test_metadata_describes_files_and_pictures(web: Web) -> None:
    attributes = "EntityDefinitions(LogicalName='thing')/Attributes"
    crm = "Microsoft.Dynamics.CRM"
    paper = web("GET", f"{attributes}(LogicalName='paper')/{crm}.FileAttributeMetadata").json()
    assert (paper["MaxSizeInKB"], paper["AttributeTypeName"]) == (64, {"Value": "FileType"})
    photo = web("GET", f"{attributes}(LogicalName='photo')/{crm}.ImageAttributeMetadata").json()
    assert (photo["IsPrimaryImage"], photo["CanStoreFullImage"]) == (True, True)
    table = web("GET", "EntityDefinitions(LogicalName='thing')").json()
    assert table["PrimaryImageAttribute"] == "photo"


def test_a_column_for_files_is_made_over_the_wire(web: Web) -> None:
    body = {
        "@odata.type": "Microsoft.Dynamics.CRM.FileAttributeMetadata",
        "SchemaName": "new_Contract",
        "DisplayName": {"LocalizedLabels": [{"Label": "Contract", "LanguageCode": 1033}]},
        "MaxSizeInKB": 1,
    }
    address = "EntityDefinitions(LogicalName='account')/Attributes"
    assert web("POST", address, body).status == 204
    account = web.create("accounts", name="A")
    assert put(web, f"accounts({account})/new_contract", b"x" * 1025).status == 400
    assert put(web, f"accounts({account})/new_contract", b"x").status == 204
    assert web.row("accounts", account)["new_contract_name"] == "a.pdf"
    assert web("DELETE", f"{address}(LogicalName='new_contract')").status == 204
    assert "new_contract_name" not in web.row("accounts", account)
