"""Everything that a run relies on: the tenant, and a run store that is not on this machine."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from connector.projectops.findings import Area, error, ok
from connector.projectops.preflight import check_tenant
from connector.runs.store import RunStoreError

if TYPE_CHECKING:
    from connector.projectops.findings import CheckReport, Finding
    from connector.runs.store import RunStore
    from connector.usecases.environment import Environment

#: Where the rights are tried out; nothing of it stays.
PROBES: Final = "check/"
_HINT: Final = 'docs/operations.md, "A container", tells what each message means'


def check(environment: Environment) -> CheckReport:
    """Look at the tenant, where nothing is written, and at a container that keeps the runs."""
    settings = environment.settings
    tenant = check_tenant(
        environment.client, environment.mapping, settings.run.zone, environment.modes
    )
    if settings.run.container is None:
        return tenant
    return replace(tenant, findings=(*tenant.findings, _store_finding(environment)))


def _store_finding(environment: Environment) -> Finding:
    try:
        store = environment.store
        _try_out(store)
    except RunStoreError as fault:
        return error(Area.RUN_STORE, str(fault), _HINT)
    return ok(
        Area.RUN_STORE,
        f"{environment.settings.run.store} can be read, listed, written and deleted from",
    )


def _try_out(store: RunStore) -> None:
    """Do once with files of its own what a run does with its files; raises `RunStoreError`."""
    probe, lines = f"{PROBES}probe", f"{PROBES}lines"
    store.put(probe, (b"",))
    store.append(lines, b"")
    store.get(probe)
    for name in store.names(PROBES):
        store.delete(name)
