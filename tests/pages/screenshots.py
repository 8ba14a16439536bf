"""
The pictures of the run page that the documentation shows.

`python -m tests.pages.screenshots`, after `make pages`, writes them into `docs/images`: the run of
300 contracts with 30,000 actuals, on a wide window, dark, unfolded, and on a phone.
"""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from PIL import Image

from tests.pages.browser import seen
from tests.pages.pages import preview_page, run_of_portfolio

IMAGES: Final = Path(__file__).resolve().parents[2] / "docs" / "images"
_PICTURES: Final = {
    "wide": "run-page.png",
    "wide-dark": "run-page-dark.png",
    "wide-left": "run-page-left-behind.png",
    "wide-coming": "run-page-coming.png",
    "phone": "run-page-phone.png",
}
#: Colours of a picture: enough for text and bars.
_COLOURS: Final = 64


def main() -> None:
    """Take the pictures."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        known = run_of_portfolio(folder, 60, 30_000)
        seen(preview_page(known, folder / "run.html"), folder, ("wide", "wide-dark", "phone"))
        IMAGES.mkdir(exist_ok=True)
        for view, picture in _PICTURES.items():
            reduced = Image.open(folder / f"{view}.png").convert("RGB").quantize(_COLOURS)
            reduced.save(IMAGES / picture, optimize=True)


if __name__ == "__main__":
    main()
