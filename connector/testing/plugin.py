"""
The pytest fixtures `dataverse` and `dataverse_server`, found by pytest through an entry point.

Every pytest run of an environment that has this package loads this module: it imports nothing
heavy before a fixture is asked for.
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import pytest

from connector.testing.settings import MARKER_HELP, add_settings, made, settings_of

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from connector.emulator import Emulator


#: The emulators of a test, by the fixtures that made them.
EMULATORS: Final = pytest.StashKey[dict[str, "Emulator"]]()


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


@pytest.hookimpl(hookwrapper=True)  # of both kinds of wrappers the one that pytest 7 knows too
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, Any, None]:
    """Add the last exchanges with an emulator to the report of a test that failed."""
    report: pytest.TestReport = (yield).get_result()
    if report.failed and EMULATORS in item.stash:
        from connector.testing.exchanges import text_of  # noqa: PLC0415 - see the module's docstring

        for name, emulator in item.stash[EMULATORS].items():
            report.sections.append((f"exchanges with {name}", text_of(emulator.exchanges)))


@pytest.fixture
def dataverse(request: pytest.FixtureRequest) -> Iterator[Emulator]:
    """
    An emulated Dataverse that answers every `https://….dynamics.com` in this process.

    Works for every library that uses Python's sockets, MSAL's sign-in included. Empty, unless
    the marker `dataverse` or the setting `dataverse_seed` names rows.
    """
    from connector.testing.mounting import mount  # noqa: PLC0415 - see the module's docstring

    settings = settings_of(request)
    with closing(made(settings)) as emulator, mount(emulator, allow=settings.allow):
        _remember(request, emulator)
        yield emulator


@pytest.fixture
def dataverse_server(request: pytest.FixtureRequest) -> Iterator[DataverseServer]:
    """The same on a free loopback port, for clients of any kind."""
    from connector.testing.mounting import guard  # noqa: PLC0415 - see the module's docstring

    settings = settings_of(request)
    with closing(made(settings)) as emulator, emulator.serve() as server, guard(settings.allow):
        _remember(request, emulator)
        yield DataverseServer(url=server.url, emulator=emulator)


def _remember(request: pytest.FixtureRequest, emulator: Emulator) -> None:
    request.node.stash.setdefault(EMULATORS, {})[request.fixturename or ""] = emulator
