"""The reads of a part as values: what is asked of each table, and of which rows."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from connector.invoicing import ids
from connector.projectops import queries
from connector.projectops.queries import IDS_PER_QUERY
from tests.projectops.one_contract import uid
from tests.projectops.one_invoice import TENANT

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from connector.dataverse.query import Query
    from connector.projectops.tenant import Tenant

PART = tuple(ids.ContractId(UUID(int=number)) for number in (7, 8))
PLAIN = replace(TENANT, columns={})


def condition(query: Query) -> str:
    assert query.filter is not None
    return query.filter.text


def under(tenant: Tenant, **conditions: str) -> Tenant:
    """The tenant, with conditions of its own in the mapping."""
    own = tenant.mapping.conditions.model_copy(update=conditions)
    return replace(tenant, mapping=tenant.mapping.model_copy(update={"conditions": own}))


@pytest.mark.parametrize(
    ("query", "entity_set", "text"),
    [
        (
            queries.contracts,
            "salesorders",
            f"salesorderid eq {uid(7)} or salesorderid eq {uid(8)}",
        ),
        (
            queries.contract_lines,
            "salesorderdetails",
            f"_salesorderid_value eq {uid(7)} or _salesorderid_value eq {uid(8)}",
        ),
        (
            queries.schedule_rows,
            "msdyn_contractlineinvoiceschedules",
            (
                f"msdyn_ContractLineId/_salesorderid_value eq {uid(7)}"
                f" or msdyn_ContractLineId/_salesorderid_value eq {uid(8)}"
            ),
        ),
        (
            queries.milestones,
            "msdyn_contractlinescheduleofvalues",
            (
                f"msdyn_ContractLineId/_salesorderid_value eq {uid(7)}"
                f" or msdyn_ContractLineId/_salesorderid_value eq {uid(8)}"
            ),
        ),
        (
            queries.contract_customers,
            "msdyn_projectcontractsplitbillingrules",
            (
                f"_msdyn_projectcontractid_value eq {uid(7)}"
                f" or _msdyn_projectcontractid_value eq {uid(8)}"
            ),
        ),
        (
            queries.contract_line_customers,
            "msdyn_projectcontractlinesplitbillingrules",
            (
                f"msdyn_ProjectContractLineId/_salesorderid_value eq {uid(7)}"
                f" or msdyn_ProjectContractLineId/_salesorderid_value eq {uid(8)}"
            ),
        ),
        (
            queries.retainers,
            "msdyn_projectcontractretainers",
            f"_msdyn_contractid_value eq {uid(7)} or _msdyn_contractid_value eq {uid(8)}",
        ),
        (
            queries.invoices,
            "invoices",
            f"_salesorderid_value eq {uid(7)} or _salesorderid_value eq {uid(8)}",
        ),
    ],
)
def test_a_table_is_asked_for_the_rows_of_the_parts_contracts(
    query: Callable[[Tenant, Sequence[ids.ContractId]], Query], entity_set: str, text: str
) -> None:
    found = query(TENANT, PART)

    assert (found.entity_set, condition(found)) == (entity_set, text)
    # By its primary key, so that pages neither repeat nor lose rows.
    assert found.order_by == (found.select[0],)
    assert len(set(found.select)) == len(found.select)


def test_of_the_actuals_only_unbilled_sales_without_an_invoice_are_asked_for() -> None:
    assert condition(queries.actuals(TENANT, PART[:1])) == (
        "msdyn_transactiontypecode eq 192350005 and (msdyn_billingstatus eq null or"
        " (msdyn_billingstatus ne 192350001 and msdyn_billingstatus ne 192350002"
        f" and msdyn_billingstatus ne 192350003)) and _msdyn_salescontract_value eq {uid(7)}"
    )


def test_one_actual_is_asked_for_with_the_same_columns_whatever_its_status() -> None:
    found = queries.one_actual(TENANT, UUID(int=31))

    assert condition(found) == f"msdyn_actualid eq {uid(31)}"
    assert found.select == queries.actuals(TENANT, PART).select


def test_lines_of_final_invoices_are_asked_for_only_where_they_bill_by_themselves() -> None:
    assert condition(queries.billing_lines(TENANT, PART[:1])) == (
        f"invoiceid/_salesorderid_value eq {uid(7)} and"
        " ((invoiceid/msdyn_projectinvoicestatus ne 192350002"
        " and invoiceid/msdyn_projectinvoicestatus ne 192350003)"
        " or invoiceid/msdyn_projectinvoicestatus eq null"
        " or producttypecode ne 5 or _msdyn_projectcontractretainer_value ne null)"
    )


def test_project_contracts_are_those_of_the_work_based_order_type() -> None:
    assert condition(queries.project_contracts(TENANT)) == "msdyn_ordertype eq 192350001"


def test_connections_are_asked_for_by_the_text_of_their_source() -> None:
    [found] = queries.connections(TENANT, [UUID(int=31)])

    assert condition(found) == (
        "msdyn_transaction1type eq 'msdyn_invoicelinetransaction' and"
        " Microsoft.Dynamics.CRM.In(PropertyName='msdyn_transaction2',"
        f'PropertyValues=["{uid(31)}"])'
    )


def test_details_are_asked_for_by_id_or_by_the_document_that_they_come_from() -> None:
    [by_id] = queries.details(TENANT, [UUID(int=45)])
    [by_document] = queries.details_of_documents(TENANT, [UUID(int=31)])

    assert f'["{uid(45)}"]' in condition(by_id)
    assert "PropertyName='_msdyn_sourcedocument_value'" in condition(by_document)
    assert by_id.select == (
        "msdyn_invoicelinetransactionid",
        "_msdyn_invoice_value",
        "_msdyn_sourcedocument_value",
    )


def test_without_a_column_for_the_document_nothing_is_asked_by_it() -> None:
    assert queries.details_of_documents(PLAIN, [UUID(int=31)]) == ()
    assert queries.details(PLAIN, [UUID(int=45)])[0].select == (
        "msdyn_invoicelinetransactionid",
        "_msdyn_invoice_value",
    )


@pytest.mark.parametrize(
    "query", [queries.details, queries.connections, queries.details_of_documents]
)
@pytest.mark.parametrize(("count", "sizes"), [(0, []), (400, [400]), (401, [400, 1])])
def test_a_list_of_ids_is_cut_where_an_address_would_get_too_long(
    query: Callable[[Tenant, Sequence[UUID]], tuple[Query, ...]], count: int, sizes: list[int]
) -> None:
    found = query(TENANT, [UUID(int=number + 1) for number in range(count)])

    assert IDS_PER_QUERY == 400
    assert [condition(item).count('"') // 2 for item in found] == sizes


def test_columns_that_the_tenant_lacks_are_not_asked_for() -> None:
    assert "msdyn_tax" in queries.actuals(TENANT, PART).select
    assert "msdyn_tax" not in queries.actuals(PLAIN, PART).select
    assert "statecode" not in queries.schedule_rows(PLAIN, PART).select
    assert "_msdyn_projectcontractretainer_value" not in queries.billing_lines(PLAIN, PART).select


@pytest.mark.parametrize(
    ("word", "query"),
    [
        ("contract", queries.contracts),
        ("contract_line", queries.contract_lines),
        ("schedule_row", queries.schedule_rows),
        ("milestone", queries.milestones),
        ("actual", queries.actuals),
        ("retainer", queries.retainers),
    ],
)
def test_a_condition_of_the_mapping_narrows_its_table_as_a_whole(
    word: str, query: Callable[[Tenant, Sequence[ids.ContractId]], Query]
) -> None:
    plain = condition(query(TENANT, PART))

    narrowed = condition(query(under(TENANT, **{word: "a eq 1 or b eq 2"}), PART))

    assert narrowed == f"({plain}) and (a eq 1 or b eq 2)"


def test_the_condition_of_contracts_counts_for_the_list_of_all_of_them() -> None:
    assert condition(queries.project_contracts(under(TENANT, contract="c eq 1"))) == (
        "msdyn_ordertype eq 192350001 and (c eq 1)"
    )
