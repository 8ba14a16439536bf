"""What a user needs, from what is read and written: checked against lists written by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from connector.dataverse.privileges import Depth, Right
from connector.mapping import load_mapping
from connector.projectops.needed_privileges import Modes, Purpose, needed_privileges
from tests.projectops.tables import described

if TYPE_CHECKING:
    from connector.projectops.needed_privileges import NeededPrivilege

MAPPING = load_mapping()
OWN = ("invoice", "invoicedetail", "msdyn_invoicelinetransaction", "msdyn_transactionconnection")


def needed(modes: Modes | None = None, *lacks: str) -> dict[tuple[str, Right], NeededPrivilege]:
    tables = described(MAPPING, lacks=lacks)
    found = needed_privileges(MAPPING, modes or Modes(), tables)
    assert list(found) == sorted(found, key=lambda n: (n.table, list(Right).index(n.right)))
    return {(need.table, need.right): need for need in found}


def tables_with(right: Right, modes: Modes | None = None) -> set[str]:
    return {table for table, found in needed(modes) if found is right}


def test_everything_that_is_read_needs_read_of_all_rows() -> None:
    found = needed()

    assert {table for table, right in found if right is Right.READ} == {
        *("salesorder", "salesorderdetail", "transactioncurrency", "msdyn_actual"),
        *("msdyn_contractlineinvoiceschedule", "msdyn_contractlinescheduleofvalue"),
        *("msdyn_projectcontractsplitbillingrule", "msdyn_projectcontractlinesplitbillingrule"),
        *("msdyn_projectcontractretainer", "msdyn_batchjob"),
        *("msdyn_invoicefrequency", "msdyn_invoicefrequencydetail"),
        *OWN,
    }
    reads = [need for need in found.values() if need.right is Right.READ]
    assert {need.depth for need in reads} == {Depth.GLOBAL}


def test_drafts_are_created_as_rows_of_ones_own_and_appended_to_their_lookups() -> None:
    found = needed()

    for table in OWN:
        assert found[table, Right.CREATE].depth is Depth.BASIC
        assert found[table, Right.WRITE].depth is Depth.BASIC  # by PATCH
        assert found[table, Right.APPEND].purposes == (Purpose.DRAFT,)
    assert ("msdyn_transactionconnection", Right.APPEND_TO) not in found
    assert found["invoice", Right.APPEND_TO].depth is Depth.BASIC


def test_schedule_rows_of_others_are_marked() -> None:
    found = needed()

    write = found["msdyn_contractlineinvoiceschedule", Right.WRITE]
    assert (write.depth, write.purposes) == (
        Depth.GLOBAL,
        (Purpose.MARK_ROWS, Purpose.GENERATE),
    )
    append = found["msdyn_contractlineinvoiceschedule", Right.APPEND]
    assert append.purposes == (Purpose.MARK_ROWS, Purpose.GENERATE)
    assert append.depth is Depth.GLOBAL


@pytest.mark.parametrize("table", OWN)
def test_undo_alone_deletes_and_a_run_does_without(table: str) -> None:
    delete = needed()[table, Right.DELETE]

    assert delete.purposes == (Purpose.UNDO,)
    assert not delete.is_for_runs


def test_only_claims_write_to_what_is_billed() -> None:
    sources = {"msdyn_actual", "msdyn_contractlinescheduleofvalue", "salesorderdetail"}
    milestone = ("msdyn_contractlinescheduleofvalue", Right.WRITE)

    assert {"msdyn_contractlinescheduleofvalue"} == sources & tables_with(Right.WRITE)
    assert needed()[milestone].purposes == (Purpose.GENERATE,)
    assert sources <= tables_with(Right.WRITE, Modes(claims=True))
    assert needed(Modes(claims=True))[milestone].depth is Depth.GLOBAL


def test_only_an_owner_is_assigned_to_and_then_drafts_are_not_ones_own() -> None:
    assert tables_with(Right.ASSIGN) == set()
    assert tables_with(Right.ASSIGN, Modes(owner=True)) == {"invoice"}
    found = needed(Modes(owner=True))
    for right in (Right.CREATE, Right.WRITE, Right.DELETE, Right.APPEND, Right.APPEND_TO):
        assert found["invoice", right].depth is Depth.GLOBAL
        assert found["invoicedetail", right].depth is Depth.GLOBAL
    assert found["msdyn_invoicelinetransaction", Right.CREATE].depth is Depth.BASIC


def test_platform_mode_follows_the_tenants_jobs() -> None:
    job = "msdyn_longrunningjobstatus"

    assert (job, Right.READ) not in needed()
    found = needed(Modes(by_action=True))
    assert {right for table, right in found if table == job} == {
        *(Right.CREATE, Right.READ, Right.WRITE)
    }
    assert found["invoice", Right.CREATE].purposes == (Purpose.FOLLOW_JOB,)


def test_lookups_need_append_to_where_they_point() -> None:
    tables = dict(described(MAPPING))
    invoice = tables["invoice"]
    lookups = {"opportunityid": {"opportunity": "opportunityid"}, "x": {"unused": "x"}}
    tables["invoice"] = type(invoice)(
        logical_name="invoice",
        entity_set=invoice.entity_set,
        primary_id=invoice.primary_id,
        attributes=invoice.attributes,
        lookups={**invoice.lookups, **lookups},
    )

    found = needed_privileges(MAPPING, Modes(), tables)

    named = {need.table: need.purposes for need in found if need.right is Right.APPEND_TO}
    assert named["opportunity"] == (Purpose.POINT_TO,)
    assert "unused" not in named


def test_a_table_that_the_tenant_lacks_needs_nothing() -> None:
    retainer = "msdyn_projectcontractretainer"

    assert (retainer, Right.READ) in needed()
    assert (retainer, Right.READ) not in needed(None, retainer)
