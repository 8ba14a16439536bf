"""Old runs are removed under the lease, and a failure of that spoils no run."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from connector.run_record import RunKind
from connector.runs.run_begin import RunBegin, keep_begin
from connector.usecases.retention import remove_old_runs
from connector.usecases.session import writing
from tests.projectops.one_contract import tenant_with
from tests.usecases.opened import NOW, opened

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from connector.usecases.environment import Environment


def keeping(folder: Path, **environ: str) -> Environment:
    """An environment whose store knows runs of 1, 30 and 31 days ago."""
    environment = opened(tenant_with(), folder, **environ)
    for days in (1, 30, 31):
        begin = RunBegin(
            kind=RunKind.RUN,
            run_date=NOW.date(),
            organization_id=environment.tenant.organization_id,
            began=NOW - timedelta(days=days),
        )
        keep_begin(environment.store, f"R{days}", begin)
    return environment


def test_what_is_older_than_the_settings_keep_goes(tmp_path: Path) -> None:
    environment = keeping(tmp_path, RUN__RETENTION_DAYS="30")

    with writing(environment, "now") as session:
        assert remove_old_runs(environment, session.lease.check) == ("R31",)

    assert environment.store.names("runs/") == ("runs/R1/", "runs/R30/")


def test_every_run_is_kept_where_the_settings_say_nothing(tmp_path: Path) -> None:
    environment = keeping(tmp_path)

    with writing(environment, "now") as session:
        assert remove_old_runs(environment, session.lease.check) == ()

    assert len(environment.store.names("runs/")) == 3


def test_without_the_lease_nothing_goes_and_the_log_says_so(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    environment = keeping(tmp_path, RUN__RETENTION_DAYS="1")
    with writing(environment, "before") as session:
        lost = replace(session)
    with writing(environment, "after"), caplog.at_level(logging.WARNING):
        assert remove_old_runs(environment, lost.lease.check) == ()

    assert "old runs could not all be removed" in caplog.text
    assert "run after on" in caplog.text
    assert len(environment.store.names("runs/")) == 3
