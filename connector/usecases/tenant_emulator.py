"""
An emulator that holds the tables of a tenant and the open work of some of its contracts.

The only place where what bills money reaches for the emulator, and only when a rehearsal asks.
"""

from __future__ import annotations

from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from connector.errors import ConnectorError
from connector.projectops.contract_world import WorldReader
from connector.projectops.emulator_rows import rows_of_tenant, rows_pointed_to
from connector.projectops.emulator_schema import schema_of_tenant
from connector.projectops.read import CONTRACTS_PER_PART
from connector.projectops.role import mapped_infos

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from connector.emulator import Emulator, Schema
    from connector.invoicing.ids import ContractId
    from connector.projectops.contract_world import ContractWorld
    from connector.usecases.environment import Environment


class RehearsalFailed(ConnectorError):  # noqa: N818 - named by what happened
    """The emulator could not be made like the tenant."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TenantEmulator:
    """
    Where the emulator listens, and what it was filled with.

    *left_out* has a sentence for each row or value that it could not take.
    """

    url: str
    world: ContractWorld
    left_out: tuple[str, ...]


@contextmanager
def tenant_emulator(
    environment: Environment, contracts: Sequence[ContractId]
) -> Iterator[TenantEmulator]:
    """
    The emulator on a loopback port, for the length of the block; the tenant is only read.

    Raises `RehearsalFailed`, and `DataverseError` when a read fails.
    """
    reader = WorldReader(environment.client, environment.tenant)
    for start in range(0, len(contracts), CONTRACTS_PER_PART):
        environment.watch.check()
        reader.read(contracts[start : start + CONTRACTS_PER_PART], whole=False)
    schema = _schema(environment)
    with closing(_emulator(environment, schema)) as emulator:
        left_out = _fill(environment, emulator, schema, reader.world)
        with emulator.serve() as server:
            yield TenantEmulator(url=server.url, world=reader.world, left_out=left_out)


def _schema(environment: Environment) -> Schema:
    from connector.emulator import SchemaError, load_schema, schema_of  # noqa: PLC0415 - seldom

    shipped = {name: frozenset(table.columns) for name, table in load_schema().tables.items()}
    tables = mapped_infos(environment.client, environment.tenant.mapping)
    try:
        return schema_of(schema_of_tenant(tables, shipped))
    except SchemaError as error:
        message = f"the emulator cannot take the tenant's tables: {error}"
        raise RehearsalFailed(message) from error


def _emulator(environment: Environment, schema: Schema) -> Emulator:
    from connector.emulator import Emulator, EmulatorOptions, VirtualClock  # noqa: PLC0415

    options = EmulatorOptions(time_zone=environment.settings.run.zone.key)
    return Emulator(schema, clock=VirtualClock(source=environment.clock), options=options)


def _fill(
    environment: Environment, emulator: Emulator, schema: Schema, world: ContractWorld
) -> tuple[str, ...]:
    from connector.emulator import SeedRules  # noqa: PLC0415 - seldom

    seed = rows_of_tenant(environment.tenant, world, _columns(schema))
    tables = {
        name: (table.entity_set, table.primary_id, table.primary_name)
        for name, table in schema.tables.items()
    }
    pointed_to = rows_pointed_to(seed, tables)
    owner = environment.settings.dataverse.owner
    owners = {"systemusers": [{"systemuserid": str(owner)}]} if owner is not None else {}
    return emulator.seed(owners, pointed_to, seed, rules=SeedRules(lenient=True)).left_out


def _columns(schema: Schema) -> Mapping[str, Mapping[str, frozenset[str]]]:
    """How rows show the columns of each table; reasons of a state are the emulator's own."""
    return {
        name: {
            column.property_name: frozenset(column.targets)
            for column in table.columns.values()
            if column.kind.value != "status"
        }
        for name, table in schema.tables.items()
    }
