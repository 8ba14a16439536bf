"""
The command line `proforma`: parse, call the library, print, exit with the documented code.

What a command needs is imported inside it, so that `--help` costs next to nothing.
"""

from __future__ import annotations

from connector.cli.entry import main

__all__ = ["main"]
