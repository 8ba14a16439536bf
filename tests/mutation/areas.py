"""What faults are planted in, and which tests ought to notice them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """
    *modules* get the faults, *tests* are run against each.

    mutmut asks only those tests that call the changed function, the quick ones first, and stops
    at the first that fails. *smallest* is a module of few mutants: its run makes those of all.
    """

    name: str
    modules: tuple[str, ...]
    tests: tuple[str, ...]
    smallest: str


RULES: Final = Area(
    name="rules",
    modules=("connector/invoicing/*",),
    tests=("tests/invoicing", "tests/reliability/test_interrupted_planning.py"),
    smallest="connector/invoicing/keys.py",
)
#: Composing an invoice, writing it, settling what stayed unclear, reading back, and undoing.
WRITING: Final = Area(
    name="writing",
    modules=(
        "connector/projectops/change_sets.py",
        "connector/projectops/commit.py",
        "connector/projectops/compose.py",
        "connector/projectops/differences.py",
        "connector/projectops/row_state.py",
        "connector/projectops/undo.py",
        "connector/projectops/undo_check.py",
        "connector/projectops/verify.py",
        "connector/projectops/write.py",
        "connector/projectops/write_dialect.py",
        "connector/usecases/parts/write_part.py",
        "connector/usecases/undo.py",
    ),
    tests=(
        "tests/projectops",
        "tests/usecases",
        "tests/end_to_end/test_run.py",
        "tests/end_to_end/test_adatum.py",
        "tests/reliability/test_compare.py",
        "tests/reliability/test_forms.py",
        "tests/reliability/test_undo.py",
        "tests/reliability/test_unfinished_runs.py",
        "tests/reliability/test_write_modes.py",
    ),
    smallest="connector/projectops/commit.py",
)
AREAS: Final = {area.name: area for area in (RULES, WRITING)}
