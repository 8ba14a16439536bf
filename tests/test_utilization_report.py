"""A report of utilization is a value: two of the same figures are equal."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.report.test_utilization import report


def test_equal_figures_are_equal_reports_and_none_can_be_changed() -> None:
    assert report() == report()
    assert replace(report(), left_out=()) != report()
    with pytest.raises(AttributeError):
        report().left_out = ()  # type: ignore[misc]
