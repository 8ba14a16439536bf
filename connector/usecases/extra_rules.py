"""
Additional eligibility rules that a consultant's own package brings along.

A rule is a pure function from an actual or milestone and its contract to a text that says why it
must wait, or to None. It is found by the entry-point group `proforma.rules` (docs/extending.md).
"""

from __future__ import annotations

from importlib.metadata import entry_points
from typing import TYPE_CHECKING, cast

from connector.errors import ConnectorError

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

    from connector.invoicing.planning import ExtraRule

GROUP = "proforma.rules"


class ExtensionError(ConnectorError):
    """A rule that was installed but cannot be used: running without it could bill too much."""


def load_rules() -> tuple[ExtraRule, ...]:
    """
    The installed rules, in the order of their names.

    Raises `ExtensionError` when one cannot be imported or is no function.
    """
    found = sorted(entry_points(group=GROUP), key=lambda entry: entry.name)
    return tuple(_loaded(entry) for entry in found)


def _loaded(entry: EntryPoint) -> ExtraRule:
    try:
        rule = entry.load()
    except (ImportError, AttributeError) as error:
        message = f"the rule {entry.name!r} ({entry.value}) cannot be loaded: {error}"
        raise ExtensionError(message) from error
    if not callable(rule):
        message = f"the rule {entry.name!r} ({entry.value}) is no function"
        raise ExtensionError(message)
    return cast("ExtraRule", rule)
