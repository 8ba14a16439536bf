"""
Installs a Chromium and what drives it into a folder of their own.

Usage: install.py FOLDER. The packages come by npm with Node.js 20 or newer; Chromium is one of
them, packed for Linux on x86-64 with the libraries that it needs. Nothing happens when all is up to
date.
"""

from __future__ import annotations

import hashlib
import platform
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
PROJECT = HERE.parents[1]
DEFAULT_FOLDER = PROJECT / ".pages"
NODE_FILES = ("package.json", "package-lock.json")
#: What is packed in the package of Chromium: the browser itself, and folders beside it.
BROWSER, FOLDERS = "chromium", ("al2023.tar", "fonts.tar", "swiftshader.tar")
UNPACK = (
    "import {brotliDecompressSync as open} from 'node:zlib';"
    "import {readFileSync as get, writeFileSync as put} from 'node:fs';"
    "put(process.argv[2], open(get(process.argv[1])));"
)
FONTS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>/usr/share/fonts</dir><dir>/usr/local/share/fonts</dir><dir>{own}</dir>
  <cachedir>{cache}</cachedir>
</fontconfig>
"""


class BrowserNotInstalledError(Exception):
    """Chromium could not be installed; the message carries what was said."""


def install(folder: Path = DEFAULT_FOLDER) -> Path:
    """The *folder* with everything in it."""
    folder.mkdir(exist_ok=True)
    stamp, wanted = folder / "installed", fingerprint()
    if stamp.exists() and stamp.read_text(encoding="utf-8") == wanted:
        return folder
    if (platform.system(), platform.machine()) != ("Linux", "x86_64"):
        message = f"the packed Chromium is for Linux on x86-64, not {platform.platform()}"
        raise BrowserNotInstalledError(message)
    print(f"Installing Chromium into {folder.name} ...")  # noqa: T201
    fill_node_modules(folder)
    unpack(folder)
    stamp.write_text(wanted, encoding="utf-8")
    return folder


def fingerprint() -> str:
    digest = hashlib.sha256()
    for name in (*NODE_FILES, Path(__file__).name):
        digest.update((HERE / name).read_bytes())
    return digest.hexdigest()


def fill_node_modules(folder: Path) -> None:
    npm = found("npm")
    for name in NODE_FILES:
        shutil.copy(HERE / name, folder / name)
    quiet = ("--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
    run(npm, "ci", *quiet, "--prefix", str(folder), cwd=folder)


def unpack(folder: Path) -> None:
    """The browser and its folders, out of the package's archives."""
    packed = folder / "node_modules" / "@sparticuz" / "chromium" / "bin"
    browser = folder / "browser"
    shutil.rmtree(browser, ignore_errors=True)
    browser.mkdir()
    for name in (BROWSER, *FOLDERS):
        node = (found("node"), "--input-type=module", "-e", UNPACK)
        run(*node, str(packed / f"{name}.br"), str(browser / name))
    for name in FOLDERS:
        with tarfile.open(browser / name) as archive:
            archive.extractall(browser, filter="data")
        (browser / name).unlink()
    (browser / BROWSER).chmod(0o755)
    fonts = FONTS.format(own=browser / "fonts", cache=browser / "font-cache")
    (browser / "fonts.conf").write_text(fonts, encoding="utf-8")


def found(program: str) -> str:
    path = shutil.which(program)
    if path is None:
        message = f"{program} is not on the PATH: the pages are looked at with Node.js 20 or newer."
        raise BrowserNotInstalledError(message)
    return path


def run(*command: str, cwd: Path | None = None) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=cwd)
    if done.returncode != 0:
        message = f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}"
        raise BrowserNotInstalledError(message)


if __name__ == "__main__":
    try:
        install(Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else DEFAULT_FOLDER)
    except BrowserNotInstalledError as error:
        sys.exit(str(error))
