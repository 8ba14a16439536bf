"""
The directions of imports are enforced for every module, and each rule notices a breach.

One copy of the package gets one breach for each contract; `make check` must refuse all of them.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]
CONTRACTS: list[dict[str, Any]] = SETTINGS["contracts"]
COMMAND = "import sys; from importlinter.cli import lint_imports_command as c; sys.exit(c())"
#: Packages in which every module takes a place among the layers.
LAYERED = {name for one in CONTRACTS if one.get("exhaustive") for name in one["containers"]}


def file_of(package: Path, module: str) -> Path:
    path = package.joinpath(*module.split(".")[1:])
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


def breach(contract: dict[str, Any]) -> tuple[str, str]:
    """A module and what it must not import by *contract*."""
    if contract["type"] == "layers":
        [container] = contract["containers"]
        highest, lowest = (contract["layers"][at].split(" | ")[0] for at in (0, -1))
        return f"{container}.{lowest}", f"{container}.{highest}"
    if contract["type"] == "independence":
        return contract["modules"][0], contract["modules"][1]
    if contract["type"] == "protected":
        return "connector.invoicing", contract["protected_modules"][0]
    return contract["source_modules"][0], contract["forbidden_modules"][0]


def lint(folder: Path) -> str:
    """What the linter says of the package in *folder*, by the contracts of this project."""
    shutil.copy(ROOT / "pyproject.toml", folder)
    ended = subprocess.run(
        [sys.executable, "-c", COMMAND, "--no-cache"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env={"PYTHONPATH": str(folder), "PATH": "", "PYTHONIOENCODING": "utf-8", "COLUMNS": "200"},
    )
    return ended.stdout + ended.stderr


@pytest.fixture
def package(tmp_path: Path) -> Path:
    return Path(
        shutil.copytree(
            ROOT / "connector",
            tmp_path / "connector",
            ignore=shutil.ignore_patterns("__pycache__", "*.json"),
        )
    )


def test_every_contract_notices_a_breach_of_its_own(package: Path) -> None:
    for contract in CONTRACTS:
        module, imported = breach(contract)
        with file_of(package, module).open("a", encoding="utf-8") as file:
            file.write(f"\nimport {imported}\n")

    said = lint(package.parent)

    kept = [one["name"] for one in CONTRACTS if f"{one['name']} BROKEN" not in said]
    assert kept == [], said


def test_a_module_that_takes_no_place_is_refused_in_every_layered_package(package: Path) -> None:
    for name in LAYERED:
        file_of(package, name).with_name("newcomer.py").write_text('"""New."""\n', "utf-8")

    said = lint(package.parent)

    unnoticed = [name for name in LAYERED if f"- {name}.newcomer" not in said]
    assert unnoticed == [], said


def test_every_package_of_several_modules_is_layered() -> None:
    packages = {
        ".".join(path.parent.relative_to(ROOT).parts)
        for path in (ROOT / "connector").rglob("__init__.py")
        if len([*path.parent.glob("*.py")]) > 2
    }

    assert sorted(packages - LAYERED) == []
