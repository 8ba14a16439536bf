"""What the emulator's page says of privileges is what its source does."""

from __future__ import annotations

import re
from pathlib import Path

import connector.emulator
from connector.emulator.provenance.access import ACCESS_AND_OWNERS

SOURCE = Path(connector.emulator.__file__).parent


def test_every_error_code_that_is_named_is_raised_somewhere() -> None:
    paths = [path for path in SOURCE.rglob("*.py") if path.parent.name != "provenance"]
    source = "\n".join(path.read_text("utf-8") for path in paths)
    named = {
        code
        for feature in ACCESS_AND_OWNERS
        for code in re.findall(r"0x[0-9A-Fa-f]{8}", f"{feature.name} {feature.note}")
    }

    assert len(named) > 8
    assert [code for code in sorted(named) if f'"{code}"' not in source] == []


def test_no_behaviour_is_listed_twice() -> None:
    names = [(feature.area, feature.name) for feature in ACCESS_AND_OWNERS]

    assert len(set(names)) == len(names)
