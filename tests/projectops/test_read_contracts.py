"""Whole contracts for those who can do nothing with a faulty one."""

from __future__ import annotations

from uuid import UUID

import pytest

from connector.invoicing import ids
from connector.projectops.read import CONTRACTS_PER_PART
from connector.projectops.read_contracts import (
    ContractUnreadable,
    read_contract,
    read_contracts,
)
from tests.projectops.one_contract import CONTRACT, contract_row, tenant_with, uid
from tests.projectops.one_invoice import TENANT


def test_one_contract_is_read_whole() -> None:
    far = tenant_with()

    snapshot = read_contract(far.client, TENANT, CONTRACT)

    assert snapshot.contract.id == CONTRACT
    assert len(snapshot.lines) == 3


def test_a_contract_with_faults_is_unreadable_and_says_why() -> None:
    far = tenant_with(salesorders=[contract_row(msdyn_psastate=77)])

    with pytest.raises(ContractUnreadable) as told:
        read_contract(far.client, TENANT, CONTRACT)

    assert str(told.value).startswith(
        f"the contract 'Adatum' cannot be read:\n- salesorder {uid(7)} column msdyn_psastate:"
    )
    assert told.value.exit_code == 4


def test_a_contract_that_is_not_there_goes_by_its_id() -> None:
    with pytest.raises(ContractUnreadable, match=f"the contract '{uid(7)}' cannot be read"):
        read_contract(tenant_with(salesorders=[]).client, TENANT, CONTRACT)


def test_many_contracts_are_read_part_by_part_in_their_order() -> None:
    numbers = range(1000, 1000 + CONTRACTS_PER_PART + 1)
    far = tenant_with(salesorders=[contract_row(number) for number in numbers])
    wanted = [ids.ContractId(UUID(int=number)) for number in reversed(numbers)]

    found = [snapshot.contract.id for snapshot in read_contracts(far.client, TENANT, wanted)]

    assert found == wanted
    asked = [sent for sent in far.reads if sent.path.startswith("salesorders?")]
    assert [sent.path.count(" eq ") for sent in asked] == [CONTRACTS_PER_PART, 1]


def test_nothing_is_asked_where_no_contract_is_wanted() -> None:
    far = tenant_with()

    assert list(read_contracts(far.client, TENANT, ())) == []
    assert far.transport.requests == []
