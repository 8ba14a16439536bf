"""How settings are found, checked and complained about; `connector.config` is the way in."""

from __future__ import annotations
