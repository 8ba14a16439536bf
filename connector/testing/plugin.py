"""
The pytest fixtures `dataverse` and `dataverse_server`, found by pytest through an entry point.

Every pytest run of an environment that has this package loads this module: it imports nothing
heavy before a fixture is asked for.
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from connector.emulator import Emulator


@dataclass(frozen=True, slots=True, kw_only=True)
class DataverseServer:
    """An emulator that any client can reach on *url*, a loopback address without trailing slash."""

    url: str
    emulator: Emulator


@pytest.fixture
def dataverse() -> Iterator[Emulator]:
    """
    An empty emulated Dataverse that answers every `https://….dynamics.com` in this process.

    Works for scripts that use the `requests` library, MSAL's sign-in included.
    """
    from connector.emulator import Emulator  # noqa: PLC0415 - see the module's docstring
    from connector.testing.mount import mount  # noqa: PLC0415

    with closing(Emulator()) as emulator, mount(emulator):
        yield emulator


@pytest.fixture
def dataverse_server() -> Iterator[DataverseServer]:
    """An empty emulated Dataverse on a free loopback port, for clients of any kind."""
    from connector.emulator import Emulator  # noqa: PLC0415

    with closing(Emulator()) as emulator, emulator.serve(port=0) as server:
        yield DataverseServer(url=server.url, emulator=emulator)
