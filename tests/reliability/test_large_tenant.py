"""
The crash matrix on a larger tenant, where it cannot be complete: cases drawn by a fixed seed.

`PROFORMA_CASES=40 python -m pytest tests/reliability/test_large_tenant.py` draws more of them.
"""

from __future__ import annotations

import os
import random
from typing import TYPE_CHECKING, Any

import pytest

from connector.sample_tenant import sample_seed
from tests.end_to_end.copies import renamed
from tests.end_to_end.tenant import serving
from tests.reliability.crash_matrix import BREAKAGES, DAYS, PACKS, Scene

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

pytestmark = pytest.mark.long

COPIES = 10
SCHEDULE = "msdyn_contractlineinvoiceschedules"
SCHEDULE_KEY = "msdyn_contractlineinvoicescheduleid"
PROJECT_WORK = 5
CASES = int(os.environ.get("PROFORMA_CASES", "3"))


def large_tenant() -> dict[str, list[dict[str, Any]]]:
    """
    The sample tenant as often as COPIES says, each with ids of its own.

    Every other copy has discounts and fees, and an inactive twin of each schedule row.
    """
    found = {
        entity_set: [
            {
                name: renamed(value, copy)
                for name, value in {**row, **discounts(entity_set, row, copy)}.items()
            }
            for copy in range(COPIES)
            for row in rows
        ]
        for entity_set, rows in sample_seed().items()
    }
    rows = found[SCHEDULE]
    twins = [{**row, SCHEDULE_KEY: renamed(row[SCHEDULE_KEY], -1)} for row in rows[::2]]
    found[SCHEDULE] = [*rows, *({**twin, "statecode": 1, "statuscode": 2} for twin in twins)]
    return found


def discounts(entity_set: str, row: Mapping[str, Any], copy: int) -> dict[str, Any]:
    """What takes something off the price of *row*, in whole units of any currency."""
    if copy % 2 and entity_set == "msdyn_actuals" and row.get("msdyn_amount"):
        return {
            "msdyn_projectcontractlinediscountamount": 10,
            "msdyn_projectcontractlinefeeamount": 3,
        }
    is_product = entity_set == "salesorderdetails" and row["producttypecode"] != PROJECT_WORK
    if copy % 2 and is_product:
        return {"manualdiscountamount": 9, "extendedamount": row["extendedamount"] - 9}
    return {}


@pytest.fixture(scope="module", params=PACKS)
def scene(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Scene]:
    folder = tmp_path_factory.mktemp("large")
    with serving(folder, behaviour=request.param, seed=large_tenant()) as tenant:
        yield Scene(tenant, DAYS[0])


@pytest.mark.parametrize("case", range(CASES))
def test_a_rerun_after_any_crash_leaves_the_rows_of_an_undisturbed_run(
    scene: Scene, case: int
) -> None:
    drawn = random.Random(case)  # noqa: S311 - cases are drawn, not secrets
    breakage = drawn.choice(BREAKAGES)
    at = drawn.randrange(scene.exchanges(breakage.size))

    assert scene.breaks(breakage, at) == "", f"{breakage.name} at exchange {at}"


def test_the_large_tenant_has_many_invoices_to_write(scene: Scene) -> None:
    scene.reset()

    report = scene.tenant.run(scene.day, dry_run=True)

    assert len(report.outcomes) == 2 * COPIES
    details = [
        detail
        for outcome in report.outcomes
        for line in outcome.invoice.lines
        for detail in line.details
    ]
    assert {bool(detail.discount) for detail in details} == {True, False}
