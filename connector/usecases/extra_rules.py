"""
Additional eligibility rules that a consultant's own package brings along.

A rule is a pure function from an actual or milestone and its contract to a text that says why it
must wait, or to None. It is found by the entry-point group `proforma.rules` (docs/extending.md).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import wraps
from importlib.metadata import entry_points
from typing import TYPE_CHECKING, cast

from connector.errors import ConnectorError

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

    from connector.invoicing.context import ExtraRule
    from connector.invoicing.model import Actual, Contract, Milestone

GROUP = "proforma.rules"


class ExtensionError(ConnectorError):
    """A rule that was installed but cannot be used: running without it could bill too much."""


def load_rules() -> tuple[ExtraRule, ...]:
    """
    The installed rules, in the order of their names.

    Raises `ExtensionError` when one cannot be imported or is no function; so does a rule that
    raises, or answers anything but a text or None, when it is asked.
    """
    found = sorted(entry_points(group=GROUP), key=lambda entry: entry.name)
    return tuple(_loaded(entry) for entry in found)


@dataclass(frozen=True, slots=True)
class _Blaming:
    """Make an error of somebody else's code, raised in the block, one that begins with *what*."""

    what: str

    def __enter__(self) -> None: ...

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, Exception):
            message = f"{self.what}: {type(error).__name__}: {error}"
            raise ExtensionError(message) from error


def _loaded(entry: EntryPoint) -> ExtraRule:
    with _Blaming(f"the rule {entry.name!r} ({entry.value}) cannot be loaded"):
        rule = entry.load()
    if not callable(rule):
        message = f"the rule {entry.name!r} ({entry.value}) is no function"
        raise ExtensionError(message)
    return _guarded(entry, cast("ExtraRule", rule))


def _guarded(entry: EntryPoint, rule: ExtraRule) -> ExtraRule:
    """*rule*, whose failure names it and the record that it was asked about."""

    @wraps(rule)
    def asked(record: Actual | Milestone, contract: Contract) -> str | None:
        place = f"the rule {entry.name!r} ({entry.value})"
        about = f"asked about {record.id} of contract {contract.name!r}"
        with _Blaming(f"{place} failed when {about}"):
            answer: object = rule(record, contract)
        if answer is None or isinstance(answer, str):
            return answer
        message = f"{place} answered {answer!r:.80} when {about}; expected a sentence or None"
        raise ExtensionError(message)

    return asked
