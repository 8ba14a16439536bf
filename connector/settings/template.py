"""
A configuration file made from `config.example.toml`: its comments, with the values of a tenant.

The comments are those of the example, so the two never say different things.
"""

from __future__ import annotations

import json
import re
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Final

from connector.errors import ConnectorError

if TYPE_CHECKING:
    from collections.abc import Mapping

EXAMPLE: Final = "config.example.toml"
#: The first line of a file that was made, where the example tells to copy it.
HEADING: Final = (
    "# Settings of the proforma connector, made by `proforma init`. Change what differs."
)
_SECTION: Final = re.compile(r"\[(\w+)\]")


class TemplateError(ConnectorError):
    """The example configuration is not there, or lacks a key."""


def example_text() -> str:
    """The example configuration, from the package or from the project's folder."""
    shipped = resources.files("connector.settings").joinpath(EXAMPLE)
    if shipped.is_file():
        return shipped.read_text(encoding="utf-8")
    beside = Path(__file__).parents[2] / EXAMPLE
    if beside.is_file():
        return beside.read_text(encoding="utf-8")
    message = f"this installation lacks {EXAMPLE}; install the package again"
    raise TemplateError(message)


def filled(example: str, values: Mapping[tuple[str, str], str]) -> str:
    """
    *example* with texts for keys, which are named by section and key.

    A key that the example shows behind `#` is switched on. Raises `TemplateError` for a key that
    the example lacks.
    """
    left, section = dict(values), ""
    lines = [HEADING, *example.splitlines()[1:]]
    for place, line in enumerate(lines):
        if found := _SECTION.fullmatch(line):
            section = found[1]
        key = line.removeprefix("# ").partition(" = ")[0]
        if " = " in line and (section, key) in left:
            lines[place] = f"{key} = {_quoted(left.pop((section, key)))}"
    if left:
        message = f"{EXAMPLE} lacks {', '.join(f'[{s}] {k}' for s, k in sorted(left))}"
        raise TemplateError(message)
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    """A basic string of TOML, which escapes what JSON does, and one character more."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
