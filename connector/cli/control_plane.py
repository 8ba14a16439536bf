"""A running emulator, reached through its control plane."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import click
import requests

from connector.errors import ConnectorError

if TYPE_CHECKING:
    from pathlib import Path

_SECONDS: Final = 120


class NoEmulatorError(ConnectorError):
    """Nothing answers at the address, or not an emulator: nothing was read or written."""

    exit_code = 4


def load_rows(url: str, file: Path) -> int:
    """The number of rows that the emulator took; a seed with a fault is a usage error."""
    content = _exchange("POST", f"{url.rstrip('/')}/_emulator/seed", file.read_bytes())
    return int(json.loads(content)["rows"])


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
    headers = {"Content-Type": "application/json"}
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
