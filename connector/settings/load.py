"""
The settings of a run, read from `config.toml` and the environment.

`load_settings` finds, reads and checks them; every fault is reported at once.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from connector.settings.document import UnreadableFileError, read_document
from connector.settings.faults import ConfigError
from connector.settings.reading import settings_from
from connector.settings.sections import (
    AuthSection,
    Claim,
    DataverseSection,
    LogFormat,
    LogLevel,
    LogSection,
    NotifyForm,
    NotifyOn,
    NotifySection,
    RunSection,
    WriteMode,
)
from connector.settings.settings import SECTIONS, Settings

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "SECTIONS",
    "AuthSection",
    "Claim",
    "ConfigError",
    "DataverseSection",
    "LogFormat",
    "LogLevel",
    "LogSection",
    "NotifyForm",
    "NotifyOn",
    "NotifySection",
    "RunSection",
    "Settings",
    "WriteMode",
    "default_file",
    "load_settings",
]

DEFAULT_FILE: Final = "config.toml"
FILE_VARIABLE: Final = "PROFORMA_CONFIG"


def load_settings(path: Path | None, environ: Mapping[str, str]) -> Settings:
    """
    The settings in *path*, overlaid by `PROFORMA__SECTION__KEY` variables of *environ*.

    Without *path*: `config.toml` in the working folder, else the file that `PROFORMA_CONFIG`
    names, else the environment alone. Raises `ConfigError` with every fault there is.
    """
    try:
        document = read_document(path or default_file(environ), environ)
    except UnreadableFileError as error:
        raise ConfigError((str(error),)) from error
    return settings_from(document)


def default_file(environ: Mapping[str, str]) -> Path | None:
    """The file that is read when none is named, if there is one."""
    if Path(DEFAULT_FILE).is_file():
        return Path(DEFAULT_FILE)
    named = environ.get(FILE_VARIABLE)
    return Path(named) if named else None
