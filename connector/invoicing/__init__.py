"""
Who is billed what on which day: the rules of automatic invoice creation as pure functions.

Nothing in here reads, writes, looks at a clock or draws a random number. `domain.md` rule
numbers (E1, A6, …) and decisions (DR-1 …) are cited where they are applied.
"""

from __future__ import annotations
