"""
New ids for old ones, in the same order: rules that fall back on the order of ids decide the same.

An invoice whose id is the obligation key of a run gets the key of the same run of the new contract.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from uuid import UUID, uuid5

from connector.invoicing import keys
from connector.invoicing.ids import ContractId, CustomerId, OrganizationId
from connector.projectops.decode import read_row

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import date

    from connector.projectops.contract_world import ContractWorld
    from connector.projectops.tenant import Tenant

_SPACE: Final = UUID("6f3b7a52-5a0e-4f0c-9a35-6d1f0c7f7e21")
#: The organization of a fresh emulator (docs/emulator.md), of which obligation keys are made.
ORGANIZATION: Final = OrganizationId(UUID("0a6e0000-0000-4000-8000-000000000001"))


def new_ids(old: Iterable[UUID], secret: str) -> dict[UUID, UUID]:
    """An id for each of *old* that nobody can trace back without *secret*, in their order."""
    before = sorted(set(old))
    after = sorted(uuid5(_SPACE, f"{secret} {key}") for key in before)
    return dict(zip(before, after, strict=True))


def obligation_keys(
    tenant: Tenant, world: ContractWorld, ids: Mapping[UUID, UUID]
) -> Iterator[tuple[UUID, UUID]]:
    """Old and new id of each invoice that a run of ours has made, on any date of its contract."""
    dates = _dates(tenant, world)
    names = tenant.mapping.invoice
    for row in world.get("invoice", ()):
        reader = read_row(tenant, names, row)
        contract, customer = reader.lookup(names.contract), reader.lookup(names.customer)
        if contract is None or customer is None:
            continue
        for day in dates.get(contract, ()):
            key = (ContractId(contract), CustomerId(customer), day)
            if keys.invoice_id(tenant.organization_id, *key) == reader.id:
                there = ContractId(ids[contract]), CustomerId(ids[customer])
                yield reader.id, keys.invoice_id(ORGANIZATION, *there, day)


def _dates(tenant: Tenant, world: ContractWorld) -> dict[UUID, set[date]]:
    """The dates on which each contract may have had a run."""
    names = tenant.mapping
    line_names = names.contract_line
    contract_of = {}
    for row in world.get("contract_line", ()):
        line = read_row(tenant, line_names, row)
        contract_of[line.id] = line.lookup(line_names.contract)
    found: dict[UUID, set[date]] = {}
    for row in world.get("schedule_row", ()):
        reader = read_row(tenant, names.schedule_row, row)
        line_id = reader.lookup(names.schedule_row.contract_line)
        contract = contract_of.get(line_id) if line_id else None
        _note(found, contract, reader.date(names.schedule_row.run_date))
    for row in world.get("milestone", ()):
        reader = read_row(tenant, names.milestone, row)
        line_id = reader.lookup(names.milestone.contract_line)
        contract = contract_of.get(line_id) if line_id else None
        for column in names.milestone.dates:
            _note(found, contract, reader.date(column))
    for row in world.get("retainer", ()):
        reader = read_row(tenant, names.retainer, row)
        contract = reader.lookup(names.retainer.contract)
        _note(found, contract, reader.date(names.retainer.date))
    return found


def _note(found: dict[UUID, set[date]], contract: UUID | None, day: date | None) -> None:
    if contract is not None and day is not None:
        found.setdefault(contract, set()).add(day)
