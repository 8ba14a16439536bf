"""Commands and the function app on one store: who comes second is told, and the rows are right."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import pytest

from connector.runs.lease import record_in
from tests.azure.durable_host import DurableHost
from tests.azure.fan_out import FUNCTION, app_of_small_parts, tenant_of
from tests.azure.test_function_app import today
from tests.reliability.undisturbed import content, violations

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from azure.storage.blob import ContainerClient

    from tests.azure.durable_host import Activity
    from tests.azure.fan_out import CloudTenant
    from tests.azure.functions_host import FunctionsHost

pytestmark = pytest.mark.cloud

COPIES = 2  # four contracts with six drafts are due
PATIENCE = 60.0


@pytest.fixture
def tenant(container: ContainerClient) -> Iterator[CloudTenant]:
    with tenant_of(COPIES) as bare:
        yield bare.configured(PROFORMA__RUN__STORE=str(container.url))


def started(tenant: CloudTenant, folder: Path) -> subprocess.Popen[str]:
    """`proforma run` on a machine that shares nothing but the store."""
    return subprocess.Popen(
        [sys.executable, "-m", "connector", "run", "--json"],
        cwd=folder,
        env={**os.environ, **tenant.settings},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def ended(process: subprocess.Popen[str]) -> tuple[int, str]:
    """Exit code and standard output."""
    out, _ = process.communicate(timeout=2 * PATIENCE)
    return process.returncode, out


def undisturbed() -> Any:
    """What a run in one process leaves in the same tenant."""
    with tenant_of(COPIES) as alone, alone.connector() as connector:
        connector.run(today(), run_id="alone")
        return content(alone.seen)


def is_held(container: ContainerClient) -> bool:
    found = [name for name in container.list_blob_names() if name.endswith("lease.json")]
    record = record_in(container.download_blob(found[0]).readall()) if found else None
    return record is not None and not record.released


def test_the_app_and_a_second_command_are_refused_while_a_command_writes(
    tenant: CloudTenant, container: ContainerClient, runtime: Path, tmp_path: Path
) -> None:
    holder = started(tenant, tmp_path)
    try:
        end = time.monotonic() + PATIENCE
        while not is_held(container):
            assert holder.poll() is None, holder.communicate()
            assert time.monotonic() < end
            time.sleep(0.01)
        holder.send_signal(signal.SIGSTOP)
        second = ended(started(tenant, tmp_path))
        with DurableHost(app_of_small_parts(tmp_path, 1), tenant.settings, runtime) as host:
            refused = host.tick(FUNCTION)
            holder.send_signal(signal.SIGCONT)
            first = ended(holder)
            later = host.tick(FUNCTION)
    finally:
        holder.kill()
        holder.communicate()

    assert first[0] == 0
    assert second[0] == 5
    assert "holds the lease of this tenant" in second[1]
    assert refused.error is not None
    assert "holds the lease of this tenant" in refused.error
    assert later.error is None
    assert content(tenant.seen) == undisturbed()
    assert violations(tenant.seen) == []


def test_a_command_is_refused_while_the_app_writes(
    tenant: CloudTenant, runtime: Path, tmp_path: Path
) -> None:
    told: list[tuple[int, str]] = []

    def before(activity: Activity, _host: FunctionsHost) -> None:
        if activity.name == "write_part" and not told:
            told.append(ended(started(tenant, tmp_path)))

    with DurableHost(app_of_small_parts(tmp_path, 1), tenant.settings, runtime) as host:
        host.before = before
        done = host.tick(FUNCTION)
    after = ended(started(tenant, tmp_path))

    assert told
    for code, said in told:  # several parts may begin at once
        assert code == 5
        assert "holds the lease of this tenant" in said
    assert done.error is None
    assert after[0] == 0
    assert content(tenant.seen) == undisturbed()
    assert violations(tenant.seen) == []
