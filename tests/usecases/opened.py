"""An environment whose far side holds rows as values, and whose clock stands still."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from connector.settings.load import load_settings
from connector.usecases.environment import Environment
from tests.projectops.one_invoice import TENANT

if TYPE_CHECKING:
    from pathlib import Path

    from tests.projectops.stored_rows import StoredRows

NOW = datetime(2020, 10, 5, 6, tzinfo=UTC)


def opened(far: StoredRows, folder: Path, **environ: str) -> Environment:
    """The environment of *far*, whose runs are kept in *folder*; *environ* as `RUN__STORE`."""
    config = folder / "config.toml"
    config.write_text("", encoding="utf-8")
    usual = {
        "PROFORMA__DATAVERSE__URL": "http://127.0.0.1:1",
        "PROFORMA__AUTH__METHOD": "none",
        "PROFORMA__RUN__TIME_ZONE": "Europe/Berlin",
        "PROFORMA__RUN__STORE": str(folder / "runs"),
    }
    own = {f"PROFORMA__{key}": value for key, value in environ.items()}
    environment = Environment(load_settings(config, usual | own), "tests", lambda: NOW)
    environment._client, environment._tenant = far.client, TENANT
    return environment
