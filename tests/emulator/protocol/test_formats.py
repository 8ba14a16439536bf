"""What the Accept and Content-Type headers ask for."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.emulator.faults import DataverseFault
from connector.emulator.protocol.formats import (
    PLAIN,
    Format,
    Metadata,
    read_format,
    takes_numbers_as_text,
)


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("", PLAIN),
        ("*/*", PLAIN),
        ("application/json", PLAIN),
        ("text/html,application/xhtml+xml", PLAIN),
        ("application/json;odata.metadata=none", Format(metadata=Metadata.NONE)),
        ("application/json; OData.Metadata=full", Format(metadata=Metadata.FULL)),
        ("text/plain, application/json; odata.metadata=full", Format(metadata=Metadata.FULL)),
        ("application/json;IEEE754Compatible=true", Format(numbers_as_text=True)),
        ("application/json;ieee754compatible=TRUE", Format(numbers_as_text=True)),
        ("application/json;IEEE754Compatible=false", PLAIN),
        (
            "APPLICATION/JSON;odata.metadata=none;IEEE754Compatible=true",
            Format(metadata=Metadata.NONE, numbers_as_text=True),
        ),
    ],
)
def test_the_first_media_type_of_json_says_the_form(accept: str, expected: Format) -> None:
    assert read_format(accept) == expected


@pytest.mark.parametrize("level", ["all", "None", "verbose", ""])
def test_a_level_that_does_not_exist_is_not_acceptable(level: str) -> None:
    with pytest.raises(DataverseFault, match=r"odata\.metadata level") as caught:
        read_format(f'application/json;odata.metadata="{level}"')
    assert caught.value.status == 406


def test_the_content_type_names_the_form() -> None:
    assert PLAIN.content_type == "application/json; odata.metadata=minimal"
    full = Format(metadata=Metadata.FULL, numbers_as_text=True)
    assert full.content_type == "application/json; odata.metadata=full; IEEE754Compatible=true"


@pytest.mark.parametrize(
    ("content_type", "expected"),
    [
        ("application/json;IEEE754Compatible=true", True),
        ("application/json; ieee754compatible=true; charset=utf-8", True),
        ("application/json;IEEE754Compatible=false", False),
        ("application/json", False),
        ("", False),
    ],
)
def test_a_body_says_whether_its_numbers_are_texts(content_type: str, expected: bool) -> None:  # noqa: FBT001
    assert takes_numbers_as_text(content_type) is expected


@given(st.text(max_size=80))
def test_no_header_breaks_the_reading(text: str) -> None:
    takes_numbers_as_text(text)
    with suppress(DataverseFault):
        assert read_format(text).metadata in Metadata
