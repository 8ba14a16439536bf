"""What a real Chromium shows of a page."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

HERE = Path(__file__).resolve().parent
#: Where `make pages` has installed the browser.
FOLDER = HERE.parents[1] / ".pages"


def seen(page: Path, out: Path, views: Sequence[str] = ()) -> dict[str, Any]:
    """What is seen of *page* in *views* (all), by keyboard and in print; pictures go to *out*."""
    node = shutil.which("node")
    assert node is not None, "Node.js is not on the PATH"
    assert (FOLDER / "installed").exists(), "no browser is installed: run `make pages`"
    out.mkdir(parents=True, exist_ok=True)
    command = (node, str(HERE / "look.mjs"), str(FOLDER), str(page), str(out), *views)
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found
