"""
For tests of other people's scripts: an emulated Dataverse in place of the environment they call.

`mount` answers the requests of the `requests` library in this process; the pytest fixtures
`dataverse` and `dataverse_server` come with the installed package, and `faults` names what can
go wrong. Needs the extra `testing`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from connector.testing.mounting import EVERY_ENVIRONMENT, mount

__all__ = ["EVERY_ENVIRONMENT", "mount"]


def __getattr__(name: str) -> object:
    """Import on demand: pytest loads the plugin beside this in every project, used or not."""
    if name not in __all__:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    from connector.testing import mounting  # noqa: PLC0415 - see above

    return getattr(mounting, name)
