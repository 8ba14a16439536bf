"""The settings of the function app itself; those of the connector are `PROFORMA__SECTION__KEY`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from connector import ConnectorError, load_settings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from connector import Settings

DRY_RUN: Final = "PROFORMA_DRY_RUN"
IN_FLIGHT: Final = "PROFORMA_PARTS_IN_FLIGHT"

#: What the service grants one user at a time, less a few for whoever else is signed in as that.
_CONCURRENT_REQUESTS: Final = 48
_MOST_IN_FLIGHT: Final = 24
_USUAL_IN_FLIGHT: Final = 4
#: What is deployed: a mapping and settings of one's own stand beside the app.
_HERE: Final = Path(__file__).resolve().parent
_TRUTH: Final = {"true": True, "1": True, "false": False, "0": False, "": False}
#: A tick so shortly before midnight was meant for the day that begins: clocks differ a little.
_BEFORE_MIDNIGHT: Final = timedelta(minutes=10)


class AppSettingError(ConnectorError):
    """A setting of the function app that cannot be used."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AppSettings:
    """How the app runs: *parts_in_flight* parts at once, and without writing in a *dry_run*."""

    connector: Settings
    dry_run: bool
    parts_in_flight: int

    def run_date(self, now: datetime) -> date:
        """The business date of a tick at *now*; shortly before midnight it is the coming day's."""
        return (now + _BEFORE_MIDNIGHT).astimezone(self.connector.run.zone).date()

    @property
    def instance_id(self) -> str:
        """The orchestration of this tenant: there is one at a time."""
        return f"proforma-{urlsplit(self.connector.dataverse.url).netloc.replace(':', '-')}"

    @property
    def of_one_part(self) -> Settings:
        """The connector's settings with this part's share of the requests that may be in flight."""
        dataverse = self.connector.dataverse
        workers = dataverse.workers or _CONCURRENT_REQUESTS
        share = max(1, min(workers, _CONCURRENT_REQUESTS) // self.parts_in_flight)
        own = dataverse.model_copy(update={"workers": share})
        return replace(self.connector, dataverse=own)


def app_settings(environ: Mapping[str, str], folder: Path = _HERE) -> AppSettings:
    """
    The settings of config.toml in *folder*, where there is one, overlaid by *environ*.

    Raises `ConfigError` and `AppSettingError`.
    """
    file = folder / "config.toml"
    return AppSettings(
        connector=load_settings(file if file.is_file() else None, environ),
        dry_run=_truth(environ.get(DRY_RUN, "")),
        parts_in_flight=_count(environ.get(IN_FLIGHT) or str(_USUAL_IN_FLIGHT)),
    )


def _truth(text: str) -> bool:
    found = _TRUTH.get(text.strip().lower())
    if found is None:
        message = f"{DRY_RUN}: expected true or false, not {text!r}"
        raise AppSettingError(message)
    return found


def _count(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= _MOST_IN_FLIGHT:
        message = f"{IN_FLIGHT}: expected a number from 1 to {_MOST_IN_FLIGHT}, not {text!r}"
        raise AppSettingError(message)
    return int(text)
