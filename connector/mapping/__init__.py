"""
The binding of this connector's words to one tenant's names, read from `mappings/*.toml`.

Only `connector.projectops` looks into it; everything else speaks the domain's words.
"""

from __future__ import annotations

from connector.mapping.load import MappingError, load_mapping
from connector.mapping.model import TenantMapping
from connector.mapping.tables import DateBehaviour, DateColumn

__all__ = ["DateBehaviour", "DateColumn", "MappingError", "TenantMapping", "load_mapping"]
