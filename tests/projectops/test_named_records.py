"""Records are found by what people call them, and a name of several is no answer."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import unquote
from uuid import UUID

import pytest

from connector.invoicing.ids import ContractId
from connector.projectops.find_contract import RecordUnknown
from connector.projectops.named_records import (
    MOST,
    RecordAmbiguous,
    contracts_called,
    line_called,
    record_called,
)
from tests.projectops.one_contract import CONTRACT, LABEL, tenant_with, uid
from tests.projectops.one_invoice import TENANT
from tests.projectops.stored_rows import StoredRows

ADATUM = {"salesorderid": uid(7), "name": "Adatum", "ordernumber": "ORD-7"}


def far_with(**tables: list[dict[str, Any]]) -> StoredRows:
    """A tenant that answers every name with all rows of the set, as `StoredRows` does."""
    return StoredRows(**tables)


def line(number: int, contract: str) -> dict[str, Any]:
    return {
        "salesorderdetailid": uid(number),
        "salesorderdetailname": "Development",
        f"_salesorderid_value{LABEL}": contract,
    }


def asked(far: StoredRows) -> list[str]:
    """The addresses that were read, in words."""
    return [unquote(sent.path) for sent in far.reads]


def test_a_contract_is_found_by_its_number_or_name_in_one_request() -> None:
    far = far_with(salesorders=[ADATUM])

    found = contracts_called(far.client, TENANT, ["ORD-7", "adatum"])

    assert found == (CONTRACT, CONTRACT)
    assert len(far.transport.requests) == 1
    first, second = asked(far)
    # 192350001: a work-based order, which a project contract is
    assert "(ordernumber eq 'ORD-7' or name eq 'ORD-7') and msdyn_ordertype eq 192350001" in first
    assert "ordernumber eq 'adatum' or name eq 'adatum'" in second


def test_an_id_means_the_contract_itself() -> None:
    far = far_with(salesorders=[ADATUM, {"salesorderid": uid(8), "name": uid(7)}])

    assert contracts_called(far.client, TENANT, [f"{{{uid(7)}}}"]) == (CONTRACT,)


@pytest.mark.parametrize("word", ["Nobody", uid(99)])
def test_what_no_contract_is_called_is_unknown(word: str) -> None:
    far = far_with(salesorders=[])

    with pytest.raises(RecordUnknown) as told:
        contracts_called(far.client, TENANT, [word])

    assert str(told.value) == (
        f"no record has the id, number or name {word!r}; looked for: contract"
    )


def test_a_name_of_several_is_listed_with_their_ids() -> None:
    far = far_with(salesorderdetails=[line(21, "Adatum"), line(22, "Fabrikam")])

    with pytest.raises(RecordAmbiguous) as told:
        line_called(far.client, TENANT, "Development", ())

    assert str(told.value) == (
        "2 records are called 'Development'; give the id of one:\n"
        f"- contract line 'Development' of contract 'Adatum': {uid(21)}\n"
        f"- contract line 'Development' of contract 'Fabrikam': {uid(22)}"
    )


def test_no_more_of_them_are_read_than_are_listed() -> None:
    far = far_with(salesorderdetails=[line(100 + n, "Adatum") for n in range(MOST)])

    with pytest.raises(RecordAmbiguous, match="20 or more records") as told:
        line_called(far.client, TENANT, "Development", ())

    assert str(told.value).count("\n- ") == MOST - 1
    assert f"$top={MOST}" in asked(far)[0]


def test_a_contract_tells_its_line_from_those_of_the_others() -> None:
    far = far_with(salesorderdetails=[line(21, "Adatum")])

    found = line_called(far.client, TENANT, "Development", (CONTRACT,))

    assert found == UUID(int=21)
    assert f"_salesorderid_value eq {uid(7)}" in asked(far)[0]


def test_a_contract_is_meant_before_its_lines_and_those_before_invoices() -> None:
    invoice = {"invoiceid": uid(90), "name": "Adatum", "invoicenumber": "INV-1"}
    tables = {
        "salesorders": [ADATUM],
        "salesorderdetails": [line(21, "Adatum")],
        "invoices": [invoice],
    }

    def found(*sets: str) -> UUID:
        far = far_with(**{name: tables[name] for name in sets})
        return record_called(far.client, TENANT, "Adatum", ())

    assert found("salesorders", "salesorderdetails", "invoices") == CONTRACT
    assert found("salesorderdetails", "invoices") == UUID(int=21)
    assert found("invoices") == UUID(int=90)


def test_an_id_is_taken_as_it_is_and_asks_nothing() -> None:
    far = far_with()

    assert record_called(far.client, TENANT, uid(31).upper(), ()) == UUID(int=31)
    assert far.reads == []


def test_a_tenant_without_numbers_or_retainers_is_asked_for_names_only() -> None:
    columns = {
        table: names - {"ordernumber"}
        for table, names in TENANT.columns.items()
        if table != "msdyn_projectcontractretainer"
    }
    far = far_with(salesorders=[ADATUM])

    found = record_called(far.client, replace(TENANT, columns=columns), "Adatum", ())

    assert found == ContractId(UUID(int=7))
    paths = "\n".join(asked(far))
    assert "ordernumber" not in paths
    assert "msdyn_projectcontractretainers" not in paths


def test_a_quote_in_a_name_stays_inside_the_literal() -> None:
    far = tenant_with()

    record_called(far.client, TENANT, "O'Neill' or 1 eq 1", ())

    assert "name eq 'O''Neill'' or 1 eq 1'" in asked(far)[0]
