"""
The cloud on this machine: a run of 200 contracts in 10 parts, whose instances are killed.

A real Azurite keeps the runs, real workers with the real Durable SDK carry them out, and the
emulator is the tenant. The command line looks at the same store from another folder.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from connector.emulator import EmulatorOptions, LimitSettings
from connector.emulator.service.scripted_faults import FaultKind, ScriptedFault
from tests.azure.durable_host import DurableHost
from tests.azure.fan_out import FUNCTION, Killer, container, tenant_of
from tests.azure.test_function_app import APP, events, today
from tests.reliability.undisturbed import content, violations
from tests.usecases.hook import SECRET, Hook, hooked

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.azure.fan_out import CloudTenant
    from tests.azurite.server import Azurite

pytestmark = [pytest.mark.cloud, pytest.mark.xdist_group("cloud-run")]

COPIES = 100  # two contracts of each are due, with three drafts
CONTRACTS, PARTS, DRAFTS = 200, 10, 300
INSTANCES = 4


@pytest.fixture
def hook() -> Iterator[Hook]:
    with hooked() as hook:
        yield hook


def proforma(tenant: CloudTenant, folder: Path, *words: str) -> Any:
    """What a command prints as JSON, on a machine that shares nothing but the store."""
    done = subprocess.run(
        [sys.executable, "-m", "connector", *words, "--json"],
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
        env={**os.environ, **tenant.settings},
    )
    assert done.returncode == 0, done.stderr
    assert SECRET not in done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def undisturbed() -> Any:
    """What a run in one process leaves in the same tenant."""
    with tenant_of(COPIES) as tenant, tenant.connector() as connector:
        report = connector.run(today(), run_id="alone")
        assert report.totals.invoices == DRAFTS
        return content(tenant.seen)


def test_a_run_of_200_contracts_fans_out_survives_two_deaths_and_is_taken_back(
    azurite: Azurite, hook: Hook, runtime: Path, tmp_path: Path, undisturbed: Any
) -> None:
    with container(azurite) as store, tenant_of(COPIES) as bare:
        tenant = bare.configured(
            PROFORMA__RUN__STORE=store,
            PROFORMA__NOTIFY__WEBHOOK=hook.address,
            PROFORMA__NOTIFY__ON="always",
        )
        before = content(tenant.seen)
        killer = Killer(tenant.passage, "write_part", (3, 7), after=True)
        with DurableHost(APP, tenant.settings, runtime, instances=INSTANCES) as host:
            host.before = killer.before
            ended = host.tick(FUNCTION)
            last = json.loads(host.get("runs")[1])["runs"][-1]

        assert ended.error is None
        assert killer.killed == 2
        assert sorted(d["number"] for d in ended.activities("plan_part")) == [*range(1, PARTS + 1)]
        assert content(tenant.seen) == undisturbed
        assert violations(tenant.seen) == []

        [report] = [proforma(tenant, tmp_path, "runs", "show", last["run_id"])]
        statuses = {invoice["status"] for invoice in report["invoices"]}
        assert len(report["invoices"]) == DRAFTS
        assert statuses <= {"written", "already-written"}
        assert report["conservation"]["invoiced"] > DRAFTS
        [listed] = proforma(tenant, tmp_path, "runs")["runs"]
        assert (listed["state"], listed["invoices"]) == ("finished", DRAFTS)
        assert listed == last

        undone = proforma(tenant, tmp_path, "undo", last["run_id"], "--yes")
        assert len(undone["drafts"]) == DRAFTS
        assert tenant.emulator.rows("invoices") == ()
        assert violations(tenant.seen) == []
        after = content(tenant.seen)
        assert {name: len(rows) for name, rows in after.items()} == {
            name: len(rows) for name, rows in before.items()
        }

    assert [(m["kind"], m["run_id"], m["failed"]) for m in hook.messages] == [
        ("run", last["run_id"], False),
        ("undo", last["run_id"], False),
    ]
    assert hook.messages[0]["invoices"] == DRAFTS
    assert hook.messages[1]["drafts_by_status"] == {"deleted": DRAFTS}


def faults(seed: int, share: float, requests: int) -> list[ScriptedFault]:
    """Faults of all kinds that hit a *share* of so many requests, drawn by *seed*."""
    drawn = random.Random(seed)  # noqa: S311 - a test that can be repeated
    kinds = (
        FaultKind.STATUS,
        FaultKind.DROP_BEFORE,
        FaultKind.DROP_AFTER,
        FaultKind.HALF_BODY,
    )
    gaps, found = 0, []
    while gaps < requests:
        skip = int(drawn.expovariate(share))
        gaps += skip + 1
        found.append(ScriptedFault(kind=drawn.choice(kinds), skip=skip))
    return found


def test_eight_parts_in_flight_meet_faults_and_limits_and_leave_the_same_rows(
    azurite: Azurite, runtime: Path, undisturbed: Any
) -> None:
    limits = LimitSettings(enforced=True, concurrent=3, latency=0.05, parallelism=8)
    options = EmulatorOptions(limits=limits)
    with container(azurite) as store, tenant_of(COPIES, options=options) as bare:
        tenant = bare.configured(PROFORMA__RUN__STORE=store, PROFORMA_PARTS_IN_FLIGHT="8")
        tenant.emulator.plan(*faults(11, 0.05, 5000))
        planned = len(tenant.emulator.faults.planned)
        with DurableHost(APP, tenant.settings, runtime, instances=INSTANCES) as host:
            ended = host.tick(FUNCTION)
        met = planned - len(tenant.emulator.faults.planned)
        requests = len(tenant.emulator.trace)

        assert content(tenant.seen) == undisturbed
        assert violations(tenant.seen) == []
        assert ended.error is None

    [told] = events(host.logs, "run-ended")
    assert told["invoices"] == DRAFTS
    # One request in twenty, and answers 429 besides.
    assert 0.02 < met / requests < 0.1, (met, requests)
    assert isinstance(told["throttled"], int)
    assert told["throttled"] > 0, requests
