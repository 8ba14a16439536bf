"""`docs/configuration.md` tells every key with its default."""

from __future__ import annotations

import re
from pathlib import Path

from connector.settings.load import SECTIONS

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "configuration.md").read_text("utf-8")
#: Keys without which nothing works.
NEEDED = (("dataverse", "url"), ("run", "time_zone"))
#: What stands for an absent value, by the words of the page.
ABSENT = {
    "none",
    "off",
    "the shipped one",
    "the signed-in user",
    "that of the environment's cloud",
    "what the tenant recommends",
}


def told() -> dict[tuple[str, str], str]:
    parts = re.split(r"^## \[([a-z]+)\]$", PAGE, flags=re.MULTILINE)
    return {
        (section, key): default.strip("`")
        for section, text in zip(parts[1::2], parts[2::2], strict=True)
        for key, default in re.findall(r"^\| `([a-z_]+)` \| ([^|]+?) \|", text, re.MULTILINE)
    }


def test_every_key_is_told_with_its_default_and_no_other() -> None:
    actual = {
        (name, key): "none" if field.default is None else str(field.default)
        for name, section in SECTIONS.items()
        for key, field in section.model_fields.items()
        if (name, key) not in NEEDED
    }

    page = {key: "none" if text in ABSENT else text for key, text in told().items()}

    assert [page.pop(key) for key in NEEDED] == ["none", "none"]
    assert page == actual
