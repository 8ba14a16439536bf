"""
A pytest plugin that names the tests which cost the most processor time, children included.

`make slowest` uses it. Time by the clock says little on a machine that others use too.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Generator

SHOWN = 20
_SPENT: dict[str, float] = {}


def processor_seconds() -> float:
    """What this process and its ended children have used so far."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    before = processor_seconds()
    result = yield
    _SPENT[item.nodeid] = processor_seconds() - before
    return result


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    slowest = sorted(_SPENT.items(), key=lambda entry: -entry[1])[:SHOWN]
    terminalreporter.section(f"{SHOWN} tests by processor time, of {sum(_SPENT.values()):.0f} s")
    for name, seconds in slowest:
        terminalreporter.line(f"| {seconds:.1f} | `{name.removeprefix('tests/')}` |")
