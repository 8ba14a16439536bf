"""
The sample tenant: the documented Adatum contract and four more, for the demo and the emulator.

`tenant.json` is written by `python -m connector.sample_tenant.build` from the modules beside it.
"""

from __future__ import annotations

import json
from decimal import Decimal
from importlib import resources
from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

FILE_NAME: Final = "tenant.json"

#: Entity set to rows as a Web API response shows them.
Seed: TypeAlias = "Mapping[str, Sequence[Mapping[str, object]]]"


def seed_text() -> str:
    """The sample tenant as the JSON text that `emulator serve --seed` takes."""
    return resources.files(__name__).joinpath(FILE_NAME).read_text(encoding="utf-8")


def sample_seed() -> Seed:
    """The sample tenant, its amounts as `Decimal`."""
    seed: Seed = json.loads(seed_text(), parse_float=Decimal)
    return seed
