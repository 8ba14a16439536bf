"""The right to write lasts as long as its block, and one run has it at a time."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING

import pytest

from connector.run_record import RunKind
from connector.runs.journal import Journal
from connector.runs.lease import LeaseHeld, LeaseLost
from connector.usecases.session import writing
from tests.projectops.one_contract import tenant_with
from tests.usecases.opened import opened

if TYPE_CHECKING:
    from pathlib import Path


def test_another_run_waits_until_the_block_has_ended(tmp_path: Path) -> None:
    environment = opened(tenant_with(), tmp_path)

    with writing(environment, "R1") as session:
        session.lease.check()
        with pytest.raises(LeaseHeld, match="run R1 on"), writing(environment, "R2"):
            pass
    with writing(environment, "R2") as session:
        session.lease.check()


def test_the_lease_is_given_back_by_a_run_that_fails(tmp_path: Path) -> None:
    environment = opened(tenant_with(), tmp_path)

    with pytest.raises(PermissionError), writing(environment, "R1") as session:
        raise PermissionError
    with writing(environment, "R2"), pytest.raises(LeaseLost, match="run R2"):
        session.lease.check()


def test_what_kept_a_run_from_the_lease_is_noted(tmp_path: Path) -> None:
    environment = opened(tenant_with(), tmp_path)

    with writing(environment, "R1"), pytest.raises(LeaseHeld), writing(environment, "R2"):
        pass

    stopped = json.loads((tmp_path / "runs" / "runs" / "R2" / "stopped.json").read_bytes())
    assert "take the lease" in json.dumps(stopped)


def test_a_run_that_begins_is_written_down_with_its_kind_and_day(tmp_path: Path) -> None:
    environment = opened(tenant_with(), tmp_path)

    with writing(environment, "R1") as session, Journal(environment.store, "R1") as journal:
        session.begin(journal, RunKind.RUN, date(2020, 10, 5))

    begun = json.loads((tmp_path / "runs" / "runs" / "R1" / "run.json").read_bytes())
    assert (begun["kind"], begun["run_date"]) == ("run", "2020-10-05")
    assert begun["began"].startswith("2020-10-05T06:00:00")
