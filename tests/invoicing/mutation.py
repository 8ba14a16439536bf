"""
How many small faults in the rules the tests of the rules notice: a fixed random sample of mutants.

`python -m tests.invoicing.mutation [SIZE [SEED]]` (or `make mutation`) works in a temporary copy
and prints the score and every mutant that survived. Figures and survivors: docs/quality.md.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

ROOT: Final = Path(__file__).parents[2]
COPIED: Final = ("connector", "tests", "docs", "mappings", "pyproject.toml", "README.md")
SIZE, SEED = 1200, 3
SURVIVED, KILLED = 0, 1
CONFIGURATION: Final = """
[tool.mutmut]
source_paths = ["connector"]
only_mutate = ["connector/invoicing/*"]
also_copy = ["docs", "mappings", "README.md"]
pytest_add_cli_args = ["-q", "-p", "no:cacheprovider"]
pytest_add_cli_args_test_selection = [
  "tests/invoicing", "tests/reliability/test_interrupted_planning.py"
]
"""


def main(arguments: list[str]) -> int:
    """Measure the sample; the exit code is 0 also when mutants survive."""
    size, seed = (*map(int, arguments), *(SIZE, SEED)[len(arguments) :])
    with tempfile.TemporaryDirectory(prefix="mutation-") as folder:
        copy = Path(folder)
        _copy_to(copy)
        _mutmut(copy, ["connector.invoicing.keys.*"])  # makes every mutant, runs a few
        names = sorted(_outcomes(copy))
        sample = random.Random(seed).sample(names, min(size, len(names)))  # noqa: S311 - a sample
        _mutmut(copy, sample)
        outcomes = _outcomes(copy)
        survivors = [name for name in sorted(sample) if outcomes[name] == SURVIVED]
        for name in survivors:
            print(name, _difference(copy, name), sep="\n")  # noqa: T201 - the answer
        print(_score(len(names), [outcomes[name] for name in sample]))  # noqa: T201
    return 0


def _copy_to(folder: Path) -> None:
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            skipped = shutil.ignore_patterns("__pycache__", "node_modules")
            shutil.copytree(source, folder / name, ignore=skipped)
        else:
            shutil.copy(source, folder / name)
    with (folder / "pyproject.toml").open("a") as configuration:
        configuration.write(CONFIGURATION)


def _mutmut(folder: Path, names: list[str]) -> None:
    # CI makes hypothesis draw the same examples every time.
    environment = os.environ | {"CI": "1", "PROFORMA_EXAMPLES": "40", "PYTHONPATH": str(folder)}
    command = [sys.executable, "-m", "mutmut", "run", "--max-children", "1", *names]
    with (folder / "mutmut.log").open("a") as log:
        subprocess.run(
            command, cwd=folder, env=environment, check=True, stdout=log, stderr=subprocess.STDOUT
        )


def _outcomes(folder: Path) -> Mapping[str, int | None]:
    found: dict[str, int | None] = {}
    for path in (folder / "mutants" / "connector" / "invoicing").glob("*.meta"):
        found |= json.loads(path.read_text(encoding="utf-8"))["exit_code_by_key"]
    return found


def _difference(folder: Path, name: str) -> str:
    command = [sys.executable, "-m", "mutmut", "show", name]
    shown = subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True)
    changed = [row for row in shown.stdout.splitlines() if row[:1] in ("+", "-")]
    return "\n".join(row for row in changed if not row.startswith(("+++", "---")))


def _score(total: int, outcomes: Iterable[int | None]) -> str:
    times = Counter(outcomes)
    count = times.total()
    share = 100 * (count - times[SURVIVED]) / count
    return (
        f"{count} of {total} mutants: {times[KILLED]} killed, {times[SURVIVED]} survived,"
        f" {count - times[KILLED] - times[SURVIVED]} ended otherwise; score {share:.1f} %"
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
