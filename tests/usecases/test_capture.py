"""A captured case holds no text and no id of its tenant, and replays to the same plan."""

from __future__ import annotations

import itertools
import json
import os
import re
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from connector.emulator import Emulator, EmulatorOptions, load_schema
from connector.invoicing.ids import ContractId
from connector.projectops.find_contract import RecordUnknown
from connector.report.document import to_document
from tests.agreement.tenants import Tenant, tenants
from tests.end_to_end.tenant import TestTenant, serving

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from connector import Connector, RunReport
    from connector.usecases.capture import Capture

EXAMPLES = int(os.environ.get("PROFORMA_EXAMPLES", "12"))
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


SECRET = "Contoso"
GUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")


#: Texts that tell which row is meant, and so cannot be anything.
UNTOUCHED = (
    *("msdyn_transaction1", "msdyn_transaction2"),
    *("msdyn_transaction1type", "msdyn_transaction2type"),
)


def with_secrets(emulator: Emulator) -> set[str]:
    """Put a secret into every text column of every row, as far as columns hold one."""
    tables = emulator.store.schema.tables.values()
    planted: set[str] = set()
    for entity_set, rows in emulator.dump().items():
        table = next(one for one in tables if one.entity_set == entity_set)
        columns = [
            column
            for name, column in table.columns.items()
            if column.kind.value in ("string", "memo") and name not in UNTOUCHED
        ]
        changed = [
            {
                **row,
                **{
                    column.property_name: SECRET[: column.max_length or len(SECRET)]
                    for column in columns
                },
            }
            for row in rows
        ]
        planted |= {f"{table.logical_name}.{column.logical_name}" for column in columns}
        emulator.seed({entity_set: changed})
    return planted


def test_no_text_of_any_column_and_no_id_is_in_the_files(tmp_path: Path) -> None:
    with serving(tmp_path) as tenant, tenant.connector() as connector:
        connector.run(date(2020, 10, 5), run_id="billed")
        planted = with_secrets(tenant.emulator)
        dump = json.dumps(tenant.emulator.dump(), default=str)
        captured = connector.capture(contracts_of(tenant.emulator), secret="x")

    assert len(planted) > 100
    text = (captured.seed_text + captured.schema_text).decode()
    for part in (SECRET, SECRET[:5]):
        assert part.casefold() not in text.casefold()
    old, new = set(GUID.findall(dump)), set(GUID.findall(text))
    assert len(old) > len(new) > 100
    assert old & new == set()
    assert {"msdyn_actuals", "invoices", "msdyn_transactionconnections"} <= set(
        json.loads(captured.seed_text)
    )


def test_what_is_kept_is_told_table_by_table(tmp_path: Path) -> None:
    with serving(tmp_path) as tenant, tenant.connector() as connector:
        adatum = ContractId(UUID(tenant.contract("Adatum shop floor portal")["salesorderid"]))
        captured = connector.capture([adatum], secret="x")

    seed = json.loads(captured.seed_text)
    told = {table.entity_set: table for table in captured.case.tables}
    assert {name: len(seed[name]) for name in told} == {n: t.rows for n, t in told.items()}
    columns = dict(told["msdyn_actuals"].columns)
    assert columns["msdyn_amount"] == "scaled"
    assert columns["msdyn_billingstatus"] == "kept"
    assert columns["msdyn_salescontract"] == "lookup"
    assert "msdyn_description" not in columns
    assert told["msdyn_actuals"].dropped > 20
    assert [row["name"] for row in seed["salesorders"]] == ["contract 1"]
    assert len(seed["salesorders"]) == 1


def test_scaled_amounts_make_a_scaled_plan(tmp_path: Path) -> None:
    day = date(2020, 10, 5)
    with serving(tmp_path) as tenant, tenant.connector() as connector:
        adatum = ContractId(UUID(tenant.contract("Adatum shop floor portal")["salesorderid"]))
        own = connector.run(day, run_id="own", dry_run=True, contracts=[adatum])
        captured = connector.capture([adatum], secret="x", scale=Decimal(3))
    [again] = replayed(captured, "UTC", tmp_path, [day])

    ids = {str(old): str(new) for old, new in captured.case.ids.items()}
    expected, found = decided(own, ids, scale=3), decided(again, {})
    assert found["invoices"] == expected["invoices"]
    assert found["invoices"][0][2] == 3 * Decimal("11288.60")


def test_a_contract_that_is_not_there_is_named(tmp_path: Path) -> None:
    nobody = ContractId(UUID(int=7))
    with (
        serving(tmp_path) as tenant,
        tenant.connector() as connector,
        pytest.raises(RecordUnknown, match=str(nobody)),
    ):
        connector.capture([nobody], secret="x")


def test_the_ids_follow_from_the_secret_and_say_nothing_without_it(tmp_path: Path) -> None:
    with serving(tmp_path) as tenant, tenant.connector() as connector:
        wanted = contracts_of(tenant.emulator)
        one, same = (connector.capture(wanted, secret="x").seed_text for _ in range(2))
        other = connector.capture(wanted, secret="y").seed_text

    assert one == same
    assert one != other
