"""Version, changelog, lock and workflows: what a release relies on."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import connector

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
LOCKS = (
    ROOT / "requirements-dev.txt",
    ROOT / "requirements-docs.txt",
    ROOT / ".github" / "requirements-release.txt",
)
ADDRESS = "https://code.example/owner/proforma"

by_workflow = pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.name)
by_lock = pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)


def release_checks() -> ModuleType:
    """The script of the release workflow, which belongs to no package."""
    spec = importlib.util.spec_from_file_location(
        "release_checks", ROOT / ".github" / "release_checks.py"
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout of version 1.2.0 that may be released from ADDRESS."""
    texts = {
        "connector/_version.py": '"""The version."""\n\n__version__ = "1.2.0"\n',
        "azure-function/requirements.txt": "./proforma_connector-1.2.0-py3-none-any.whl[azure]\n",
        "CHANGELOG.md": "# Changelog\n\n## [Unreleased]\n\n## [1.2.0] - 2026-11-28\n",
        "pyproject.toml": f'[project.urls]\nSource = "{ADDRESS}"\nIssues = "{ADDRESS}/issues"\n',
    }
    for name, text in texts.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def locked(lock: Path) -> dict[str, str]:
    """The version of each package in a lock file."""
    rows = re.findall(
        r"^([A-Za-z0-9._-]+)==([^\s;]+)", lock.read_text(encoding="utf-8"), re.MULTILINE
    )
    return {canonicalize_name(name): version for name, version in rows}


def used_actions(workflow: Path) -> Iterator[tuple[str, str]]:
    """Each action that a workflow uses, with what stands behind it on its line."""
    for line in workflow.read_text(encoding="utf-8").splitlines():
        if found := re.search(r"\buses:\s*(\S+)\s*(.*)$", line):
            yield found[1], found[2]


def test_the_version_is_that_of_the_installed_package() -> None:
    assert re.fullmatch(r"\d+\.\d+\.\d+", connector.__version__)
    assert release_checks().version(ROOT) == connector.__version__


def test_the_module_is_the_command() -> None:
    command = (sys.executable, "-m", "connector", "--version")
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert (done.returncode, done.stdout.strip()) == (0, f"proforma {connector.__version__}")


def test_the_function_app_requires_the_wheel_of_this_version() -> None:
    assert list(release_checks().deployment_complaints(ROOT, connector.__version__)) == []


def test_a_checkout_in_which_everything_agrees_may_be_released(checkout: Path) -> None:
    assert list(release_checks().complaints(checkout, "v1.2.0", ADDRESS)) == []


@pytest.mark.parametrize(
    ("name", "old", "new", "complaint"),
    [
        ("connector/_version.py", "1.2.0", "1.3.0", "the tag is v1.2.0"),
        ("CHANGELOG.md", "2026-11-28", "soon", "CHANGELOG.md has no section"),
        (
            "azure-function/requirements.txt",
            "1.2.0",
            "1.1.0",
            "does not name proforma_connector-1.2",
        ),
        ("pyproject.toml", f"{ADDRESS}/issues", f"{ADDRESS}2", "project.urls.Issues is"),
    ],
)
def test_a_release_is_refused_when_one_place_says_something_else(
    checkout: Path, name: str, old: str, new: str, complaint: str
) -> None:
    path = checkout / name
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")

    found = list(release_checks().complaints(checkout, "v1.2.0", ADDRESS))

    assert complaint in found[0]


def test_a_release_is_refused_while_the_project_has_no_home() -> None:
    found = release_checks().complaints(ROOT, f"v{connector.__version__}", ADDRESS)

    assert any("project.urls.Source" in complaint for complaint in found)


def test_the_lock_holds_a_fitting_version_of_every_dependency() -> None:
    extras = PROJECT["optional-dependencies"]
    wanted = map(Requirement, [*PROJECT["dependencies"], *extras["dev"], *extras["testing"]])
    versions = locked(LOCKS[0])

    assert [
        str(requirement)
        for requirement in wanted
        if not requirement.specifier.contains(
            versions.get(canonicalize_name(requirement.name), "0"), prereleases=True
        )
    ] == [], "make lock"


@by_lock
def test_a_lock_has_a_checksum_for_every_package_and_names_no_index(lock: Path) -> None:
    text = lock.read_text(encoding="utf-8")
    entries = re.split(r"^(?=[A-Za-z0-9])", text, flags=re.MULTILINE)[1:]

    assert [entry.splitlines()[0] for entry in entries if "--hash=sha256:" not in entry] == []
    assert re.findall(r"://|--index|--find-links|--extra-index|--trusted-host", text) == []


@by_workflow
def test_every_action_is_pinned_by_its_commit_with_the_version_beside_it(workflow: Path) -> None:
    loose = [
        action
        for action, comment in used_actions(workflow)
        if not (re.search(r"@[0-9a-f]{40}$", action) and re.match(r"# v\d+\.\d+\.\d+$", comment))
    ]

    assert loose == []


@by_workflow
def test_no_job_may_write_but_for_a_reason_given_beside_it(workflow: Path) -> None:
    rows = workflow.read_text(encoding="utf-8").splitlines()

    assert yaml.safe_load("\n".join(rows))["permissions"] in ({}, {"contents": "read"})
    assert [row for row in rows if re.search(r": write\s*$", row)] == []


@by_workflow
def test_a_workflow_calls_make_targets_that_exist(workflow: Path) -> None:
    document: dict[str, Any] = yaml.safe_load(workflow.read_text(encoding="utf-8"))
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    steps = [step for job in document["jobs"].values() for step in job["steps"]]
    calls = re.findall(r"\bmake ([^|&\n]+)", "\n".join(step.get("run", "") for step in steps))
    lists = [job.get("strategy", {}).get("matrix", {}) for job in document["jobs"].values()]
    named = [word for call in calls for word in call.split() if "=" not in word and "$" not in word]
    named += [target for matrix in lists for target in matrix.get("target", [])]

    assert [name for name in named if not re.search(rf"^{name}:", makefile, re.MULTILINE)] == []
