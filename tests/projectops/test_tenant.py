"""What is known of a tenant before its rows are read, over a fake metadata."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from connector.mapping import MappingError, load_mapping
from connector.projectops.resolve import resolve_tenant
from connector.projectops.tenant import described_tables, require_retainers
from tests.projectops.tables import described

if TYPE_CHECKING:
    from collections.abc import Sequence

    from connector.dataverse.client import DataverseClient
    from connector.projectops.tenant import Tenant

MAPPING = load_mapping()
LINE_RETAINER = {"msdyn_ProjectContractRetainer"}


class FakeClient:
    """A signed-in client whose metadata is *tables*."""

    def __init__(self, tables: Any) -> None:
        self.metadata = self
        self.organization_id = UUID(int=7)
        self.asked: list[str] = []
        self._tables = tables

    def who_am_i(self) -> FakeClient:
        return self

    def tables(self, names: Sequence[str]) -> Any:
        self.asked += names
        return {name: self._tables[name] for name in names if name in self._tables}


def tenant_lacking(*lacks: str) -> Tenant:
    client = FakeClient(described(MAPPING, lacks=lacks))
    return resolve_tenant(cast("DataverseClient", client), MAPPING, ZoneInfo("UTC"))


def test_the_connection_table_is_described_too() -> None:
    assert "msdyn_transactionconnection" in described_tables(MAPPING)


def test_what_is_missing_is_gone_from_the_tenants_mapping() -> None:
    tenant = tenant_lacking(
        "msdyn_Transaction1Lookup_msdyn_invoicelinetransaction", "msdyn_feeamount"
    )

    assert tenant.mapping.connection.first_navigation is None
    assert tenant.mapping.invoice_line.fee is None
    assert not tenant.has("invoicedetail", "msdyn_feeamount")
    assert tenant.has("invoicedetail", "msdyn_discountamount")


def test_an_older_tenant_has_whole_tables_less() -> None:
    tenant = tenant_lacking("msdyn_projectcontractretainer")

    assert not tenant.has_table(MAPPING.retainer)
    assert not tenant.has("msdyn_projectcontractretainer", "msdyn_amount")
    assert tenant.has_table(MAPPING.contract_customer)


def test_every_name_that_nothing_can_be_billed_without_is_told_at_once() -> None:
    with pytest.raises(MappingError) as refused:
        tenant_lacking("msdyn_transaction1role", "invoicedetail", "msdyn_transaction2")

    assert len(refused.value.faults) == 3
    assert "- the table 'invoicedetail' does not exist in this tenant" in refused.value.faults


def test_retainers_are_billed_only_where_invoice_lines_can_name_them() -> None:
    require_retainers(tenant_lacking())
    require_retainers(tenant_lacking("msdyn_projectcontractretainer", *LINE_RETAINER))
    with pytest.raises(MappingError, match="leave it at report-only"):
        require_retainers(tenant_lacking(*LINE_RETAINER))
