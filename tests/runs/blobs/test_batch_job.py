"""The recurring job over a blob container: one instance, which a broken lease does not end."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from azure.storage.blob import BlobLeaseClient

from connector.errors import ExitCode
from connector.usecases.batch_job import BatchJobRunning, batch_job_status
from tests.projectops.one_contract import tenant_with
from tests.usecases.opened import opened
from tests.usecases.test_batch_job import BEGIN, CALLER, Days, serve

if TYPE_CHECKING:
    from pathlib import Path

    from azure.storage.blob import ContainerClient

    from connector.runs.blobs.blob_store import BlobRunStore
    from connector.usecases.environment import Environment

pytestmark = pytest.mark.cloud


@pytest.fixture
def environment(
    tmp_path: Path, store: BlobRunStore, monkeypatch: pytest.MonkeyPatch
) -> Environment:
    environment = opened(tenant_with(), tmp_path)
    monkeypatch.setattr(environment, "close", lambda: None)
    monkeypatch.setattr(type(environment), "store", property(lambda _: store))
    return environment


def test_a_lease_that_was_broken_is_taken_anew_and_the_job_goes_on(
    environment: Environment, container: ContainerClient
) -> None:
    class Broken(Days):
        def sleep(self, seconds: float) -> None:
            if self.now == BEGIN:
                names = container.list_blob_names(name_starts_with="tenants/")
                [name] = [name for name in names if name.endswith("invoice-job-lease.json")]
                BlobLeaseClient(container.get_blob_client(name)).break_lease(lease_break_period=0)
            super().sleep(seconds)

    days = Broken(environment, runs=2)

    assert serve(days, CALLER) is ExitCode.DONE

    assert days.starts == [BEGIN + timedelta(days=1), BEGIN + timedelta(days=2)]


def test_a_second_instance_is_refused_and_the_status_tells_of_the_first(
    environment: Environment,
) -> None:
    class Looking(Days):
        def sleep(self, seconds: float) -> None:
            if self.now == BEGIN:
                assert batch_job_status(environment, CALLER.workflow).is_running
                with pytest.raises(BatchJobRunning, match="batch job ProcessRunCaller"):
                    serve(Days(environment, runs=1), CALLER)
                self.environment.clock = lambda: self.now
            super().sleep(seconds)

    serve(Looking(environment, runs=1), CALLER)

    assert not batch_job_status(environment, CALLER.workflow).is_running
