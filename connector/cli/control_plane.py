"""A running emulator, reached through its control plane."""

from __future__ import annotations

import json
import zipfile
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final

import click
import requests

from connector.errors import ConnectorError, ExitCode

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_SECONDS: Final = 120


class NoEmulatorError(ConnectorError):
    """Nothing answers at the address, or not an emulator: nothing was read or written."""

    exit_code = ExitCode.CANNOT_READ


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """How many rows an emulator took, and what it says about them besides."""

    rows: int
    remarks: tuple[str, ...]


def load_rows(url: str, sources: Sequence[Path], *, strict: bool, lenient: bool) -> Loaded:
    """What the emulator took of files and folders; a seed with a fault is a usage error."""
    query = f"strict={str(strict).lower()}&lenient={str(lenient).lower()}"
    address = f"{url.rstrip('/')}/_emulator/seed?{query}"
    document = json.loads(_exchange("POST", address, _packed(sources)))
    return Loaded(rows=int(document["rows"]), remarks=tuple(document.get("remarks", ())))


def _packed(sources: Sequence[Path]) -> bytes:
    """All files as one archive, so that the emulator takes all of them or none."""
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for file in (file for source in sources for file in _files(source)):
            try:
                archive.writestr(str(file), file.read_bytes())
            except OSError as error:
                message = f"cannot read {file}: {error.strerror or error}"
                raise click.UsageError(message) from error
    return packed.getvalue()


def _files(source: Path) -> list[Path]:
    """The files of a folder and the folders in it, hidden ones left out; a file is itself."""
    if not source.is_dir():
        return [source]
    inside = [(file, file.relative_to(source).parts) for file in sorted(source.rglob("*"))]
    found = [
        file
        for file, parts in inside
        if file.is_file() and not any(part.startswith(".") for part in parts)
    ]
    if not found:
        message = f"{source}: the folder has no file of a seed"
        raise click.UsageError(message)
    return found


def save_rows(url: str, file: Path) -> int:
    """The number of rows written to *file*, with the digits that the emulator sent."""
    address = f"{url.rstrip('/')}/_emulator/snapshot"
    content = _exchange("GET", address, None)
    try:
        file.write_bytes(content)
    except OSError as error:
        message = f"cannot write {file}: {error.strerror or error}"
        raise click.UsageError(message) from error
    return sum(len(rows) for rows in json.loads(content).values())


def _exchange(method: str, address: str, body: bytes | None) -> bytes:
    """The JSON object that the control plane answered, as text."""
    headers = {"Content-Type": "application/zip"} if body else {}
    try:
        answer = requests.request(method, address, data=body, headers=headers, timeout=_SECONDS)
    except requests.RequestException as error:
        message = f"no emulator answers at {address}: {error}"
        raise NoEmulatorError(message) from error
    document = _object(answer, address)
    if answer.status_code == requests.codes.bad_request and "error" in document:
        raise click.UsageError(document["error"]["message"])
    if answer.status_code != requests.codes.ok:
        raise _no_emulator(address, f"it answered {answer.status_code}")
    return answer.content


def _object(answer: requests.Response, address: str) -> dict[str, Any]:
    try:
        document = answer.json()
    except ValueError as error:
        raise _no_emulator(address, f"it answered {answer.status_code} without JSON") from error
    if not isinstance(document, dict):
        raise _no_emulator(address, reason="it answered no JSON object")
    return document


def _no_emulator(address: str, reason: str) -> NoEmulatorError:
    return NoEmulatorError(f"{address} is no emulator: {reason}")
