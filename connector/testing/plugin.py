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

from connector.testing.settings import MARKER_HELP, add_settings, made, settings_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from connector.emulator import Emulator


@dataclass(frozen=True, slots=True, kw_only=True)
class DataverseServer:
    """An emulator that any client can reach on *url*, a loopback address without trailing slash."""

    url: str
    emulator: Emulator


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare what a project can set for all of its emulated environments."""
    add_settings(parser)


def pytest_configure(config: pytest.Config) -> None:
    """Declare the marker that says what one test wants."""
    config.addinivalue_line("markers", MARKER_HELP)


@pytest.fixture
def dataverse(request: pytest.FixtureRequest) -> Iterator[Emulator]:
    """
    An emulated Dataverse that answers every `https://….dynamics.com` in this process.

    Works for scripts that use the `requests` library, MSAL's sign-in included. Empty, unless
    the marker `dataverse` or the setting `dataverse_seed` names rows.
    """
    from connector.testing.mounting import mount  # noqa: PLC0415 - see the module's docstring

    with closing(made(settings_of(request))) as emulator, mount(emulator):
        yield emulator


@pytest.fixture
def dataverse_server(request: pytest.FixtureRequest) -> Iterator[DataverseServer]:
    """The same on a free loopback port, for clients of any kind."""
    with closing(made(settings_of(request))) as emulator, emulator.serve(port=0) as server:
        yield DataverseServer(url=server.url, emulator=emulator)
