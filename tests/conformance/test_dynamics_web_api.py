"""The scenarios of npm's dynamics-web-api, one test each; `node/runner.mjs` runs them at once."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.conformance.install import DEFAULT_FOLDER
from tests.conformance.tenant import tenant

if TYPE_CHECKING:
    from collections.abc import Mapping

RUNNER = Path(__file__).parent / "node" / "runner.mjs"
LIMIT_SECONDS = 180


def runner_says(*arguments: str) -> list[dict[str, Any]]:
    """The lines of the runner; node is there, or the suite fails instead of skipping."""
    node = shutil.which("node")
    assert node, "node is not on the PATH: dynamics-web-api was not run"
    # The client obeys proxies even for loopback.
    environment = {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}
    done = subprocess.run(
        (node, str(RUNNER), *arguments),
        capture_output=True,
        text=True,
        check=False,
        timeout=LIMIT_SECONDS,
        env=environment,
    )
    assert done.returncode == 0, (done.stderr or done.stdout)[-1000:]
    return [json.loads(line) for line in done.stdout.splitlines()]


NAMES = [line["name"] for line in runner_says("list")]


@pytest.fixture(scope="session")
def outcomes() -> Mapping[str, Mapping[str, Any]]:
    """What became of each scenario."""
    emulator = tenant()
    with emulator.serve() as server:
        lines = runner_says("run", str(DEFAULT_FOLDER), server.url)
    emulator.close()
    return {line["name"]: line for line in lines}


def test_no_two_scenarios_share_a_name() -> None:
    assert len(set(NAMES)) == len(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_the_client_gets_what_a_tenant_would_give(
    name: str, outcomes: Mapping[str, Mapping[str, Any]]
) -> None:
    assert outcomes[name]["passed"], outcomes[name].get("why")
