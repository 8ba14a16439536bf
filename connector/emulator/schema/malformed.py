"""The fault of a schema file."""

from __future__ import annotations


class SchemaError(ValueError):
    """A schema file is malformed; the message names the table and column."""

    def __init__(self, place: str, reason: object) -> None:
        super().__init__(f"{place}: {reason}")


def malformed(*, place: str, reason: object) -> SchemaError:
    """The fault of a schema: where, and what is wrong there."""
    return SchemaError(place, reason)
