"""Whatever a file holds, a seed is loaded or refused in words: nothing else ever comes out."""

from __future__ import annotations

import json
import zipfile
from dataclasses import replace
from io import BytesIO
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import quoteattr

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connector.emulator import Emulator, SeedError, SeedRules
from connector.emulator.schema.load import load_schema

if TYPE_CHECKING:
    from collections.abc import Iterator

BOUNDED = settings(
    max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
ACCOUNT = load_schema().tables["account"]
NAMES = st.one_of(
    st.sampled_from(sorted({*ACCOUNT.columns, *ACCOUNT.properties, "customeridtype"})),
    st.text(max_size=6),
)
CELLS = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        [
            "",
            "1",
            "-1",
            "1e400",
            "9" * 25,
            "true",
            "2026-02-30",
            "2026-02-03T25:00:00Z",
            "NaN",
            "c0000000-0000-0000-0000-000000000001",
            "/contacts()",
            "[-1,1,-1]",
            "\ud7ff",
            "²",
            "\u0661",
        ]
    ),
)
SCALARS = st.one_of(
    CELLS, st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.just({})
)
ROWS = st.dictionaries(NAMES, st.one_of(SCALARS, st.lists(SCALARS, max_size=2)), max_size=5)
FILE_NAMES = st.text(st.characters(blacklist_characters="\0/"), min_size=1, max_size=8)
DOCUMENTS = st.dictionaries(
    st.sampled_from(["accounts", "value", "@odata.context", "@odata.nextLink", "x", "stringmaps"]),
    st.one_of(st.lists(st.one_of(ROWS, SCALARS), max_size=3), SCALARS, ROWS),
    max_size=4,
)


@pytest.fixture(scope="module")
def shared() -> Iterator[Emulator]:
    """A small one: it is emptied for each example."""
    tables = load_schema().tables
    few = {name: tables[name] for name in ("account", "contact", "stringmap")}
    emulator = Emulator(replace(load_schema(), tables=few), behaviour="plain")
    yield emulator
    emulator.close()


def check(emulator: Emulator, name: str, content: bytes) -> None:
    """A seed with faults changes nothing; leniently it is loaded, and says what it left out."""
    emulator.store.clear()
    before = emulator.dump()
    try:
        emulator.seed_content(name, content)
        told: tuple[str, ...] = ()
    except SeedError as error:
        told = error.problems
        assert emulator.dump() == before
    emulator.store.clear()
    report = emulator.seed_content(name, content, SeedRules(lenient=True))
    assert report.left_out == told
    assert all("\n" not in sentence[:40] for sentence in told)


@BOUNDED
@given(text=st.one_of(st.text(max_size=60), st.lists(CELLS, max_size=9).map(",".join)))
def test_any_text_as_csv_is_loaded_or_refused_in_words(shared: Emulator, text: str) -> None:
    check(shared, "accounts.csv", text.encode("utf-8", "surrogatepass"))


@BOUNDED
@given(names=st.lists(NAMES, min_size=1, max_size=4, unique=True), data=st.data())
def test_any_cells_as_csv_are_loaded_or_refused_in_words(
    shared: Emulator, names: list[str], data: st.DataObject
) -> None:
    rows = data.draw(st.lists(st.lists(CELLS, min_size=len(names), max_size=len(names))))
    lines = [",".join(f'"{cell}"' for cell in line) for line in [names, *rows]]
    check(shared, "accounts.csv", "\n".join(lines).encode())


@BOUNDED
@given(content=st.binary(max_size=80), name=st.sampled_from(["a.xml", "a.json", "a.zip", "a.csv"]))
def test_any_bytes_are_loaded_or_refused_in_words(
    shared: Emulator, content: bytes, name: str
) -> None:
    check(shared, name, content)


@BOUNDED
@given(fields=st.dictionaries(NAMES, CELLS, max_size=5), table=st.sampled_from(["account", "x"]))
def test_any_records_as_xml_are_loaded_or_refused_in_words(
    shared: Emulator, fields: dict[str, str], table: str
) -> None:
    inner = "".join(
        f"<field name={quoteattr(name)} value={quoteattr(value)} lookupentity={quoteattr(value)}/>"
        for name, value in fields.items()
    )
    text = f'<entities><entity name="{table}"><records><record id="1">{inner}</record></records>'
    check(shared, "data.xml", f"{text}</entity></entities>".encode("utf-8", "surrogatepass"))


@BOUNDED
@given(document=st.one_of(DOCUMENTS, st.lists(DOCUMENTS, max_size=2)))
def test_any_document_as_json_is_loaded_or_refused_in_words(
    shared: Emulator, document: Any
) -> None:
    check(shared, "a.json", json.dumps(document).encode())


@BOUNDED
@given(files=st.dictionaries(FILE_NAMES, st.binary(max_size=30), max_size=3))
def test_any_files_in_an_archive_are_loaded_or_refused_in_words(
    shared: Emulator, files: dict[str, bytes]
) -> None:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in files.items():
            archive.writestr(name.encode("utf-8", "replace").decode(), content)
    check(shared, "", packed.getvalue())


@BOUNDED
@given(place=st.integers(min_value=0, max_value=400), byte=st.integers(min_value=0, max_value=255))
def test_an_archive_with_a_wrong_byte_is_loaded_or_refused_in_words(
    shared: Emulator, place: int, byte: int
) -> None:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("accounts.csv", "name\n" + "A\n" * 50)
        archive.writestr("a.json", '{"accounts": [{"name": "B"}]}')
    content = bytearray(packed.getvalue())
    content[place % len(content)] = byte
    check(shared, "a.zip", bytes(content))
