"""What reports say to people, in the language of the settings; machine output never changes."""

from __future__ import annotations
