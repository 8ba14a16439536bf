"""How settings are found, checked and complained about; `connector.settings.load` is the way in."""

from __future__ import annotations
