"""The tenant that the clients meet: the shipped tables, two custom ones, and a few rows."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

from connector.emulator import Emulator, load_schema

_FOLDER: Final = Path(__file__).parent
SCHEMA_FILE: Final = _FOLDER / "tenant_schema.json"

ADATUM: Final = "a0000000-0000-4000-8000-000000000001"
CONTOSO: Final = "a0000000-0000-4000-8000-000000000002"
FABRIKAM: Final = "a0000000-0000-4000-8000-000000000003"
ANNA: Final = "c0000000-0000-4000-8000-000000000001"
BERT: Final = "c0000000-0000-4000-8000-000000000002"
PUMP: Final = "d0000000-0000-4000-8000-000000000001"
VALVE: Final = "d0000000-0000-4000-8000-000000000002"
SENSOR: Final = "d0000000-0000-4000-8000-000000000003"
NOTHING: Final = "ffffffff-0000-4000-8000-000000000009"
DOLLAR: Final = "e0000000-0000-4000-8000-000000000001"
SECOND_USER: Final = "50000000-0000-4000-8000-000000000002"


def seed() -> dict[str, Any]:
    """The rows, in the format of a seed."""
    found: dict[str, Any] = json.loads((_FOLDER / "tenant_rows.json").read_text(encoding="utf-8"))
    return found


def tenant() -> Emulator:
    """A new emulator that demands a bearer token, as every tenant does."""
    return Emulator(load_schema(SCHEMA_FILE), seed(), auth="any")


def readings(count: int) -> dict[str, Any]:
    """A seed of many rows, numbered from 1, whose names do not follow their ids."""
    return {
        "cr_readings": [
            {
                "cr_readingid": f"b1000000-0000-4000-8000-{number:012d}",
                "cr_name": f"reading {(number * 7919) % count:05d}",
                "cr_sequence": number,
                "cr_value": number / 4,
            }
            for number in range(1, count + 1)
        ]
    }
