"""The wheel is tested, not the folder: built, installed where nothing else is, and used."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from zipfile import ZipFile

import pytest

from connector import __version__
from tests.test_emulator_program import ALONE, served

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = "Scripts" if os.name == "nt" else "bin"

pytestmark = [pytest.mark.long, pytest.mark.xdist_group("wheel")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """A copy of the function app's folder beside an environment that holds what it requires."""

    folder: Path
    wheel: Path
    scripts: Path

    def run(self, program: str, *arguments: str) -> str:
        """The output of an installed program; fails the test with its errors."""
        command = (str(self.scripts / program), *arguments)
        clean = {k: v for k, v in os.environ.items() if not k.startswith(("PROFORMA", "PYTHON"))}
        done = subprocess.run(
            command, cwd=self.folder, env=clean, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout


def pip(*arguments: str, cwd: Path) -> None:
    command = (sys.executable, "-m", "pip", *arguments)
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def deployment(tmp_path_factory: pytest.TempPathFactory) -> Deployment:
    """The app as `azd package` prepares it, with its requirements installed."""
    base = tmp_path_factory.mktemp("deployment")
    folder, environment = base / "app", base / "environment"
    shutil.copytree(ROOT / "azure-function", folder)
    pip("wheel", "--quiet", "--no-deps", "--wheel-dir", str(folder), str(ROOT), cwd=folder)
    subprocess.run((sys.executable, "-m", "venv", "--without-pip", environment), check=True)
    python = environment / SCRIPTS / "python"
    pip("--python", str(python), "install", "--quiet", "-r", "requirements.txt", cwd=folder)
    [wheel] = folder.glob("*.whl")
    return Deployment(folder=folder, wheel=wheel, scripts=environment / SCRIPTS)


def test_the_installed_command_knows_its_version(deployment: Deployment) -> None:
    assert __version__ in deployment.run("proforma", "--version")


def test_the_installed_command_shows_the_demo(deployment: Deployment) -> None:
    printed = deployment.run("proforma", "demo")

    assert "Adatum" in printed
    assert "A second pass over the same days wrote nothing" in printed


def test_the_wheel_holds_the_mapping_the_sample_tenant_and_the_schema(
    deployment: Deployment,
) -> None:
    held = set(ZipFile(deployment.wheel).namelist())

    assert {
        "connector/py.typed",
        "connector/mappings_data/project-operations.toml",
        "connector/settings/config.example.toml",
        "connector/sample_tenant/tenant.json",
        "connector/emulator/schemas/project-operations.json",
        "connector/emulator/schemas/standard-tables.json",
    } <= held


def test_the_wheel_holds_nothing_but_the_package(deployment: Deployment) -> None:
    folders = {name.split("/")[0] for name in ZipFile(deployment.wheel).namelist()}

    assert folders == {"connector", f"proforma_connector-{__version__}.dist-info"}


def test_the_deployed_function_app_can_be_imported(deployment: Deployment) -> None:
    statement = "from function_app import app; print(app.get_functions()[0].get_function_name())"

    assert deployment.run("python", "-c", statement).split() == ["create_draft_invoices"]


def test_the_pytest_fixtures_are_announced(deployment: Deployment) -> None:
    statement = (
        "from importlib.metadata import entry_points; print(*entry_points(group='pytest11').names)"
    )

    assert "proforma" in deployment.run("python", "-c", statement).split()


def test_the_emulator_of_the_wheel_runs_without_the_rest_of_it(
    deployment: Deployment, tmp_path: Path
) -> None:
    """All of the wheel but the program's own parts is thrown away."""
    with ZipFile(deployment.wheel) as wheel:
        kept = [
            name
            for name in wheel.namelist()
            if name.split("/")[:2] in [["connector", part] for part in ALONE]
        ]
        wheel.extractall(tmp_path, kept)

    assert (tmp_path / "connector" / "emulator").is_dir()
    assert not (tmp_path / "connector" / "invoicing").exists()
    assert served(tmp_path)["rows"] == 1


def test_the_emulator_is_a_program_of_its_own(deployment: Deployment) -> None:
    assert deployment.run("proforma-emulator", "--version").strip() == (
        f"proforma-emulator, version {__version__}"
    )
