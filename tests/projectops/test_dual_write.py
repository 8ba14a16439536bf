"""Live maps of dual-write, told where the tenant shows them and silent where it does not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from connector.dataverse.metadata import AttributeInfo, TableInfo
from connector.mapping import load_mapping
from connector.projectops.dual_write import dual_write_findings
from connector.projectops.findings import Severity
from tests.dataverse.far_side import answer, client_of, error, scripted

if TYPE_CHECKING:
    from connector.dataverse.client import DataverseClient
    from connector.dataverse.message import Response
    from tests.dataverse.far_side import FarSide

MAPPING = load_mapping()
MAPS = "msdyn_dualwriteruntimeconfig"
NAME = "msdyn_internalentityname"


class Definitions:
    """The metadata of a tenant that has the table of maps with these columns."""

    def __init__(self, *columns: str) -> None:
        self.columns = columns

    def tables(self, names: tuple[str, ...]) -> dict[str, TableInfo]:
        info = TableInfo(
            logical_name=MAPS,
            entity_set=f"{MAPS}s",
            primary_id=f"{MAPS}id",
            attributes=dict.fromkeys(self.columns, AttributeInfo(type="String")),
            lookups={},
        )
        return {MAPS: info} if self.columns and names == (MAPS,) else {}


def tenant(there: Response, *columns: str) -> tuple[DataverseClient, FarSide]:
    client, far = client_of(scripted(there))
    client.metadata = Definitions(*columns)  # type: ignore[assignment]  # as much as is asked of it
    return client, far


def maps(*names: str | None) -> Response:
    return answer(200, {"value": [{NAME: name} for name in names]})


@pytest.mark.parametrize("name", ["invoice", "Invoice", "invoices"])
def test_a_live_map_of_a_written_table_is_a_warning(name: str) -> None:
    client, far = tenant(maps(name, "account", None, "msdyn_transactionconnection"), NAME)

    (finding,) = dual_write_findings(client, MAPPING)

    assert finding.severity is Severity.WARNING
    assert "invoice, msdyn_transactionconnection synchronise" in finding.text
    assert "details_per_invoice = 1000" in finding.hint
    assert far.requests[0].path == f"{MAPS}s?$select={NAME}&$top=1000"


def test_maps_of_other_tables_are_none_of_our_business() -> None:
    client, _ = tenant(maps("account", "contact"), NAME)

    assert tuple(dual_write_findings(client, MAPPING)) == ()


def test_a_tenant_without_the_table_or_its_column_is_not_asked() -> None:
    for columns in ((), ("msdyn_name",)):
        client, far = tenant(maps("invoice"), *columns)

        assert tuple(dual_write_findings(client, MAPPING)) == ()
        assert far.requests == []


def test_maps_that_may_not_be_read_say_nothing() -> None:
    client, _ = tenant(error(403, "0x80040220"), NAME)

    assert tuple(dual_write_findings(client, MAPPING)) == ()
