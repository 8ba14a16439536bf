"""Every command that a page shows exists, with the options that it is shown with."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from connector.cli.entry import proforma
from tests.docs.markdown import commands, named_files

if TYPE_CHECKING:
    from click import Command

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")


def shown(program: str) -> list[str]:
    found = {call for page in PAGES for call in commands(page.read_text(encoding="utf-8"), program)}
    return sorted(found)


def unknown_words(words: list[str], command: Command) -> list[str]:
    """Options and subcommands in *words* that *command* does not have."""
    subcommands = getattr(command, "commands", {})
    for position, word in enumerate(words):
        if word in subcommands:
            return unknown_words(words[position + 1 :], subcommands[word])
    known = {option for parameter in command.params for option in parameter.opts} | {"--help"}
    options = [word.partition("=")[0] for word in words if word.startswith("-")]
    runs_by_itself = getattr(command, "invoke_without_command", False)
    with_options = runs_by_itself and bool(words) and words[0].startswith("-")
    named = subcommands and words and not with_options  # a group may be spoken of by itself
    missing = [f"{command.name}: no command in {' '.join(words)!r}"] if named else []
    runs_alone = set(options) & {"--version", "--help"}
    return [option for option in options if option not in known] or ([] if runs_alone else missing)


@pytest.mark.parametrize("call", shown("proforma"))
def test_a_shown_command_exists_with_its_options(call: str) -> None:
    assert unknown_words(shlex.split(call.partition(" >")[0])[1:], proforma) == []


@pytest.mark.parametrize("call", shown("make"))
def test_a_shown_make_target_exists(call: str) -> None:
    targets = [word for word in call.split()[1:] if "=" not in word]

    assert [name for name in targets if not re.search(rf"^{name}:", MAKEFILE, re.MULTILINE)] == []


def test_the_readme_shows_the_two_commands_of_a_newcomer() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")

    assert {"make demo", "make test"} <= set(commands(readme, "make"))


def test_calls_are_found_with_and_without_a_prompt() -> None:
    page = "```console\n$ proforma run --json | jq .\nmade 3\n```\n\nproforma is `proforma plan`\n"

    assert commands(page, "proforma") == ("proforma run --json", "proforma plan")


@pytest.mark.parametrize(
    "call",
    ["rum", "runs shwo", "run --jsn", "emulator sreve", "emulator serve --prot 1", "--versoin"],
)
def test_a_misspelt_command_is_noticed(call: str) -> None:
    assert unknown_words(call.split(), proforma) != []


def test_named_files_are_the_python_blocks_that_begin_with_their_name() -> None:
    page = "```python\n# script.py\nprint(1)\n```\n```python\nprint(2)\n```\n"

    assert named_files(page) == {"script.py": "# script.py\nprint(1)\n"}
