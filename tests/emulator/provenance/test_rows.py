"""What is said of rows has one evidence for each behaviour."""

from __future__ import annotations

from connector.emulator.provenance.protocol import PROTOCOL_FEATURES
from connector.emulator.provenance.query import FEATURES
from connector.emulator.provenance.rows import ROW_FEATURES


def test_every_behaviour_is_named_once() -> None:
    named = [(one.area, one.name) for one in (*ROW_FEATURES, *FEATURES, *PROTOCOL_FEATURES)]
    assert sorted(named) == sorted(set(named))


def test_the_page_has_its_own_areas_for_rows() -> None:
    assert [*dict.fromkeys(one.area for one in ROW_FEATURES)] == [
        "Rows as the service keeps them",
        "Keys in addresses and links",
        "Files and images",
        "Many-to-many relationships",
    ]
