from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import requests
from dataverse_api import DataverseClient

if TYPE_CHECKING:
    from collections.abc import Iterator

    from connector.emulator import Emulator


@pytest.fixture
def client(emulator: Emulator) -> Iterator[DataverseClient]:
    """The client as its documentation shows it: a session that is signed in, and an address."""
    with emulator.serve() as server, requests.Session() as session:
        session.headers["Authorization"] = "Bearer conformance"
        yield DataverseClient(session, server.url)
