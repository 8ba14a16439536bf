"""How the emulator spends time: on its own clock, or really."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from connector.emulator.service.limits import ProtectionLimits
    from connector.emulator.service.virtual_clock import VirtualClock


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """
    Lets the time pass that a request takes.

    With `advances_clock` in the limits' settings the virtual clock moves on by
    all of it at once. Otherwise the answer is really held back by latency and
    faults, while server time is only counted.
    """

    clock: VirtualClock
    limits: ProtectionLimits
    sleep: Callable[[float], None] = time.sleep

    def spend(self, server_seconds: float, extra_seconds: float) -> None:
        """Spend the server time of a request, its way, and whatever a fault adds."""
        settings = self.limits.settings
        way = settings.latency + extra_seconds
        if settings.advances_clock:
            self.clock.advance(server_seconds + way)
        elif way > 0:
            self.sleep(way)
