"""
Installs Azurite, Microsoft's emulator of Azure Storage, into a folder of its own.

Usage: install.py FOLDER. It runs on Node.js 20 or newer; version and checksums are those of
`package-lock.json` beside this file. Nothing happens when that version is there already.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from filelock import FileLock

HERE = Path(__file__).resolve().parent
DEFAULT_FOLDER = HERE.parents[1] / ".azurite"
NODE_FILES = ("package.json", "package-lock.json")
QUIET = ("--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
#: What Node.js is given to run.
PROGRAM = Path("node_modules", "azurite", "dist", "src", "azurite.js")


class AzuriteNotInstalledError(Exception):
    """Azurite could not be installed; the message carries what npm said."""


def install(folder: Path = DEFAULT_FOLDER) -> Path:
    """The *folder* with Azurite in it."""
    folder.mkdir(exist_ok=True)
    stamp = folder / "installed.json"
    wanted = (HERE / "package-lock.json").read_bytes()
    with FileLock(folder / ".lock"):
        if not (stamp.exists() and stamp.read_bytes() == wanted and (folder / PROGRAM).exists()):
            print(f"Installing Azurite into {folder.name} ...")  # noqa: T201
            fill(folder)
            stamp.write_bytes(wanted)
    return folder


def fill(folder: Path) -> None:
    npm = shutil.which("npm")
    if npm is None:
        message = "npm is not on the PATH: Azurite runs on Node.js 20 or newer."
        raise AzuriteNotInstalledError(message)
    for name in NODE_FILES:
        shutil.copy(HERE / name, folder / name)
    command = (npm, "ci", *QUIET, "--prefix", str(folder))
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder)
    if done.returncode != 0 or not (folder / PROGRAM).exists():
        message = f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}"
        raise AzuriteNotInstalledError(message)


if __name__ == "__main__":
    try:
        install(Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else DEFAULT_FOLDER)
    except AzuriteNotInstalledError as error:
        sys.exit(str(error))
