"""What `azd up` deploys is built from a clean checkout, and holds nothing of this machine."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from pathspec import PathSpec

from connector._version import __version__
from tests.azure.durable_host import DurableHost
from tests.azure.fan_out import FUNCTION, tenant_of

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
APP = ROOT / "azure-function"
WHEEL = f"proforma_connector-{__version__}-py3-none-any.whl"
#: What local work leaves beside the app: none of it may be deployed.
LOCAL = (
    "local.settings.json",
    ".env",
    ".azure/prod/.env",
    ".venv/pyvenv.cfg",
    "function_env/bin/python",
    "__pycache__/activities.cpython-313.pyc",
    ".pytest_cache/v/x",
    "proforma-runs/runs/R1/part-0001.plan",
    "proforma-runs/tenants/t/lease.json",
    "__azurite_db_blob__.json",
    "__blobstorage__/x",
    "__queuestorage__/x",
    "AzuriteConfig",
    ".azurite/package.json",
    "debug.log",
    "certificate.pem",
    "certificate.pfx",
    ".git/config",
    ".vscode/settings.json",
    ".python_packages/lib/site-packages/x.py",
)
#: What is deployed, and what of a tenant's own has its place beside it.
DEPLOYED = (
    *("activities.py", "app_settings.py", "function_app.py", "orchestration.py", "run_log.py"),
    *("host.json", "requirements.txt", "constraints.txt", WHEEL),
)
OWN = ("config.toml", "mapping.toml")


def checkout(folder: Path) -> Path:
    """The files of the project as somebody gets them who clones it."""
    command = ("git", "ls-files", "--cached", "--others", "--exclude-standard", "-z")
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout
    for name in filter(None, listed.decode().split("\0")):
        source, target = ROOT / name, folder / name
        if source.is_file():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)
    return folder


def hooks() -> dict[str, Any]:
    document = yaml.safe_load((APP / "azure.yaml").read_text(encoding="utf-8"))
    found: dict[str, Any] = document["services"]["function"]["hooks"]
    return found


def packed(folder: Path) -> set[str]:
    """The files of *folder* that the ignore file lets through."""
    text = (APP / ".funcignore").read_text(encoding="utf-8")
    ignored = PathSpec.from_lines("gitignore", text.splitlines())
    names = (path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    return {name for name in names if not ignored.match_file(name)}


def test_nothing_of_this_machine_enters_the_package(tmp_path: Path) -> None:
    shutil.copytree(APP, tmp_path, dirs_exist_ok=True, ignore=shutil.ignore_patterns("*.whl"))
    for name in (*LOCAL, *OWN, WHEEL):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("local", encoding="utf-8")

    assert packed(tmp_path) == {*DEPLOYED, *OWN}


def test_every_module_that_the_app_imports_is_deployed_with_it() -> None:
    for path in APP.glob("*.py"):
        imported = re.findall(
            r"^(?:from|import) (\w+)", path.read_text(encoding="utf-8"), re.MULTILINE
        )
        own = {name for name in imported if (APP / f"{name}.py").exists()}
        assert {f"{name}.py" for name in own} <= set(DEPLOYED)


def test_the_wheel_is_there_before_azd_restores_and_before_it_packs() -> None:
    found = hooks()

    assert found["prerestore"] == found["prepackage"]
    assert {kind: step["shell"] for kind, step in found["prepackage"].items()} == {
        "posix": "sh",
        "windows": "pwsh",
    }


def test_every_version_that_is_installed_is_pinned() -> None:
    requirements = (APP / "requirements.txt").read_text(encoding="utf-8").splitlines()
    pins = (APP / "constraints.txt").read_text(encoding="utf-8").splitlines()

    assert [line for line in requirements if not line.startswith("#")] == [
        "--constraint constraints.txt",
        f"./{WHEEL}[azure]",
    ]
    named = {re.split(r"[=;\s]", pin)[0] for pin in pins if not pin.startswith("#")}
    assert all("==" in pin for pin in pins if not pin.startswith("#"))
    assert {"azure-functions", "azure-functions-durable", "msal", "azure-storage-blob"} <= named


def interpreters() -> Iterator[str]:
    """Pythons of the minor version that the deployment asks the platform for."""
    bicep = (APP / "infra" / "function.bicep").read_text(encoding="utf-8")
    [minor] = re.findall(r"name: 'python'\s+version: '([\d.]+)'", bicep)
    root = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    places = [*sorted((root / "versions").glob(f"{minor}.*/bin/python"))]
    on_path = shutil.which(f"python{minor}")
    for place in (*map(str, places), *((on_path,) if on_path else ())):
        shown = subprocess.run((place, "--version"), capture_output=True, text=True, check=False)
        if shown.returncode == 0:
            yield place


def run(*command: str, cwd: Path) -> None:
    clean = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
    done = subprocess.run(command, cwd=cwd, env=clean, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.cloud
@pytest.mark.skipif(sys.platform == "win32", reason="the hook of POSIX")
def test_a_clean_checkout_becomes_an_app_that_runs_on_the_python_that_is_deployed(
    tmp_path: Path, runtime: Path
) -> None:
    found = next(interpreters(), None)
    if found is None:
        pytest.skip("the Python that the deployment asks for is not installed here")
    app = checkout(tmp_path / "checkout") / "azure-function"
    environment = tmp_path / "environment"

    run("sh", "-c", hooks()["prerestore"]["posix"]["run"], cwd=app)
    run(found, "-m", "venv", str(environment), cwd=tmp_path)
    python = str(environment / "bin" / "python")
    run(python, "-m", "pip", "install", "--quiet", "-r", "requirements.txt", cwd=app)
    # What the platform's host brings along.
    host_s_own = ("grpcio", "protobuf", "azurefunctions-extensions-base")
    run(python, "-m", "pip", "install", "--quiet", *host_s_own, cwd=app)

    with (
        tenant_of(1) as tenant,
        DurableHost(app, tenant.settings, runtime, interpreter=python) as host,
    ):
        ended = host.tick(FUNCTION)
        drafts = len(tenant.emulator.rows("invoices"))

    assert ended.error is None
    assert drafts == 3
