"""No name of a tenant commands the terminal or floods it, whatever is printed of it and where."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from connector.sample_tenant.rows import row_id

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest

    from tests.cli.conftest import Ended, Tenant

    Proforma = Callable[..., Ended]

DAY = "2020-10-07"
EVIL = "Ev\x1b[2Jil\x07\x9b31m\u202e\nnext [bold]line[/] :smile:"
#: Characters that a terminal obeys; a line end is what text consists of.
OBEYED = {chr(code) for code in (*range(32), 127, *range(128, 160))} - {"\n"} | {"\u202e"}
CONTRACT = row_id("salesorders", "Joint plant rollout")


def renamed(tenant: Tenant, name: str) -> None:
    """Everything that has a name in the sample tenant has this one."""
    columns = {
        "salesorders": ("name",),
        "salesorderdetails": ("salesorderdetailname", "productdescription"),
        "accounts": ("name",),
        "msdyn_actuals": ("msdyn_description",),
        "msdyn_contractlinescheduleofvalues": ("msdyn_name",),
        "msdyn_projectcontractsplitbillingrules": ("billto_name",),
    }
    for entity_set, names in columns.items():
        rows: list[dict[str, Any]] = []
        for row in tenant.emulator.rows(entity_set):
            present = {key: name for key in names if key in row}
            rows.append({**row, **present})
        tenant.emulator.seed({entity_set: rows})


def every_command(proforma: Proforma, tenant: Tenant) -> dict[str, Ended]:
    """What each command prints that shows names, before, during and after a run."""
    flags = ("--config", tenant.config)
    dated = (*flags, "--run-date", DAY)
    found = {
        "dry run": proforma("run", *dated, "--dry-run"),
        "plan": proforma("plan", *dated, "--out", "plan.json", "-v"),
        "forecast": proforma("forecast", *flags, "--from", DAY, "--to", "2020-10-20"),
        "explain": proforma("explain", CONTRACT, *dated),
        "compare": proforma("compare", *dated),
        "run": proforma("run", *dated, "--json"),
    }
    run_id = json.loads(found.pop("run").out)["run_id"]
    return found | {
        "explain again": proforma("explain", CONTRACT, *dated),
        "runs": proforma("runs", *flags),
        "show": proforma("runs", "show", run_id, *flags),
        "show all": proforma("runs", "show", run_id, "-v", *flags),
        "diff": proforma("runs", "diff", run_id, run_id, *flags),
        "undo": proforma("undo", run_id, *flags, "--dry-run"),
        "ambiguous": proforma("schedule", "generate", EVIL, *flags),
        "unknown": proforma("run", *dated, "--contract", f"nobody {EVIL}"),
    }


def test_no_command_prints_what_a_terminal_would_obey(proforma: Proforma, tenant: Tenant) -> None:
    renamed(tenant, EVIL)

    found = every_command(proforma, tenant)

    assert {name: ended.code for name, ended in found.items() if ended.code not in (0, 1, 2)} == {}
    for name, ended in found.items():
        assert not set(ended.out + ended.err) & OBEYED, name
        assert "Traceback" not in ended.err, name
    assert "Ev\\x1b[2Jil" in found["dry run"].out
    assert "[bold]line[/] :smile:" in found["show all"].out


def test_names_as_long_as_they_may_be_leave_the_screen_as_it_is(
    proforma: Proforma, tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    renamed(tenant, "word " * 19 + "ends")

    found = every_command(proforma, tenant)

    for name, ended in found.items():
        # a command to type next stays on its line, so that it can be copied
        lines = [line for line in ended.out.splitlines() if not line.startswith("proforma ")]
        assert max(map(len, lines), default=0) <= 80, name
        assert len(lines) < (300 if name in ("plan", "show all") else 60), name
