"""The root of every error that this package raises on purpose."""

from __future__ import annotations


class ConnectorError(Exception):
    """A failure that has one clear message for a person; the branches live beside what fails."""
