"""Pictures: their kinds and their thumbnails."""

from __future__ import annotations

import sys
from io import BytesIO

import pytest
from PIL import Image

from connector.emulator.faults import DataverseFault
from connector.emulator.rows.images import kind_of_image, thumbnail

RED, BLUE = (255, 0, 0, 255), (0, 0, 255, 255)


def picture(width: int, height: int, kind: str) -> bytes:
    """A picture whose left half is red and whose right half is blue."""
    drawn = Image.new("RGB", (width, height), RED[:3])
    drawn.paste(BLUE[:3], (width // 2, 0, width, height))
    written = BytesIO()
    drawn.save(written, format=kind)
    return written.getvalue()


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("GIF", "image/gif"),
        ("JPEG", "image/jpeg"),
        ("TIFF", "image/tiff"),
        ("BMP", "image/bmp"),
        ("PNG", "image/png"),
        ("WEBP", None),
    ],
)
def test_the_first_bytes_tell_the_five_kinds_that_the_service_takes(
    kind: str, expected: str | None
) -> None:
    assert kind_of_image(picture(8, 8, kind)) == expected


@pytest.mark.parametrize(
    ("size", "expected"),
    [((400, 300), 144), ((145, 10), 144), ((144, 100), 100), ((40, 90), 40), ((1, 1), 1)],
)
def test_a_thumbnail_is_a_square_of_the_shorter_side_or_of_144(
    size: tuple[int, int], expected: int
) -> None:
    small = thumbnail(picture(*size, "PNG"))
    assert small is not None
    with Image.open(BytesIO(small)) as shown:
        assert (shown.size, shown.format) == ((expected, expected), "PNG")


def test_a_thumbnail_is_cut_from_the_middle() -> None:
    small = thumbnail(picture(1000, 100, "PNG"))
    assert small is not None
    with Image.open(BytesIO(small)) as shown:
        assert (shown.getpixel((10, 72)), shown.getpixel((133, 72))) == (RED, BLUE)


@pytest.mark.parametrize("content", [b"", b"GIF8", picture(20, 20, "PNG")[:40]])
def test_what_cannot_be_drawn_has_none(content: bytes) -> None:
    assert thumbnail(content) is None


def test_without_the_package_pictures_are_refused_by_its_name(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "PIL", None)
    with pytest.raises(DataverseFault, match="Pillow") as caught:
        thumbnail(b"")
    assert caught.value.status == 501
