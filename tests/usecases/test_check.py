"""`check` looks at the tenant, and at a run store that is not on this machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from connector.errors import ExitCode
from connector.projectops.findings import Area, Severity
from connector.usecases.check import check
from tests.projectops.one_contract import tenant_with
from tests.runs.blobs.answering import Answer, answering
from tests.usecases.opened import opened

if TYPE_CHECKING:
    from pathlib import Path

    from azure.storage.blob import ContainerClient

    from connector.projectops.findings import Finding


def of_store(folder: Path, store: str) -> list[Finding]:
    environment = opened(tenant_with(), folder, RUN__STORE=store)
    report = check(environment)
    environment.close()
    return [finding for finding in report.findings if finding.area is Area.RUN_STORE]


def test_a_folder_is_not_looked_at(tmp_path: Path) -> None:
    assert of_store(tmp_path, str(tmp_path / "runs")) == []
    assert not (tmp_path / "runs").exists()


def test_a_container_that_refuses_is_a_fault_with_what_to_do(tmp_path: Path) -> None:
    with answering(Answer(status=403, code="AuthorizationPermissionMismatch")) as service:
        [finding] = of_store(tmp_path, f"{service.url}/runs")

    assert finding.severity is Severity.ERROR
    assert "Storage Blob Data Contributor" in finding.text
    assert "docs/operations.md" in finding.hint


def test_a_fault_of_the_store_is_one_of_the_settings(tmp_path: Path) -> None:
    with answering(Answer(status=404, code="ContainerNotFound")) as service:
        environment = opened(tenant_with(), tmp_path, RUN__STORE=f"{service.url}/runs")
        report = check(environment)
        environment.close()

    assert report.findings[-1].area is Area.RUN_STORE
    assert report.exit_code in (ExitCode.USAGE, ExitCode.CANNOT_READ)


@pytest.mark.cloud
def test_a_container_that_can_be_used_is_left_as_it_was(
    tmp_path: Path, container: ContainerClient
) -> None:
    container.upload_blob("runs/R1/run.json", b"{}")

    [finding] = of_store(tmp_path, str(container.url))

    assert finding.severity is Severity.OK
    assert finding.text == f"{container.url} can be read, listed, written and deleted from"
    assert list(container.list_blob_names()) == ["runs/R1/run.json"]
