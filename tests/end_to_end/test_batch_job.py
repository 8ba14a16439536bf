"""The recurring job as a process of its own that runs day after day."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import connector

if TYPE_CHECKING:
    from tests.end_to_end.tenant import TestTenant

ROOT = Path(connector.__file__).parents[1]


def test_two_days_in_a_process_of_its_own_make_the_documented_draft(tenant: TestTenant) -> None:
    """Catch-up replays what a day of the fast clock may pass over on a busy machine."""
    config = tenant.folder / "service.toml"
    store = tenant.folder / "service-runs"
    config.write_text(
        f'[dataverse]\nurl = "{tenant.url}"\n[run]\ntime_zone = "UTC"\n'
        f'missed_dates = "catch-up"\nstore = "{store.as_posix()}"\n',
        encoding="utf-8",
    )

    ended = subprocess.run(
        [sys.executable, "-m", "tests.end_to_end.fast_service", str(config), "3"],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    assert (ended.returncode, ended.stderr) == (0, "")
    [file] = store.glob("tenants/*/invoice-job.json")
    state = json.loads(file.read_bytes())
    assert (state["phase"], state["last"]["exit_code"]) == ("stopped", 0)
    # The sample tenant's run of 5 October 2020, as the README shows it: one draft before tax.
    drafts = {
        (row["name"], Decimal(str(row["totalamountlessfreight"])))
        for row in tenant.emulator.rows("invoices")
    }
    assert ("Adatum shop floor portal", Decimal("11288.60")) in drafts
