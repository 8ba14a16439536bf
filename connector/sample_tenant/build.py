"""Writes `tenant.json`: run `python -m connector.sample_tenant.build` after a change beside it."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

from connector.sample_tenant import FILE_NAME
from connector.sample_tenant.adatum import add_adatum
from connector.sample_tenant.draft import add_draft
from connector.sample_tenant.euro_and_yen import add_euro_contract, add_yen_contract
from connector.sample_tenant.plant_rollout import add_plant_rollout
from connector.sample_tenant.rows import Rows
from connector.sample_tenant.surroundings import add_surroundings


def built_text() -> str:
    """The text of `tenant.json`: a row a line, entity sets by name."""
    rows = Rows()
    add_surroundings(rows)
    add_adatum(rows)
    add_plant_rollout(rows)
    add_euro_contract(rows)
    add_yen_contract(rows)
    add_draft(rows)
    return _text(rows)


def _text(rows: Rows) -> str:
    sets = [
        f"{json.dumps(name)}: [\n" + ",\n".join(_line(row) for row in entity_set) + "\n]"
        for name, entity_set in rows.sets().items()
    ]
    return "{\n" + ",\n".join(sets) + "\n}\n"


def _line(row: object) -> str:
    return json.dumps(row, ensure_ascii=False, default=_number)


def _number(value: object) -> int | float:
    """A JSON number; the sample's amounts are short enough for a float to spell them exactly."""
    if not isinstance(value, Decimal):
        message = f"no JSON for {value!r}"
        raise TypeError(message)
    return int(value) if value == value.to_integral_value() else float(value)


if __name__ == "__main__":
    Path(__file__).with_name(FILE_NAME).write_text(built_text(), encoding="utf-8", newline="\n")
