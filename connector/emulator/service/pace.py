"""How the emulator spends time: on its own clock, or really."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

    from connector.emulator.service.limits import ProtectionLimits
    from connector.emulator.service.virtual_clock import VirtualClock

#: Key of a request's environment: how the caller waits for an answer that is late. A function
#: of the seconds by which it is late, which lets them pass on the clock.
WAIT: Final = "emulator.wait"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """
    Lets the time pass that a request takes.

    With `advances_clock` in the limits' settings the virtual clock moves on by
    all of it at once. Otherwise the answer is really held back by latency and
    faults, while server time is only counted. A caller that says how it waits
    is held back in its own way.
    """

    clock: VirtualClock
    limits: ProtectionLimits
    sleep: Callable[[float], None] = time.sleep

    def spend(
        self,
        server_seconds: float,
        extra_seconds: float,
        wait: Callable[[float], None] | None = None,
    ) -> None:
        """Spend the server time of a request, its way, and whatever a fault adds."""
        settings = self.limits.settings
        way = settings.latency + extra_seconds
        counted = server_seconds if settings.advances_clock else 0.0
        if settings.advances_clock and wait is None:
            counted += way
        elif way > 0:
            (wait or self.sleep)(way)
        self.clock.advance(counted)
