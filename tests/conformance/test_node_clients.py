"""
The scenarios of the clients for Node.js, one test each.

`node/runner.mjs` runs those of dynamics-web-api at once, `node/webapi_runner.mjs` those of
dataverse-webapi.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

from connector.emulator import TlsFiles
from tests.conformance.install import DEFAULT_FOLDER
from tests.conformance.tenant import tenant

if TYPE_CHECKING:
    from collections.abc import Mapping

_NODE: Final = Path(__file__).parent / "node"
RUNNERS: Final = {
    "dynamics-web-api": _NODE / "runner.mjs",
    "dataverse-webapi": _NODE / "webapi_runner.mjs",
}
#: This client speaks TLS, whatever it is told.
SECURE: Final = frozenset({"dataverse-webapi"})
LIMIT_SECONDS: Final = 180


def runner_says(client: str, *arguments: str, **variables: str) -> list[dict[str, Any]]:
    """The lines of the runner; node is there, or the suite fails instead of skipping."""
    node = shutil.which("node")
    assert node, f"node is not on the PATH: {client} was not run"
    # The clients obey proxies even for loopback.
    environment = {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}
    done = subprocess.run(
        (node, str(RUNNERS[client]), *arguments),
        capture_output=True,
        text=True,
        check=False,
        timeout=LIMIT_SECONDS,
        env=environment | variables,
    )
    assert done.returncode == 0, (done.stderr or done.stdout)[-1000:]
    return [json.loads(line) for line in done.stdout.splitlines()]


SCENARIOS: Final = [
    (client, line["name"]) for client in RUNNERS for line in runner_says(client, "list")
]


@pytest.fixture(scope="session")
def outcomes(certificates: Path) -> Any:
    """What became of each scenario of a client, run when the first one is asked for."""

    @cache
    def of(client: str) -> Mapping[str, Mapping[str, Any]]:
        files = TlsFiles(certificate=certificates / "server.pem", key=certificates / "key.pem")
        emulator = tenant()
        with emulator.serve(tls=files if client in SECURE else None) as server:
            trusted = str(certificates / "authority.pem")
            arguments = ("run", str(DEFAULT_FOLDER), server.url)
            lines = runner_says(client, *arguments, NODE_EXTRA_CA_CERTS=trusted)
        emulator.close()
        return {line["name"]: line for line in lines}

    return of


def test_no_two_scenarios_of_a_client_share_a_name() -> None:
    assert len(set(SCENARIOS)) == len(SCENARIOS)


@pytest.mark.parametrize(("client", "name"), SCENARIOS)
def test_the_client_gets_what_a_tenant_would_give(client: str, name: str, outcomes: Any) -> None:
    outcome = outcomes(client)[name]
    assert outcome["passed"], outcome.get("why")
