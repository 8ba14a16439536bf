"""The measures notice what they are for: a page with every fault fails each of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.pages.browser import seen

if TYPE_CHECKING:
    from pathlib import Path

FAULTY = """<!doctype html><html><head><meta charset="utf-8"><title>x</title><style>
.cut{width:60px;overflow:hidden;white-space:nowrap}.wide{width:1500px}.pale{color:#bbb}
</style></head><body><main><h1>Run</h1><p class="cut">A name that is far too long for its box</p>
<p class="wide">Wider than the window</p><p class="pale">Hardly to be read</p>
<img src="http://127.0.0.1:9/pixel.png"><details><summary>More</summary>text</details></main>
</body></html>"""


@pytest.fixture(scope="module")
def look(tmp_path_factory: pytest.TempPathFactory) -> object:
    folder: Path = tmp_path_factory.mktemp("faulty")
    page = folder / "faulty.html"
    page.write_text(FAULTY, encoding="utf-8")
    return seen(page, folder)


def test_every_kind_of_fault_is_seen(look: dict[str, list[dict[str, object]]]) -> None:
    phone = next(view for view in look["views"] if view["name"] == "phone")

    said = " ".join(str(fault) for fault in phone["closed"])  # type: ignore[attr-defined]  # a list
    assert "scrolls sideways by" in said
    assert "P sticks out: Wider than the window" in said
    assert "P is cut: A name that is far too long" in said
    rules = {found["rule"] for found in phone["violations"]}  # type: ignore[attr-defined]  # a list
    assert {"color-contrast", "image-alt", "html-has-lang"} <= rules
    assert phone["asked"] == ["http://127.0.0.1:9/pixel.png"]
