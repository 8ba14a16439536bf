"""Sources of seeds, and what tests ask of an emulator that was given them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from connector.emulator import Emulator, SeedError

if TYPE_CHECKING:
    from pathlib import Path

CONTEXT = "https://contoso.crm4.dynamics.com/api/data/v9.2/$metadata#"
ACCOUNT = "a0000000-0000-0000-0000-000000000001"
CONTACT = "c0000000-0000-0000-0000-000000000001"


def page(entity_set: str, *rows: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"@odata.context": f"{CONTEXT}{entity_set}", **more, "value": list(rows)}


def names(emulator: Emulator, entity_set: str = "accounts") -> list[str]:
    return sorted(str(row["name"]) for row in emulator.rows(entity_set))


def written(folder: Path, name: str, document: object) -> Path:
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    text = document if isinstance(document, str) else json.dumps(document)
    file.write_text(text, "utf-8")
    return file


def faults_of(emulator: Emulator, *sources: Any) -> tuple[str, ...]:
    with pytest.raises(SeedError) as caught:
        emulator.seed(*sources)
    return caught.value.problems
