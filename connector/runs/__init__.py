"""What outlives a run: the frozen plan on disk and the history of runs."""

from __future__ import annotations
