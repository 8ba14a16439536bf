"""
Installs the clients of the conformance suite into a folder of their own.

Usage: install.py FOLDER. `FOLDER/venv` gets the Python clients beside this project, and
`FOLDER/node_modules` the JavaScript one. Nothing happens when both are up to date.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
PROJECT = HERE.parents[1]
DEFAULT_FOLDER = PROJECT / ".conformance"
PYTHON_CLIENTS = HERE / "requirements.txt"
NODE_FILES = ("package.json", "package-lock.json")


class ClientsNotInstalledError(Exception):
    """A client could not be installed; the message carries what its installer said."""


def install(folder: Path = DEFAULT_FOLDER) -> Path:
    """The *folder* with all clients in it."""
    folder.mkdir(exist_ok=True)
    for name, inputs, fill in (
        ("venv", (PYTHON_CLIENTS, PROJECT / "pyproject.toml"), fill_environment),
        ("node_modules", tuple(HERE / name for name in NODE_FILES), fill_node_modules),
    ):
        stamp = folder / f"{name}.installed"
        wanted = fingerprint(inputs)
        if not (
            stamp.exists()
            and stamp.read_text(encoding="utf-8") == wanted
            and (folder / name).is_dir()
        ):
            print(f"Installing the clients of the conformance suite into {folder.name}/{name} ...")  # noqa: T201
            fill(folder)
            stamp.write_text(wanted, encoding="utf-8")
    return folder


def fingerprint(files: tuple[Path, ...]) -> str:
    digest = hashlib.sha256(sys.version.encode())
    for file in files:
        digest.update(file.read_bytes())
    return digest.hexdigest()


def fill_environment(folder: Path) -> None:
    """Make the environment without pip, so that it needs no `ensurepip`; our pip fills it."""
    environment = folder / "venv"
    run(sys.executable, "-m", "venv", "--clear", "--without-pip", str(environment))
    pip = (sys.executable, "-m", "pip", "--python", str(python_of(folder)), "install", "--quiet")
    run(*pip, "--editable", f"{PROJECT}[testing]", "--requirement", str(PYTHON_CLIENTS))


def fill_node_modules(folder: Path) -> None:
    npm = shutil.which("npm")
    if npm is None:
        message = "npm is not on the PATH: dynamics-web-api runs on Node.js 20 or newer."
        raise ClientsNotInstalledError(message)
    for name in NODE_FILES:
        shutil.copy(HERE / name, folder / name)
    quiet = ("--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
    run(npm, "ci", *quiet, "--prefix", str(folder), cwd=folder)


def python_of(folder: Path) -> Path:
    """The interpreter of the clients' environment."""
    return folder / "venv" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def run(*command: str, cwd: Path | None = None) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=cwd)
    if done.returncode != 0:
        message = f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}"
        raise ClientsNotInstalledError(message)


if __name__ == "__main__":
    try:
        install(Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else DEFAULT_FOLDER)
    except ClientsNotInstalledError as error:
        sys.exit(str(error))
