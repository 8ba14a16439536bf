"""Every module has its tests where its name says: `connector/a/b.py` in `tests/a/test_b.py`."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

ROOT = Path(__file__).resolve().parents[2]
#: One module a line. The list may shrink only: a new module comes with its tests.
WITHOUT = ROOT / "tests" / "docs" / "modules_without_tests.txt"


def modules(root: Path) -> set[str]:
    """Every module of *root*/connector that holds code, by its path below that folder."""
    package = root / "connector"
    return {
        path.relative_to(package).as_posix()
        for path in package.rglob("*.py")
        if path.name not in {"__init__.py", "__main__.py", "_version.py"}
    }


def expected_tests(module: str) -> PurePosixPath:
    """Where the tests of a *module* stand, below `tests`."""
    path = PurePosixPath(module)
    return path.with_name(f"test_{path.name}")


def without_tests(root: Path) -> set[str]:
    return {name for name in modules(root) if not (root / "tests" / expected_tests(name)).is_file()}


def listed() -> list[str]:
    return WITHOUT.read_text(encoding="utf-8").splitlines()


def test_every_module_has_a_test_module_of_its_name_or_stands_in_the_list() -> None:
    assert sorted(without_tests(ROOT) - set(listed())) == []


def test_the_list_holds_no_module_that_has_its_tests_by_now() -> None:
    stale = sorted(set(listed()) - without_tests(ROOT))

    assert stale == [], f"take these lines out of {WITHOUT.name}"


def test_the_list_is_in_order_and_names_nothing_twice() -> None:
    assert listed() == sorted(set(listed()))


def test_a_module_without_tests_is_found(tmp_path: Path) -> None:
    for name in ("connector/a/b.py", "connector/a/c.py", "connector/a/__init__.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / "tests" / "a").mkdir(parents=True)
    (tmp_path / "tests" / "a" / "test_b.py").touch()

    assert without_tests(tmp_path) == {"a/c.py"}
