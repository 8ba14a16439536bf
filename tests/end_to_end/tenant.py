"""A sample tenant behind a real loopback port, and a connector that talks to it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any
from uuid import UUID

from connector import Connector, RunReport, load_settings
from connector.emulator import Emulator
from connector.invoicing import keys
from connector.invoicing.ids import OrganizationId
from connector.invoicing.model import Source
from connector.sample_tenant import sample_seed

if TYPE_CHECKING:
    from pathlib import Path

    from connector.invoicing.choices import SourceTable

FIRST_DAY, LAST_DAY = date(2020, 10, 1), date(2020, 11, 30)
WRITTEN_SETS = (
    "invoices",
    "invoicedetails",
    "msdyn_invoicelinetransactions",
    "msdyn_transactionconnections",
)

Row = Mapping[str, Any]


def days(first: date = FIRST_DAY, last: date = LAST_DAY) -> Iterator[date]:
    """Each calendar day, both ends included."""
    for offset in range((last - first).days + 1):
        yield first + timedelta(days=offset)


@dataclass(frozen=True)
class TestTenant:
    """An emulator on a loopback port, and how to reach it."""

    __test__ = False

    emulator: Emulator
    url: str
    folder: Path

    def connector(self, **environ: str) -> Connector:
        """A connector to it; *environ* overrides settings, `RUN__TIME_ZONE="…"`."""
        config = self.folder / "config.toml"
        config.write_text("", encoding="utf-8")
        overlay = {f"PROFORMA__{key}": value for key, value in environ.items()}
        defaults = {
            "PROFORMA__DATAVERSE__URL": self.url,
            "PROFORMA__AUTH__METHOD": "none",
            "PROFORMA__RUN__TIME_ZONE": "UTC",
            "PROFORMA__RUN__STORE": str(self.folder / "runs"),
        }
        return Connector(load_settings(config, defaults | overlay))

    def run(self, day: date, **options: Any) -> RunReport:
        """One run on *day*."""
        with self.connector() as connector:
            return connector.run(day, run_id=f"run-{day}", **options)

    def rows(self, entity_set: str) -> tuple[Row, ...]:
        """Every row of a table."""
        return self.emulator.rows(entity_set)

    def row(self, entity_set: str, key: str, value: object) -> Row:
        """The one row whose *key* is *value*."""
        (found,) = [row for row in self.rows(entity_set) if row[key] == value]
        return found

    def written(self) -> Mapping[str, tuple[Row, ...]]:
        """Everything that an invoice run writes."""
        return {name: self.rows(name) for name in WRITTEN_SETS}

    def contract(self, name: str) -> Row:
        """The contract called *name*."""
        return self.row("salesorders", "name", name)

    def set(self, entity_set: str, row_id: str, **values: object) -> None:
        """Change columns behind the API's back, as an import or another program would."""
        seed = {entity_set: [{**self.by_id(entity_set, row_id), **values}]}
        self.emulator.seed(seed)

    def by_id(self, entity_set: str, row_id: str) -> Row:
        """The row with the primary key *row_id*."""
        table = self.emulator.store.schema.by_entity_set(entity_set)
        return self.row(entity_set, table.primary_id, row_id)


@cache
def seeded() -> bytes:
    """The sample tenant's tables once seeded; restoring them takes half the time of seeding."""
    with closing(Emulator(seed=sample_seed())) as emulator:
        return emulator.snapshot()


def sample_emulator(**options: Any) -> Emulator:
    """An emulator that holds the sample tenant; seeds run no rules, so any pack may have it."""
    if not options.keys() <= {"behaviour", "auth"}:
        return Emulator(seed=sample_seed(), **options)
    emulator = Emulator(**options)
    emulator.restore(seeded())
    return emulator


@contextmanager
def serving(
    folder: Path, seed: Mapping[str, Any] | None = None, **options: Any
) -> Iterator[TestTenant]:
    """The sample tenant, or another *seed*, served for the length of the block."""
    emulator = Emulator(seed=seed, **options) if seed else sample_emulator(**options)
    with emulator.serve(port=0) as server:
        yield TestTenant(emulator=emulator, url=server.url, folder=folder)
    emulator.close()


def broken_invariants(tenant: TestTenant) -> list[str]:
    """
    What must never be true of the written rows, whatever happened; empty when all is well.

    Every detail has a connection to one source and no source has two; lines and details hang on
    invoices that exist; sums agree; a schedule row that ran names an invoice or nothing.
    """
    invoices = {row["invoiceid"]: row for row in tenant.rows("invoices")}
    lines = {row["invoicedetailid"]: row for row in tenant.rows("invoicedetails")}
    details = {
        row["msdyn_invoicelinetransactionid"]: row
        for row in tenant.rows("msdyn_invoicelinetransactions")
    }
    connections = tenant.rows("msdyn_transactionconnections")
    found = [
        f"line {key} hangs on nothing"
        for key, row in lines.items()
        if row["_invoiceid_value"] not in invoices
    ]
    connected = [row["msdyn_transaction1"] for row in connections]
    sources = [row["msdyn_transaction2"] for row in connections]
    found += [f"detail {key} has no connection" for key in details if key not in connected]
    found += [f"source {key} is billed twice" for key in set(sources) if sources.count(key) > 1]
    for key, row in details.items():
        line = lines.get(row["_msdyn_invoicelineid_value"])
        if line is None or line["_invoiceid_value"] != row["_msdyn_invoice_value"]:
            found.append(f"detail {key} is not on a line of its invoice")
    for key, invoice in invoices.items():
        own = [row for row in lines.values() if row["_invoiceid_value"] == key]
        total = sum((_money(row["extendedamount"]) for row in own), Decimal(0))
        if total != _money(invoice["totalamount"]):
            found.append(f"invoice {key} says {invoice['totalamount']}, its lines {total}")
    for row in tenant.rows("msdyn_contractlineinvoiceschedules"):
        named = row["_msdyn_invoice_value"]
        if named is not None and named not in invoices:
            found.append(
                f"schedule row {row['msdyn_contractlineinvoicescheduleid']} names no invoice"
            )
    return found


def detail_id(tenant: TestTenant, table: SourceTable, source: str) -> str:
    """The obligation key of *source*."""
    organization = OrganizationId(UUID(tenant.rows("organizations")[0]["organizationid"]))
    return str(keys.detail_id(organization, Source(table=table, id=UUID(source))))


def _money(value: object) -> Decimal:
    return Decimal(str(value))
