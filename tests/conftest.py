"""What holds for every test: what is asserted never depends on how fast the machine is."""

from __future__ import annotations

from hypothesis import settings

# On top of hypothesis' own choice, which draws the same examples every time where CI is set.
settings.register_profile("unhurried", parent=settings(), deadline=None)
settings.load_profile("unhurried")
