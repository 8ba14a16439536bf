"""Whole contracts for those who can do nothing with a faulty one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.errors import ConnectorError, ExitCode
from connector.outcome import FailedContract
from connector.projectops.read import CONTRACTS_PER_PART, begin_reading, read_part

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from connector.dataverse.client import DataverseClient
    from connector.invoicing.ids import ContractId
    from connector.invoicing.model import ContractSnapshot
    from connector.projectops.tenant import Tenant


class ContractUnreadable(ConnectorError):  # noqa: N818 - it is the contract that is unreadable
    """A contract with faulty rows: what it is billed can only be guessed."""

    exit_code = ExitCode.CANNOT_READ

    def __init__(self, failed: FailedContract) -> None:
        name = failed.contract_name or str(failed.contract_id)
        lines = "\n".join(f"- {fault}" for fault in failed.faults)
        super().__init__(f"the contract {name!r} cannot be read:\n{lines}")


def read_contract(
    client: DataverseClient, tenant: Tenant, contract: ContractId
) -> ContractSnapshot:
    """One contract as a complete snapshot; raises `ContractUnreadable` when it has faults."""
    (snapshot,) = read_contracts(client, tenant, (contract,))
    return snapshot


def read_contracts(
    client: DataverseClient, tenant: Tenant, contracts: Sequence[ContractId]
) -> Iterator[ContractSnapshot]:
    """Complete snapshots of *contracts*; raises `ContractUnreadable` for one that has faults."""
    if not contracts:
        return
    reading = begin_reading(client, tenant)
    for start in range(0, len(contracts), CONTRACTS_PER_PART):
        for found in read_part(client, reading, contracts[start : start + CONTRACTS_PER_PART]):
            if isinstance(found, FailedContract):
                raise ContractUnreadable(found)
            yield found
