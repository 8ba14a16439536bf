"""A tenant's case as a file: some contracts with names, texts and ids replaced by rule."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from connector.projectops.anonymous import Anonymous, Disguise, anonymous
from connector.projectops.contract_world import WorldReader
from connector.projectops.emulator_schema import schema_of_case
from connector.projectops.find_contract import RecordUnknown
from connector.projectops.kept_columns import kept_tables
from connector.projectops.read import CONTRACTS_PER_PART
from connector.projectops.role import mapped_infos

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from decimal import Decimal

    from connector.dataverse.message import JsonValue
    from connector.invoicing.ids import ContractId
    from connector.projectops.contract_world import ContractWorld
    from connector.usecases.environment import Environment


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """
    Some contracts of a tenant, fit to be passed on: a seed and a schema of the emulator.

    *case* holds the rows, and says what was kept; *schema* what they need of the metadata.
    """

    case: Anonymous
    schema: Mapping[str, JsonValue]

    @property
    def seed_text(self) -> bytes:
        """The seed as a JSON file, exact to the last decimal."""
        return _text(self.case.seed)

    @property
    def schema_text(self) -> bytes:
        """The schema as a JSON file."""
        return _text(self.schema)


def capture(
    environment: Environment, contracts: Sequence[ContractId], *, secret: str, scale: Decimal
) -> Capture:
    """
    *contracts* as they are now, with everything that was ever billed; only reads.

    Raises `RecordUnknown`, `DataverseError` when a read fails, and `RowFault` for rows that
    cannot be told apart.
    """
    client, tenant = environment.client, environment.tenant
    reader = WorldReader(client, tenant)
    for start in range(0, len(contracts), CONTRACTS_PER_PART):
        reader.read(contracts[start : start + CONTRACTS_PER_PART], whole=True)
    _refuse_unknown(contracts, reader.world, tenant.mapping.contract.id)
    tables = mapped_infos(client, tenant.mapping)
    kept, world = kept_tables(tenant.mapping, tables), reader.world
    return Capture(
        case=anonymous(tenant, kept, world, Disguise(secret=secret, scale=scale)),
        schema=schema_of_case(tenant, tables, kept, world),
    )


def _refuse_unknown(contracts: Sequence[ContractId], world: ContractWorld, key: str) -> None:
    found = {str(row.get(key)).lower() for row in world.get("contract", ())}
    if unknown := [str(contract) for contract in contracts if str(contract) not in found]:
        message = f"no contract that can be read has the id {', '.join(unknown)}"
        raise RecordUnknown(message)


def _text(document: Mapping[str, object]) -> bytes:
    encoder = msgspec.json.Encoder(decimal_format="number")
    return msgspec.json.format(encoder.encode(document), indent=1) + b"\n"
