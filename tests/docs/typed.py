"""What a page tells a reader to type in a shell, in its order, with what it shows as the answer."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.docs.markdown import blocks

if TYPE_CHECKING:
    from collections.abc import Iterator

#: PowerShell is left out: these tests have none.
SHELLS = {"sh", "bash", "shell", "console"}
#: A line that stands for any number of others.
_LEFT_OUT = re.compile("^…$", re.MULTILINE)
_EXIT_CODE = re.compile(r" +# exit code (?P<code>\d+)$")
#: A run id: the instant that it began, and eight digits by chance.
RUN_ID = re.compile(r"\b\d{8}T\d{6}Z-[0-9a-f]{8}\b")
_TOOK = re.compile(r"\b\d+:\d\d$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """A command, the lines shown below it, and what it ends with."""

    command: str
    shown: tuple[str, ...] = ()
    exit_code: int = 0

    @property
    def program(self) -> str:
        """The first word, without the folder that it may stand in."""
        return self.command.split()[0].rpartition("/")[2]


def typed(markdown: str) -> Iterator[Typed]:
    """Every command in the shell blocks of a page."""
    for block in blocks(markdown):
        if block.language in SHELLS:
            text = block.text.replace("\\\n", " ")
            yield from _of_console(text) if block.language == "console" else _of_script(text)


def _of_script(text: str) -> Iterator[Typed]:
    for line in text.splitlines():
        if line.strip() and not line.startswith("#"):
            yield _command(line, ())


def _of_console(text: str) -> Iterator[Typed]:
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        command, *shown = part.splitlines()
        yield _command(command, tuple(shown))


def _command(line: str, shown: tuple[str, ...]) -> Typed:
    found = _EXIT_CODE.search(line)
    code = int(found["code"]) if found else 0
    return Typed(command=_EXIT_CODE.sub("", line).strip(), shown=shown, exit_code=code)


def said(text: str) -> list[str]:
    """The lines that say something, without padding; run ids and durations are all alike."""
    lines = (line.rstrip() for line in text.splitlines() if line.strip())
    return [_TOOK.sub("TOOK", RUN_ID.sub("RUN", line)) for line in lines]


def is_shown(shown: tuple[str, ...] | list[str], output: list[str]) -> bool:
    """Whether *shown* is *output*; a line `…` stands for any number of lines, none included."""
    parts = [said(part) for part in _LEFT_OUT.split("\n".join(shown))]
    if len(parts) == 1:
        return parts[0] == output
    first, *middle, last = parts
    position = len(first)
    if output[:position] != first:
        return False
    for part in middle:
        places = range(position, len(output) - len(part) + 1)
        found = next((n for n in places if output[n : n + len(part)] == part), None)
        if found is None:
            return False
        position = found + len(part)
    end = len(output) - len(last)
    return end >= position and output[end:] == last
