"""
For tests of other people's scripts: an emulated Dataverse in place of the environment they call.

`mount` answers whatever library asks for a tenant in this process, `answer_through` those who work
with `responses` already; the pytest fixtures `dataverse` and `dataverse_server` come with the
installed package, and `faults` names what can go wrong. Needs the extra `testing`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from connector.testing.mounting import EVERY_ENVIRONMENT, mount
    from connector.testing.responses_mount import answer_through

__all__ = ["EVERY_ENVIRONMENT", "answer_through", "mount"]

_MODULES: Final = {
    "EVERY_ENVIRONMENT": "connector.testing.mounting",
    "answer_through": "connector.testing.responses_mount",
    "mount": "connector.testing.mounting",
}


def __getattr__(name: str) -> object:
    """Import on demand: pytest loads the plugin beside this in every project, used or not."""
    if name not in _MODULES:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    return getattr(import_module(_MODULES[name]), name)
