"""The client neither looks at a clock nor draws by chance: both come from who opens it."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import connector.dataverse

MODULES = sorted(Path(connector.dataverse.__file__).parent.glob("*.py"))
OF_THE_SHELLS = {"random", "secrets", "time", "uuid1", "uuid4"}
"""Modules and functions that tell the time or draw by chance."""
OF_DATETIME = {"now", "today", "utcnow"}


def names_used(source: str) -> set[str]:
    """What a module imports, and the attributes that it takes of anything."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {name.name.partition(".")[0] for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module != "datetime":
            found |= {(node.module or "").partition(".")[0], *(name.name for name in node.names)}
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            found.add(f"{node.value.id}.{node.attr}")
    return found


def of_the_shells(source: str) -> set[str]:
    calls = {f"{kind}.{name}" for kind in ("date", "datetime") for name in OF_DATETIME}
    return names_used(source) & (OF_THE_SHELLS | calls)


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.name)
def test_a_module_of_the_client_tells_no_time_and_draws_nothing(module: Path) -> None:
    assert of_the_shells(module.read_text(encoding="utf-8")) == set()


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("import time\ntime.sleep(1)", {"time"}),
        ("from time import monotonic", {"time"}),
        ("from uuid import UUID, uuid4", {"uuid4"}),
        ("import secrets", {"secrets"}),
        ("from datetime import datetime\ndatetime.now()", {"datetime.now"}),
        ("from datetime import time\ntime()", set()),
    ],
)
def test_the_search_finds_clocks_and_chance(source: str, found: set[str]) -> None:
    assert of_the_shells(source) == found
