"""Which row of a role is set, and which role has none written."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.emulator.operations.calendars import uid
from tests.end_to_end.worked_month import (
    ANALYST,
    DEVELOPER,
    OCTOBER,
    connector_of,
    serving_october,
    stored_roles,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.end_to_end.tenant import TestTenant


@pytest.fixture
def month(tmp_path: Path) -> Iterator[TestTenant]:
    with serving_october(tmp_path) as served:
        yield served


def test_a_row_that_the_platform_has_made_is_the_one_that_is_set(month: TestTenant) -> None:
    row = {
        "msdyn_roleutilizationid": uid(77),
        "msdyn_name": "Developers",
        "_msdyn_role_value": uid(DEVELOPER),
        "msdyn_targetutilpercent": 70,
        "msdyn_utilpercent": 1,
    }
    month.emulator.seed({"msdyn_roleutilizations": [row]})

    with connector_of(month) as connector:
        connector.utilization(*OCTOBER, write=True)

    assert stored_roles(month)[uid(DEVELOPER)] == ("Developers", 80, 63)
    assert len(month.rows("msdyn_roleutilizations")) == 2


def test_a_role_that_cannot_be_written_is_told_and_the_others_are_written(
    month: TestTenant,
) -> None:
    month.set("bookableresourcecategories", uid(ANALYST), msdyn_targetutilization=None)
    rows = [
        {
            "msdyn_roleutilizationid": uid(number),
            "_msdyn_role_value": uid(DEVELOPER),
            "msdyn_targetutilpercent": 70,
            "msdyn_utilpercent": 1,
        }
        for number in (77, 78)
    ]
    month.emulator.seed({"msdyn_roleutilizations": rows})

    with connector_of(month) as connector:
        report = connector.utilization(*OCTOBER, write=True)

    assert report.written is not None
    assert report.written.written == ()
    assert report.written.left_out == (
        f"role 'Analyst' ({uid(ANALYST)}) has no target utilization",
        f"role 'Developer' ({uid(DEVELOPER)}) has 2 rows where one is expected",
    )
