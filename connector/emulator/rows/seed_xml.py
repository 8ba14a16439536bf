"""`data.xml` of the Configuration Migration tool: records by table, values as text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from connector.emulator.rows.seed_faults import quoted
from connector.emulator.rows.seed_lookups import FORMATTED, LOGICAL_NAME
from connector.emulator.rows.seed_rows import RECORD_ID, RawTable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from xml.etree.ElementTree import Element

    from connector.emulator.rows.seed_faults import Findings

_ROOT: Final = "entities"
_SCHEMA: Final = "fields"
_LOOKUP_ATTRIBUTES: Final = (("lookupentity", LOGICAL_NAME), ("lookupentityname", FORMATTED))


def read_data_xml(file: str, content: bytes, faults: Findings) -> Iterator[RawTable]:
    """The records of a `data.xml`; links of many-to-many relationships are faults, one each."""
    try:
        root = fromstring(content)
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        faults.add(f"{file}: no XML that can be read: {error}")
        return
    if root.tag != _ROOT:
        faults.add(
            f"{file}: <{root.tag[:80]}> is no data.xml of the Configuration Migration tool; "
            f"expected: <entities><entity name=…><records>…"
        )
        return
    for entity in root.iterfind("entity"):
        yield from _entity(file, entity, faults)


def _entity(file: str, entity: Element, faults: Findings) -> Iterator[RawTable]:
    name = entity.get("name", "")
    if not name:
        faults.add(f"{file}: an <entity> has no name")
        return
    if entity.find(_SCHEMA) is not None:
        faults.add(f"{file}: {name}: this is a data_schema.xml, its data.xml is what has the rows")
        return
    records = entity.findall("records/record")
    rows = [_record(record) for record in records]
    _note_unnamed(file, name, records, faults)
    yield RawTable(file=file, name=name, rows=rows, unit="record", is_text=True)
    for link in entity.iterfind("m2mrelationships/m2mrelationship"):
        relationship = link.get("m2mrelationshipname", "")
        faults.add(
            f"{file}: {name} {link.get('sourceid', '')}: links of the many-to-many relationship "
            f"{quoted(relationship)} are not read"
        )


def _note_unnamed(file: str, name: str, records: list[Element], faults: Findings) -> None:
    for number, record in enumerate(records, 1):
        for text in filter(None, map(_unread, record.iterfind("field"))):
            faults.add(f"{file}: {name} record {number}: {text}")


def _unread(field: Element) -> str | None:
    """Why a field is not read; None where it is."""
    if not field.get("name"):
        return "a <field> has no name"
    if len(field):
        shown = quoted(field.get("name"))
        return f"{shown}: rows inside a field (activity parties) are not read"
    return None


def _record(record: Element) -> dict[str, str]:
    """One record as an entry: `field` elements by name, with the type and name of lookups."""
    entry: dict[str, str] = {RECORD_ID: record.get("id", "")}
    for field in record.iterfind("field"):
        name = field.get("name")
        if not name or len(field):
            continue
        entry[name] = field.get("value", field.text or "")
        for attribute, annotation in (
            ("lookupentity", LOGICAL_NAME),
            ("lookupentityname", FORMATTED),
        ):
            told = field.get(attribute)
            if told:
                entry[f"{name}{annotation}"] = told
    return entry
