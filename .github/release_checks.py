"""
Whether a tag may become a release: version, changelog, deployment and addresses say the same.

`python release_checks.py TAG ADDRESS`, for example `v1.2.0 https://host/owner/repository`: prints
what is wrong, one line each, and ends with 1 when anything is. Standard library only, because it
runs before anything is installed.
"""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[1]


def version(root: Path) -> str:
    """The version in `connector/_version.py`; raises `ValueError` where none is written."""
    text = (root / "connector" / "_version.py").read_text(encoding="utf-8")
    found = re.search(r'^__version__ = "([^"]+)"$', text, re.MULTILINE)
    if found is None:
        message = 'connector/_version.py: no line __version__ = "…"'
        raise ValueError(message)
    return found[1]


def complaints(root: Path, tag: str, address: str) -> Iterator[str]:
    """What stands against releasing *tag* of the checkout *root* from the repository *address*."""
    written = version(root)
    if tag != f"v{written}":
        yield f"the tag is {tag}, and connector/_version.py says {written}"
    changelog = (root / "CHANGELOG.md").read_text(encoding="utf-8")
    if not re.search(
        rf"^## \[{re.escape(written)}\] - \d{{4}}-\d\d-\d\d$", changelog, re.MULTILINE
    ):
        yield f"CHANGELOG.md has no section '## [{written}] - YYYY-MM-DD'"
    yield from deployment_complaints(root, written)
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    for name, url in project["urls"].items():
        if url != address and not url.startswith(f"{address}/"):
            yield f"pyproject.toml: project.urls.{name} is {url}, which is not in {address}"


def deployment_complaints(root: Path, written: str) -> Iterator[str]:
    """The function app names the wheel by its file, and so its version."""
    required = (root / "azure-function" / "requirements.txt").read_text(encoding="utf-8")
    wheel = f"proforma_connector-{written}-py3-none-any.whl"
    if wheel not in required:
        yield f"azure-function/requirements.txt does not name {wheel}"


def main(tag: str, address: str) -> int:
    """Print the complaints; 1 when there are any."""
    found = list(complaints(ROOT, tag, address))
    print("\n".join(found) or f"{tag} may be released")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
