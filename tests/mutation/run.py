"""
How many small faults the tests notice: a fixed random sample of mutants of each area.

`python -m tests.mutation.run [AREA ...] [--size N] [--seed N]` (or `make mutation`) works in
temporary copies and prints the score of each area and every mutant that survived. Figures and
survivors: docs/quality.md.
"""

from __future__ import annotations

import argparse
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

from tests.mutation.areas import AREAS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tests.mutation.areas import Area

ROOT: Final = Path(__file__).parents[2]
COPIED: Final = (
    *("connector", "tests", "docs", "mappings", "azure-function"),
    *("pyproject.toml", "README.md", "config.example.toml"),
)
SIZE, SEED = 600, 3
SURVIVED, KILLED = 0, 1
#: Quick, leaving nothing behind; warnings are warnings here, because mutmut itself causes some.
OPTIONS: Final = (
    *("-q", "-p", "no:cacheprovider", "-W", "default"),
    *("-o", "tmp_path_retention_policy=none"),
)


def main(arguments: list[str]) -> int:
    """Measure the samples; the exit code is 0 also when mutants survive."""
    given = _parser().parse_args(arguments)
    for name in given.areas or AREAS:
        with tempfile.TemporaryDirectory(prefix="mutation-") as folder:
            _measure(AREAS[name], Path(folder), given.size, given.seed)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.mutation.run")
    areas = parser.add_argument("areas", nargs="*", metavar="AREA", help="all of them if none")
    areas.choices = [[], *AREAS]  # no area is a choice too
    parser.add_argument("--size", type=int, default=SIZE, help="how many mutants of each area")
    parser.add_argument("--seed", type=int, default=SEED, help="which ones")
    return parser


def _measure(area: Area, copy: Path, size: int, seed: int) -> None:
    _copy_to(copy, area)
    _mutmut(copy, [f"{_dotted(area.smallest)}.*__mutmut_1"])  # makes every mutant, runs a few
    names = sorted(_outcomes(copy))
    sample = random.Random(seed).sample(names, min(size, len(names)))  # noqa: S311 - a sample
    _mutmut(copy, sample)
    outcomes = _outcomes(copy)
    survivors = [name for name in sorted(sample) if outcomes[name] == SURVIVED]
    for name in survivors:
        print(name, _difference(copy, name), sep="\n")  # noqa: T201 - the answer
    score = _score(len(names), [outcomes[name] for name in sample])
    print(f"{area.name}: {score}", flush=True)  # noqa: T201


def configuration(area: Area) -> str:
    """What mutmut is told, as TOML."""
    tests = [name for name in area.tests if (ROOT / name).exists()]
    return f"""
[tool.mutmut]
source_paths = ["connector"]
only_mutate = {json.dumps(area.modules)}
also_copy = ["docs", "mappings", "azure-function", "README.md", "config.example.toml"]
pytest_add_cli_args = {json.dumps(OPTIONS)}
pytest_add_cli_args_test_selection = {json.dumps(tests)}
"""


def _dotted(module: str) -> str:
    return module.removesuffix(".py").replace("/", ".")


def _copy_to(folder: Path, area: Area) -> None:
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            skipped = shutil.ignore_patterns("__pycache__", "node_modules")
            shutil.copytree(source, folder / name, ignore=skipped)
        else:
            shutil.copy(source, folder / name)
    with (folder / "pyproject.toml").open("a", encoding="utf-8") as project:
        project.write(configuration(area))


def _mutmut(folder: Path, names: list[str]) -> None:
    # CI makes hypothesis draw the same examples every time.
    environment = os.environ | {"CI": "1", "PROFORMA_EXAMPLES": "40", "PYTHONPATH": str(folder)}
    command = [sys.executable, "-m", "mutmut", "run", "--max-children", "1", *names]
    log = folder / "mutmut.log"
    with log.open("a", encoding="utf-8") as told:
        done = subprocess.run(
            command, cwd=folder, env=environment, check=False, stdout=told, stderr=subprocess.STDOUT
        )
    if done.returncode != 0:
        end = log.read_text(encoding="utf-8")[-4000:]
        sys.exit(f"mutmut ended with {done.returncode}, and said at last:\n{end}")


def _outcomes(folder: Path) -> Mapping[str, int | None]:
    found: dict[str, int | None] = {}
    for path in (folder / "mutants" / "connector").rglob("*.meta"):
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
