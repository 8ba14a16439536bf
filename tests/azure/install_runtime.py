"""
Installs the Python worker library of Azure Functions into a folder of its own.

Usage: install_runtime.py FOLDER. The library declares Python 3.13 but runs on 3.11, and one of
its wheels brings a top-level package named `tests`; hence the options and the separate folder.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from filelock import FileLock

PINNED = ("azure-functions-runtime==1.3.0", "azure-functions-runtime-v1==1.2.0")
PROTOCOL = Path("tests", "protos", "FunctionRpc_pb2_grpc.py")
DEFAULT_FOLDER = Path(__file__).resolve().parents[2] / ".azfn-runtime"


class RuntimeNotInstalledError(Exception):
    """The worker library could not be installed; the message carries what pip said."""


def install(folder: Path = DEFAULT_FOLDER) -> Path:
    """The *folder* with the pinned library in it; does nothing when it is there already."""
    folder.mkdir(exist_ok=True)
    stamp = folder / "installed.txt"
    with FileLock(folder / ".lock"):
        if not is_installed(stamp):
            pip_install(folder)
            stamp.write_text("\n".join(PINNED), encoding="utf-8")
    return folder


def is_installed(stamp: Path) -> bool:
    return stamp.exists() and stamp.read_text(encoding="utf-8") == "\n".join(PINNED)


def pip_install(folder: Path) -> None:
    options = ("--quiet", "--no-deps", "--ignore-requires-python", "--upgrade")
    pip = (sys.executable, "-m", "pip", "install", *options, "--target", str(folder), *PINNED)
    done = subprocess.run(pip, capture_output=True, text=True, check=False)
    if done.returncode != 0 or not (folder / PROTOCOL).exists():
        text = f"The Azure Functions runtime is missing in {folder}: {done.stderr or 'no protocol'}"
        raise RuntimeNotInstalledError(text)


if __name__ == "__main__":
    install(Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else DEFAULT_FOLDER)
