"""
What a run costs by the size of the tenant: processor time, memory, and requests.

Emulator and command line are processes of their own, so that what is counted is the connector's.
`tests.benchmarks.large_tenant` makes the seed of a million.
"""

from __future__ import annotations

import json
from time import process_time
from typing import TYPE_CHECKING

import pytest
import requests

from tests.benchmarks.large_tenant import RUN_DATE
from tests.benchmarks.served import Cost, Served, serving

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.long

EACH = 200
#: Rows of which the yardstick decodes; each costs the same.
PAGE = 5_000


def planned(tenant: Served, name: str) -> Cost:
    """`proforma plan` of everything that is due, into a new store."""
    store = str(tenant.folder / f"runs-{name}")
    out = str(tenant.folder / f"{name}.plan")
    cost = tenant.proforma("plan", "--run-date", RUN_DATE, "--out", out, run__store=store)
    assert cost.exit_code == 0, cost.output[-2000:]
    return cost


def bare_decoding(tenant: Served) -> float:
    """Processor seconds that `json.loads` needs for one byte of actuals as they are read."""
    address = f"{tenant.url}/api/data/v9.2/msdyn_actuals"
    wanted = {"Prefer": f'odata.maxpagesize={PAGE},odata.include-annotations="*"'}
    body = requests.get(address, headers=wanted, timeout=300).content
    start = process_time()
    json.loads(body)
    return (process_time() - start) / len(body)


def test_planning_needs_a_bounded_memory_and_time_in_proportion(
    tmp_path: Path,
) -> None:
    costs, sizes = {}, {}
    for contracts in (160, 480):  # both have as many parts as are in flight at once
        folder = tmp_path / str(contracts)
        folder.mkdir()
        with serving(folder, contracts=contracts, open_each=EACH) as tenant:
            tenant.traffic()
            costs[contracts * EACH] = planned(tenant, "first")
            sizes[contracts * EACH] = tenant.traffic().bytes
            bare = bare_decoding(tenant)
    (few, small), (many, large) = costs.items()
    more = large.processor - small.processor
    decoding = (sizes[many] - sizes[few]) * bare
    print(  # noqa: T201 - the figure is the point
        f"\nplan of {few:,} actuals: {small.processor:.1f} s of the processor, {small.peak_mb:.0f}"
        f" MB; of {many:,}: {large.processor:.1f} s, {large.peak_mb:.0f} MB;"
        f" one more actual {more / (many - few) * 1e6:.0f} us,"
        f" {more / decoding:.1f} x json.loads of the same bytes"
    )
    assert max(small.peak_mb, large.peak_mb) < 300


def test_ten_times_the_history_costs_hardly_more(tmp_path: Path) -> None:
    """Aim: at most a tenth more requests and processor time for the same open work."""
    costs, sent = {}, {}
    for billed in (100, 1_000):
        folder = tmp_path / str(billed)
        folder.mkdir()
        with serving(folder, contracts=50, open_each=200, billed_each=billed) as tenant:
            planned(tenant, "first")
            tenant.traffic()
            costs[billed] = min(planned(tenant, f"run {n}").processor for n in range(3))
            sent[billed] = tenant.traffic().requests // 3
    more = costs[1_000] / costs[100] - 1
    print(  # noqa: T201 - the figure is the point
        f"\n10 x the billed history: {more:+.0%} processor time"
        f" ({costs[100]:.2f} s, {costs[1_000]:.2f} s), requests {sent[100]} and {sent[1_000]}"
    )
    assert sent[1_000] <= 1.1 * sent[100]
