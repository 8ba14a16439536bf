"""Pictures: which kinds there are, and the small square that stands for a picture in its row."""

from __future__ import annotations

from io import BytesIO
from typing import Final

from connector.emulator import faults

_SIDE: Final = 144
_KINDS: Final = {
    b"GIF8": "image/gif",
    b"\xff\xd8\xff": "image/jpeg",
    b"II*\x00": "image/tiff",
    b"MM\x00*": "image/tiff",
    b"BM": "image/bmp",
    b"\x89PNG\r\n\x1a\n": "image/png",
}


def kind_of_image(content: bytes) -> str | None:
    """The MIME type of a picture that the service takes, or None."""
    return next((kind for start, kind in _KINDS.items() if content.startswith(start)), None)


def thumbnail(content: bytes) -> bytes | None:
    """
    A picture cut to a square of at most 144 pixels; None when it cannot be drawn.

    Raises 501 where the package Pillow is not installed.
    """
    try:
        from PIL import Image, ImageOps, UnidentifiedImageError  # noqa: PLC0415 - optional
    except ImportError as error:
        raise faults.unsupported(feature="pictures without the package Pillow") from error
    try:
        with Image.open(BytesIO(content)) as picture:
            longest, shortest = max(picture.size), min(picture.size)
            side = _SIDE if longest > _SIDE else shortest
            square = ImageOps.fit(picture.convert("RGBA"), (side, side))
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, ValueError):
        return None
    written = BytesIO()
    square.save(written, format="PNG")
    return written.getvalue()
