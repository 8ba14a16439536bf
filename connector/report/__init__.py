"""A finished run as a JSON document, on the console, as a page and as a table."""

from __future__ import annotations
