"""A captured case holds no text and no id of its tenant, and replays to the same plan."""

from __future__ import annotations

import itertools
import os
from contextlib import ExitStack
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from connector.emulator import Emulator, EmulatorOptions, load_schema
from connector.invoicing.ids import ContractId
from connector.report.document import to_document
from tests.agreement.tenants import Tenant, tenants
from tests.end_to_end.tenant import TestTenant

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date
    from pathlib import Path

    from connector import Connector, RunReport
    from connector.usecases.capture import Capture

EXAMPLES = int(os.environ.get("PROFORMA_EXAMPLES", "30"))
ZONES = ("UTC", "Pacific/Auckland")
_RUNS = itertools.count()


def contracts_of(emulator: Emulator) -> list[ContractId]:
    return [ContractId(UUID(row["salesorderid"])) for row in emulator.rows("salesorders")]


def loaded(captured: Capture, folder: Path, zone: str = "UTC") -> Emulator:
    """An emulator that holds nothing but the two files of a case."""
    schema, seed = folder / "case.schema.json", folder / "case.json"
    schema.write_bytes(captured.schema_text)
    seed.write_bytes(captured.seed_text)
    return Emulator(load_schema(schema), seed, options=EmulatorOptions(time_zone=zone))


def decided(report: RunReport, ids: Mapping[str, str], scale: int = 1) -> Any:
    """What is billed and what is not, without names, in no order."""
    document: Any = to_document(report)

    def new(old: str | None) -> str | None:
        return None if old is None else ids.get(old, old)

    invoices = sorted(
        (
            new(invoice["contract_id"]),
            new(invoice["customer_id"]),
            Decimal(invoice["amount"]) * scale,
            Decimal(invoice["tax"]) * scale,
            sorted(
                (
                    detail["source_table"],
                    new(detail["source_id"]),
                    detail["billing_type"],
                    detail["transaction_date"],
                    Decimal(detail["amount"]) * scale,
                    Decimal(detail["tax"]) * scale,
                )
                for line in invoice["lines"]
                for detail in line["details"]
            ),
        )
        for invoice in document["invoices"]
    )
    left = sorted(
        (
            item["source_table"],
            new(item["source_id"]),
            item["reason"],
            Decimal(item["amount"]) * scale,
        )
        for item in document["not_invoiced"]
    )
    warnings = sorted(warning["code"] for warning in document["warnings"])
    return {"invoices": invoices, "left": left, "warnings": warnings}


@dataclass(repr=False)
class Far:
    """An emulated tenant of one time zone."""

    emulator: Emulator
    connector: Connector


@pytest.fixture(scope="module")
def far(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Far]]:
    with ExitStack() as stack:
        found = {}
        for zone in ZONES:
            emulator = Emulator(options=EmulatorOptions(time_zone=zone))
            stack.callback(emulator.close)
            url = stack.enter_context(emulator.serve(port=0)).url
            tenant = TestTenant(emulator=emulator, url=url, folder=tmp_path_factory.mktemp("far"))
            connector = stack.enter_context(tenant.connector(RUN__TIME_ZONE=zone))
            found[zone] = Far(emulator, connector)
        yield found


def replayed(captured: Capture, zone: str, folder: Path, days: list[date]) -> list[RunReport]:
    emulator = loaded(captured, folder, zone)
    with emulator.serve(port=0) as server:
        tenant = TestTenant(emulator=emulator, url=server.url, folder=folder)
        with tenant.connector(RUN__TIME_ZONE=zone) as connector:
            reports = [connector.run(day, run_id=f"again-{day}", dry_run=True) for day in days]
    emulator.close()
    return reports


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize="PROFORMA_EXAMPLES" not in os.environ,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=(HealthCheck.too_slow, HealthCheck.data_too_large),
)
@given(tenant=tenants(ZONES))
def test_a_case_replays_to_the_same_plan(
    far: dict[str, Far], tenant: Tenant, tmp_path_factory: pytest.TempPathFactory
) -> None:
    there = far[tenant.zone]
    there.emulator.reset()
    there.emulator.seed(tenant.rows)
    there.connector.run(tenant.days[0], run_id=f"run-{next(_RUNS)}")  # something is billed
    before = there.emulator.dump()

    captured = there.connector.capture(contracts_of(there.emulator), secret="x")

    assert there.emulator.dump() == before
    own = [there.connector.run(day, run_id="own", dry_run=True) for day in tenant.days]
    again = replayed(captured, tenant.zone, tmp_path_factory.mktemp("case"), tenant.days)
    ids = {str(old): str(new) for old, new in captured.case.ids.items()}
    assert [decided(report, ids) for report in own] == [decided(report, {}) for report in again]
