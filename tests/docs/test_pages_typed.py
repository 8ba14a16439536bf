"""
Every command of every page is typed, in the order of the page, and answers what the page shows.

What cannot be typed here is named in `NOT_TYPED`, with the reason; nothing else is left out.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from connector.emulator import Emulator
from connector.sample_tenant import sample_seed
from tests.docs.given import GIVEN
from tests.docs.markdown import named_files
from tests.docs.reader import Reader
from tests.docs.typed import is_shown, said, typed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.docs.typed import Typed

ROOT = Path(__file__).resolve().parents[2]
#: By how a command begins.
NOT_TYPED = {
    "az ": "needs a subscription of Azure; tests/azure parses what it deploys",
    "azd ": "needs a subscription of Azure; tests/azure parses what it deploys",
    "cd azure-function": "what follows it is azd's",
    "docker ": "needs a daemon; test_container.py looks at the file and its command line",
    "make ": "these tests run inside of it; test_documented_commands.py finds each target",
    "pip install": "needs an index; tests/packaging installs the wheel",
    "python -m pip install": "needs an index; tests/packaging installs the wheel",
    "export PROFORMA__RUN__STORE=https://": "needs a storage account; `make cloud` has Azurite",
    "curl -X POST": "gives a role to a user of a real tenant",
    "proforma emulator serve --port 443": "needs the rights of an administrator",
    'eval "$(_PROFORMA_COMPLETE': "changes the reader's shell; test_completion.py runs it",
    "_PROFORMA_COMPLETE": "is fish's; test_completion.py runs it",
}


#: Programs of others that a page may type.
OF_OTHERS = ("curl", "jq")

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="PowerShell's way is told apart")


def left_out(command: str) -> bool:
    return command.startswith(tuple(NOT_TYPED))


def commands_of(page: Path) -> list[Typed]:
    return list(typed(page.read_text("utf-8")))


PAGES = (ROOT / "README.md", *sorted(ROOT.glob("docs/**/*.md")))
FOLLOWED = [
    page for page in PAGES if any(not left_out(entry.command) for entry in commands_of(page))
]


def each_page() -> Iterator[object]:
    """Tutorials have dozens of commands, each of them a process."""
    for page in FOLLOWED:
        name = page.relative_to(ROOT).as_posix()
        marks = pytest.mark.long if "/tutorials/" in name else ()
        yield pytest.param(page, id=name, marks=marks)


@pytest.fixture(scope="module")
def tenant() -> Iterator[tuple[Emulator, int, bytes]]:
    emulator = Emulator(seed=sample_seed())
    with emulator.serve() as server:
        yield emulator, server.port, emulator.snapshot()
    emulator.close()


@pytest.fixture
def reader(
    tenant: tuple[Emulator, int, bytes],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> Iterator[Reader]:
    """In a folder like a checkout after `make demo`, with a tenant where the settings say."""
    emulator, port, fresh = tenant
    emulator.restore(fresh)
    example = (ROOT / "config.example.toml").read_text("utf-8").replace(":8742", f":{port}")
    (tmp_path / "config.example.toml").write_text(example, encoding="utf-8")
    (tmp_path / ".venv").symlink_to(sys.prefix)
    monkeypatch.chdir(tmp_path)
    for name in ("FORCE_COLOR", "NO_COLOR", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    found = Reader(folder=tmp_path, monkeypatch=monkeypatch, capfd=capfd)
    found.ports["8742"] = str(port)
    yield found
    found.stop()


@pytest.mark.parametrize("page", list(each_page()))
def test_a_page_can_be_followed(page: Path, reader: Reader) -> None:
    text = page.read_text("utf-8")
    for program in OF_OTHERS:
        if f"{program} " in text and shutil.which(program) is None:
            pytest.skip(f"{program} is not installed")
    for name, content in named_files(text).items():
        (reader.folder / name).write_text(content, encoding="utf-8")
    GIVEN.get(page.relative_to(ROOT).as_posix(), GIVEN[""])(reader)

    for entry in commands_of(page):
        if left_out(entry.command):
            continue
        ended = reader.follow(entry)

        assert ended.code == entry.exit_code, f"{entry.command}\n{ended.out}{ended.err}"
        if entry.shown:
            answers = (ended.out, ended.err, ended.err + ended.out, ended.out + ended.err)
            fitting = [is_shown(entry.shown, said(answer)) for answer in answers]
            assert any(fitting), f"{entry.command}\n{ended.err}{ended.out}"


def test_every_reason_for_not_typing_something_is_needed() -> None:
    shown = [entry.command for page in PAGES for entry in commands_of(page)]

    assert [start for start in NOT_TYPED if not any(c.startswith(start) for c in shown)] == []


def test_the_tutorials_are_among_the_pages_and_type_something() -> None:
    tutorials = sorted(page.stem for page in FOLLOWED if page.parent.name == "tutorials")

    assert tutorials == ["consultant", "controller", "operator", "script-author"]
