"""An environment is opened on use, closed at the end of its block, and may be used again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from connector.runs.lease import LeaseHeld
from connector.settings.load import load_settings
from connector.usecases.opened_environment import OpenedEnvironment
from tests.projectops.one_contract import tenant_with
from tests.projectops.one_invoice import TENANT

if TYPE_CHECKING:
    from pathlib import Path


def opened(folder: Path) -> OpenedEnvironment:
    config = folder / "config.toml"
    config.write_text("", encoding="utf-8")
    environ = {
        "PROFORMA__DATAVERSE__URL": "http://127.0.0.1:1",
        "PROFORMA__RUN__TIME_ZONE": "UTC",
        "PROFORMA__RUN__STORE": str(folder / "runs"),
    }
    return OpenedEnvironment(load_settings(config, environ), session="s")


def test_nothing_is_sent_before_it_is_used(tmp_path: Path) -> None:
    with opened(tmp_path) as environment:
        environment.stop()
    environment.close()

    assert not (tmp_path / "runs").exists()


def test_the_right_to_write_lasts_as_long_as_its_block(tmp_path: Path) -> None:
    environment = opened(tmp_path)
    environment._environment._client = tenant_with().client
    environment._environment._tenant = TENANT

    with (
        environment._writing(None, "R1"),
        pytest.raises(LeaseHeld, match="run R1"),
        environment._writing(None, "R2"),
    ):
        pass
    with environment._writing(None, "R2") as session:
        session.lease.check()
