"""From rights to the tenant's privileges: shared ones, child tables, kinds of ownership."""

from __future__ import annotations

from uuid import UUID

from connector.dataverse.privileges import Depth, Right, TablePrivilege
from connector.projectops.needed_privileges import NeededPrivilege, Purpose
from connector.projectops.role import role_of


def need(
    table: str, right: Right, depth: Depth = Depth.BASIC, purpose: Purpose = Purpose.DRAFT
) -> NeededPrivilege:
    return NeededPrivilege(table=table, right=right, depth=depth, purposes=(purpose,))


def offered(number: int, name: str, right: Right, least: Depth = Depth.BASIC) -> TablePrivilege:
    return TablePrivilege(id=UUID(int=number), name=name, right=right, least=least)


CREATE_INVOICE = offered(1, "prvCreateInvoice", Right.CREATE)


def test_a_child_table_takes_the_privileges_of_its_parent() -> None:
    needs = (need("invoice", Right.CREATE), need("invoicedetail", Right.CREATE, Depth.GLOBAL))

    (privilege,) = role_of(needs, {"invoice": (CREATE_INVOICE,), "invoicedetail": ()})

    assert privilege.tables == ("invoice", "invoicedetail")
    assert (privilege.name, privilege.depth) == ("prvCreateInvoice", Depth.GLOBAL)


def test_a_child_table_with_privileges_of_its_own_keeps_them() -> None:
    own = offered(2, "prvCreateInvoiceDetail", Right.CREATE)

    (privilege,) = role_of(
        (need("invoicedetail", Right.CREATE),),
        {"invoice": (CREATE_INVOICE,), "invoicedetail": (own,)},
    )

    assert privilege.name == "prvCreateInvoiceDetail"


def test_a_privilege_of_several_tables_is_listed_once_and_the_list_is_sorted() -> None:
    product = offered(3, "prvAppendToProduct", Right.APPEND_TO)
    needs = (
        need("account", Right.READ, Depth.GLOBAL, Purpose.UNDO),
        need("pricelevel", Right.APPEND_TO),
        need("product", Right.APPEND_TO, purpose=Purpose.UNDO),
    )
    account = offered(4, "prvReadAccount", Right.READ)

    role = role_of(needs, {"account": (account,), "pricelevel": (product,), "product": (product,)})

    assert [(p.name, p.tables) for p in role] == [
        ("prvAppendToProduct", ("pricelevel", "product")),
        ("prvReadAccount", ("account",)),
    ]
    assert role[0].purposes == (Purpose.DRAFT, Purpose.UNDO)
    assert [p.is_for_runs for p in role] == [True, False]


def test_a_depth_that_the_table_cannot_have_is_raised_to_its_least() -> None:
    currency = offered(5, "prvReadTransactionCurrency", Right.READ, Depth.GLOBAL)

    (privilege,) = role_of(
        (need("transactioncurrency", Right.READ),), {"transactioncurrency": (currency,)}
    )

    assert privilege.depth is Depth.GLOBAL


def test_a_right_that_a_kind_of_table_does_not_have_needs_nothing() -> None:
    assert role_of((need("invoice", Right.ASSIGN),), {"invoice": (CREATE_INVOICE,)}) == ()
    assert role_of((need("absent", Right.READ),), {"invoice": (CREATE_INVOICE,)}) == ()
