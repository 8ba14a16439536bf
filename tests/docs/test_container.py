"""The container file as far as it can be tried without a daemon that builds it."""

from __future__ import annotations

import ast
import json
import re
import sys
import tomllib
from pathlib import Path

import pytest

from connector.emulator_program import serve

ROOT = Path(__file__).resolve().parents[2]
FILE = ROOT / "container" / "Containerfile"
REQUIREMENTS = ROOT / "container" / "requirements.txt"
#: Names of packages whose modules have other names.
MODULES = {"python-dateutil": "dateutil", "tzdata": None}


def instructions() -> list[tuple[str, str]]:
    """Each instruction with its arguments, lines that go on joined."""
    text = re.sub(r"\\\n\s*", "", FILE.read_text(encoding="utf-8"))
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return [(line.partition(" ")[0], line.partition(" ")[2].strip()) for line in lines]


def last(word: str) -> str:
    return [rest for name, rest in instructions() if name == word][-1]


def test_only_known_instructions_are_used_and_the_first_stage_begins_them() -> None:
    known = {"ARG", "FROM", "WORKDIR", "COPY", "RUN", "ENV", "USER", "EXPOSE", "STOPSIGNAL"}
    words = [word for word, _ in instructions()]

    assert set(words) <= known | {"HEALTHCHECK", "ENTRYPOINT"}
    assert words[:2] == ["ARG", "FROM"]


def test_what_is_copied_is_there_and_let_through_to_the_build() -> None:
    let_through = set(
        re.findall(r"^!(\S+)$", (ROOT / ".dockerignore").read_text("utf-8"), re.MULTILINE)
    )
    copied = {
        path.removeprefix("./")
        for word, rest in instructions()
        if word == "COPY" and "--from" not in rest
        for path in rest.split()[:-1]
    }

    assert copied == {
        *("pyproject.toml", "README.md", "LICENSE", "connector", "mappings"),
        "container/requirements.txt",
    }
    assert all((ROOT / path).exists() for path in copied)
    assert {path.partition("/")[0] for path in copied} <= let_through


def test_it_runs_as_nobody_special() -> None:
    users = [rest for word, rest in instructions() if word == "USER"]

    assert users == ["10001:10001"]
    assert "--uid 10001" in FILE.read_text(encoding="utf-8")


def test_it_starts_the_program_with_options_that_exist_on_the_port_that_it_exposes() -> None:
    command = json.loads(last("ENTRYPOINT"))
    known = {option for parameter in serve.params for option in parameter.opts}
    scripts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["scripts"]

    assert command[0] in scripts
    assert {word for word in command[1:] if word.startswith("--")} <= known
    assert command[command.index("--port") + 1] == last("EXPOSE")
    assert last("STOPSIGNAL") == "SIGTERM"


def test_its_health_is_an_answer_of_the_web_api() -> None:
    check = json.loads(last("HEALTHCHECK").partition("CMD ")[2])

    assert check[:2] == ["python", "-c"]
    ast.parse(check[2])
    assert f"http://127.0.0.1:{last('EXPOSE')}/api/data/v9.2/WhoAmI" in check[2]


def required() -> dict[str, str]:
    lines = REQUIREMENTS.read_text(encoding="utf-8").splitlines()
    return {line.partition(">=")[0]: line for line in lines if line and not line.startswith("#")}


def test_its_requirements_are_those_of_the_project() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]

    assert set(required().values()) <= set(project["dependencies"])


def imported() -> set[str]:
    """What the program imports, at the top of its modules or within functions."""
    package = ROOT / "connector"
    files = [*(package / "emulator").rglob("*.py"), *(package / "sample_tenant").rglob("*.py")]
    files += [package / f"{name}.py" for name in ("emulator_program", "flag_bundles", "stopping")]
    found: set[str] = set()
    for file in files:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                found |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                found.add(node.module.partition(".")[0])
    return found - set(sys.stdlib_module_names) - {"connector", "_typeshed"}


def test_its_requirements_are_what_the_program_imports() -> None:
    """Pillow makes thumbnails where it is there; the emulator does without."""
    modules = {MODULES.get(name, name.replace("-", "_")) for name in required()} - {None}

    assert imported() - {"PIL"} == modules


@pytest.mark.parametrize("stage", [0, 1])
def test_both_stages_are_of_one_python(stage: int) -> None:
    stages = [rest for word, rest in instructions() if word == "FROM"]

    assert stages[stage].startswith("python:${PYTHON}-slim")
