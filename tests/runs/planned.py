"""Plans of the documented contract, sealed in a store."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID, uuid5

from connector.invoicing.ids import ContractId, OrganizationId
from connector.invoicing.plan import PlanWarning
from connector.invoicing.planning import plan_contract
from connector.invoicing.policy import Policy
from connector.outcome import FailedContract
from connector.runs.manifest import Manifest
from connector.runs.names import RunFile
from connector.runs.part_file import PartWriter
from connector.runs.stored_plan import StoredPlanSource, keep_manifest, keep_part
from connector.scope import Override, Scope
from tests.invoicing.ledger import snapshot_of

if TYPE_CHECKING:
    from connector.invoicing.plan import ContractPlan
    from connector.run_report import RunPlan
    from connector.runs.store import RunStore

LEDGER = (Path(__file__).parents[1] / "invoicing" / "adatum.ledger").read_text(encoding="utf-8")
RUN_DATE = date(2020, 10, 5)
ORGANIZATION = OrganizationId(UUID(int=1))
FAILED = FailedContract(contract_id=ContractId(UUID(int=9)), contract_name=None, faults=("a row",))
PARTS = 3


def contract(number: int = 0) -> ContractPlan:
    """The documented contract, or another one like it."""
    snapshot = snapshot_of(LEDGER)
    own = replace(snapshot.contract, id=ContractId(uuid5(snapshot.contract.id, str(number))))
    return plan_contract(replace(snapshot, contract=own), RUN_DATE, Policy())


def sealed(store: RunStore, *contracts: ContractPlan, run_date: date = RUN_DATE) -> RunPlan:
    """A plan of a part for each contract, and a failed one in the last, kept in *store*."""
    summaries = []
    for number, planned in enumerate(contracts, start=1):
        writer = PartWriter(number)
        writer.add(planned)
        if number == len(contracts):
            writer.fail(FAILED)
        summaries.append(keep_part(store, "R1", writer.sealed()))
    manifest = Manifest(
        organization_id=ORGANIZATION,
        environment_url="http://127.0.0.1:1",
        scope=Scope(run_date=run_date, overrides=(Override(code="deviation", reason="month end"),)),
        warnings=(PlanWarning(code="overdue", text="something"),),
        parts=tuple(summaries),
    )
    plan = manifest.plan(StoredPlanSource(store, "R1"))
    keep_manifest(store, "R1", plan, RunFile.MANIFEST)
    return plan
