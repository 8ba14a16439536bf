"""Code blocks of our Markdown pages, so that tests can execute what the pages promise."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

FENCED = re.compile(r"^```(?P<language>\w*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"`([^`\n]+)`")
SHELLS = {"sh", "bash", "console", "shell", "powershell"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A fenced block with the language that it is marked with."""

    language: str
    text: str


def blocks(markdown: str) -> Iterator[Block]:
    for found in FENCED.finditer(markdown):
        yield Block(language=found["language"], text=found["text"])


def commands(markdown: str, program: str) -> tuple[str, ...]:
    """Calls of *program* in shell blocks and in running text, without prompts and pipes."""
    call = re.compile(rf"^(?:[$>] |PS> )?(?:\S*[\\/])?(?P<call>{program}(?: [^|&#;\n]*)?)$")
    found = (call.match(line.partition(" |")[0].strip()) for line in code_lines(markdown))
    return tuple(match["call"].strip() for match in found if match)


def code_lines(markdown: str) -> Iterator[str]:
    """Lines of shell blocks, and what stands between backticks in running text."""
    for block in blocks(markdown):
        if block.language in SHELLS:
            yield from block.text.splitlines()
    yield from INLINE.findall(FENCED.sub("", markdown))


def named_files(markdown: str) -> dict[str, str]:
    """Python blocks whose first line is a comment with a file's name, by that name."""
    python = (block.text for block in blocks(markdown) if block.language == "python")
    titled = ((re.match(r"# (\w+\.py)\n", text), text) for text in python)
    return {title[1]: text for title, text in titled if title}
