"""Selection, order, pages, counts, annotations and expanded rows."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.emulator.faults import DataverseFault
from connector.emulator.query.annotations import (
    EVERY_ANNOTATION,
    FORMATTED,
    LOOKUP_NAME,
    NAVIGATION_NAME,
    Annotations,
    read_annotations,
)
from connector.emulator.query.options import parse_options
from connector.emulator.query.run import count_rows, read_row
from connector.emulator.schema.model import Reference
from connector.emulator.storage.principals import USER_ID
from tests.emulator.small_table import (
    ROOT,
    SCHEMA,
    THING,
    add_thing,
    filled_store,
    new_store,
    query,
    thing_id,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from connector.emulator.storage.store import Store


@pytest.fixture(scope="module")
def things() -> Iterator[Store]:
    store = filled_store()
    yield store
    store.close()


def all_pages(store: Store, options: str, page_size: int) -> list[list[int]]:
    """The numbers of the rows of every page, following each next link as it stands."""
    pages = []
    page = query(store, options, page_size=page_size)
    while True:
        pages.append([UUID(str(row["thingid"])).int for row in page.rows])
        if page.next_link is None:
            return pages
        assert page.next_link.startswith(f"{ROOT}things?")
        assert page.next_link.isascii()
        assert " " not in page.next_link
        assert len(pages) < 100, "the pages do not come to an end"
        page = query(store, page.next_link.partition("?")[2], page_size=page_size)


def test_a_row_has_its_etag_its_key_and_what_was_selected(things: Store) -> None:
    (row,) = query(things, "$select=name,number&$filter=number eq 5").rows
    assert set(row) == {"@odata.etag", "thingid", "name", "number"}
    assert str(row["@odata.etag"]).startswith('W/"')


def test_selecting_money_brings_the_currency_along(things: Store) -> None:
    (row,) = query(things, "$select=amount&$filter=number eq 5").rows
    assert row["amount"] == Decimal("10.0001")
    assert row["_transactioncurrencyid_value"] is None


def test_everything_is_returned_with_nulls_when_nothing_is_selected(things: Store) -> None:
    row = query(things, "$filter=thingid eq 00000000-0000-0000-0000-000000000004").rows[0]
    assert set(THING.properties) <= set(row)
    assert row["name"] is None


@pytest.mark.parametrize(
    ("order", "numbers"),
    [
        ("", [1, 2, 3, 4]),
        ("name", [4, 1, 2, 3]),
        ("name desc", [3, 2, 1, 4]),
        ("flag desc,number asc", [1, 2, 3, 4]),
        ("color", [3, 4, 1, 2]),
        ("amount desc", [1, 2, 3, 4]),
        ("quantity", [3, 4, 2, 1]),
        ("_parent_value", [1, 4, 2, 3]),
        ("Parent/number desc", [2, 3, 1, 4]),
    ],
)
def test_rows_come_in_the_order_that_was_asked_for(
    things: Store, order: str, numbers: list[int]
) -> None:
    options = f"$select=name&$orderby={order}" if order else "$select=name"
    assert all_pages(things, options, 10) == [numbers]
    assert all_pages(things, options, 1) == [[number] for number in numbers]


def test_a_customer_sorts_by_the_name_of_account_or_contact() -> None:
    store = new_store()
    with store.transaction() as tx:
        account = tx.insert(SCHEMA.table("account"), {"name": "Beta"})
        contact = tx.insert(SCHEMA.table("contact"), {"fullname": "alpha"})
    add_thing(store, 1, customer=Reference(table="account", id=account))
    add_thing(store, 2, customer=Reference(table="contact", id=contact))
    assert all_pages(store, "$orderby=_customer_value", 1) == [[2], [1]]


VALUES = st.fixed_dictionaries(
    {
        "name": st.one_of(st.none(), st.sampled_from(["a", "B", "b&<\"'", "%25 é", "\x01"])),
        "number": st.one_of(st.none(), st.integers(-2, 2)),
        "amount": st.one_of(st.none(), st.sampled_from([Decimal("0.1"), Decimal(-1)])),
        "quantity": st.one_of(st.none(), st.sampled_from([Decimal("0.1"), Decimal(-1)])),
        "weight": st.one_of(st.none(), st.sampled_from([0.1, -1e300])),
        "flag": st.one_of(st.none(), st.booleans()),
    }
)
ORDERS = st.lists(
    st.tuples(
        st.sampled_from(["name", "number", "amount", "quantity", "weight", "flag"]),
        st.sampled_from(["", " asc", " desc"]),
    ),
    max_size=3,
    unique_by=lambda term: term[0],
)


@settings(max_examples=60, deadline=None)
@given(rows=st.lists(VALUES, max_size=12), order=ORDERS, size=st.integers(1, 5))
def test_pages_of_any_size_give_every_row_once_in_the_order_of_one_page(
    rows: list[dict[str, object]], order: list[tuple[str, str]], size: int
) -> None:
    store = new_store()
    for number, values in enumerate(rows, start=1):
        add_thing(store, number, **values)
    terms = ",".join(f"{name}{direction}" for name, direction in order)
    options = f"$select=thingid&$orderby={terms}" if terms else "$select=thingid"
    whole = all_pages(store, options, 5000)
    pages = all_pages(store, options, size)
    assert [number for page in pages for number in page] == whole[0]
    assert all(len(page) == size for page in pages[:-1])
    store.close()


def test_rows_added_behind_a_page_do_not_move_the_next_one() -> None:
    store = new_store()
    for number in (10, 20, 30, 40):
        add_thing(store, number)
    first = query(store, "$select=name", page_size=2)
    add_thing(store, 5)
    add_thing(store, 25)
    assert first.next_link is not None
    second = query(store, first.next_link.partition("?")[2], page_size=5)
    assert [UUID(str(row["thingid"])).int for row in second.rows] == [25, 30, 40]


def test_the_skiptoken_is_a_cookie_of_the_documented_shape() -> None:
    store = new_store()
    for number in (1, 2):
        add_thing(store, number)
    link = query(store, "$select=name", page_size=1).next_link
    assert link is not None
    token = link.partition("$skiptoken=")[2]
    assert token.startswith("%3Ccookie%20pagenumber=%222%22%20pagingcookie=%22%253ccookie%2520")
    inner = unquote(unquote(unquote(token)))
    assert (
        '<cookie page="1"><thingid last="{00000000-0000-0000-0000-000000000001}" '
        'first="{00000000-0000-0000-0000-000000000001}" /></cookie>' in inner
    )
    assert inner.endswith('istracking="False" />')


@pytest.mark.parametrize("token", ["x", "%3Ccookie%20/%3E", "", "<cookie pagenumber='2'/>"])
def test_a_skiptoken_that_was_altered_is_refused(things: Store, token: str) -> None:
    with pytest.raises(DataverseFault) as caught:
        query(things, f"$skiptoken={token}")
    assert caught.value.status == 400


def test_a_skiptoken_of_another_order_is_refused(things: Store) -> None:
    link = query(things, "$select=name", page_size=1).next_link
    assert link is not None
    with pytest.raises(DataverseFault, match="skiptoken"):
        query(things, f"$orderby=name&$skiptoken={link.partition('$skiptoken=')[2]}")


def test_top_limits_the_rows_whatever_the_page_size(things: Store) -> None:
    page = query(things, "$top=3", page_size=2)
    assert len(page.rows) == 3
    assert page.next_link is None
    assert query(things, "$top=0").rows == []


def test_more_rows_than_a_page_holds_come_in_pages_of_five_thousand() -> None:
    store = new_store()
    with store.transaction() as tx:
        for _ in range(5003):
            tx.insert(THING, {})
    page = query(store, "$select=name&$count=true", page_size=9000)
    assert (len(page.rows), page.count, page.count_exceeded) == (5000, 5000, True)
    assert page.next_link is not None
    assert len(query(store, page.next_link.partition("?")[2]).rows) == 3
    page = query(store, "$select=name&$top=5001")
    assert len(page.rows) == 5000
    assert page.next_link is not None
    assert len(query(store, page.next_link.partition("?")[2]).rows) == 1


def test_rows_are_counted_under_the_filter(things: Store) -> None:
    page = query(things, "$count=true&$top=1&$filter=number ne null")
    assert (page.count, page.count_exceeded, len(page.rows)) == (2, False, 1)
    with things.reading() as tx:
        assert count_rows(tx, SCHEMA, THING, parse_options("$filter=number gt 0")) == 1


def test_annotations_are_added_when_their_name_matches_a_pattern() -> None:
    store = new_store()
    with store.transaction() as tx:
        euro = tx.insert(
            SCHEMA.table("transactioncurrency"),
            {"currencyname": "Yen", "currencysymbol": "¥", "currencyprecision": 0},
        )
        account = tx.insert(SCHEMA.table("account"), {"name": "Adatum"})
    add_thing(
        store,
        1,
        amount=Decimal("-1234567.5"),
        flag=True,
        color=2,
        tags="1,12",
        at=datetime(2020, 10, 5, 13, 7, tzinfo=UTC),
        customer=Reference(table="account", id=account),
        transactioncurrencyid=Reference(table="transactioncurrency", id=euro),
    )
    (row,) = query(store, "", annotations=EVERY_ANNOTATION).rows
    formatted = {name: row.get(f"{name}@{FORMATTED}") for name in row if "@" not in name}
    assert formatted["amount"] == "-¥1,234,568"
    assert formatted["flag"] == "Yes"
    assert formatted["color"] == "Green"
    assert formatted["tags"] == "A; L"
    assert formatted["at"] == "10/5/2020 1:07 PM"
    assert formatted["_customer_value"] == "Adatum"
    assert formatted["name"] is None
    assert row[f"_customer_value@{LOOKUP_NAME}"] == "account"
    assert row[f"_customer_value@{NAVIGATION_NAME}"] == "customer_account"
    (row,) = query(store, "", annotations=read_annotations("Microsoft.Dynamics.CRM.*")).rows
    assert f"_customer_value@{LOOKUP_NAME}" in row
    assert f"amount@{FORMATTED}" not in row
    (row,) = query(store, "").rows
    assert not [name for name in row if "@" in name[1:]]


@pytest.mark.parametrize(
    ("preference", "wanted"),
    [
        ("*", True),
        (f'"{FORMATTED}"', True),
        ("OData.Community.Display.V1.*", True),
        ("Microsoft.Dynamics.CRM.*", False),
        (f"*,-{FORMATTED}", False),
        ("", False),
        (None, False),
    ],
)
def test_patterns_choose_the_annotations(preference: str | None, wanted: bool) -> None:  # noqa: FBT001 - a table of cases
    assert Annotations.parse(preference).wants(FORMATTED) is wanted


def test_a_stored_row_is_shown_alone(things: Store) -> None:
    with things.reading() as tx:
        row = tx.get(THING, thing_id(2))
        assert row is not None
        options = parse_options("$select=name&$expand=Parent($select=name),children($select=name)")
        shown = read_row(tx, THING, row.id, options)
    assert shown is not None
    assert shown["@odata.etag"] == row.etag
    assert shown["Parent"] == {
        "@odata.etag": shown["Parent"]["@odata.etag"],  # type: ignore[index]
        "name": "Adatum Corp",
        "thingid": str(thing_id(1)),
    }
    children: Any = shown["children"]
    assert [child["name"] for child in children] == ["Über_straße"]


def test_expanded_children_obey_their_own_options_and_carry_their_link(things: Store) -> None:
    options = "$select=name&$filter=number eq 5&$expand=children($select=name;$filter=number lt 0)"
    (row,) = query(things, options).rows
    children: Any = row["children"]
    (child,) = children
    assert child["name"] == "O'Brian 100%"
    assert child["_parent_value"] == str(thing_id(1))
    assert row["children@odata.nextLink"] == (
        f"{ROOT}things({thing_id(1)})/children?$select=name&$filter=number%20lt%200"
    )


def test_a_lookup_that_is_null_or_of_another_table_expands_to_null() -> None:
    store = new_store()
    with store.transaction() as tx:
        contact = tx.insert(SCHEMA.table("contact"), {"lastname": "Doe"})
    add_thing(store, 1, customer=Reference(table="contact", id=contact))
    expand = "Parent,customer_account($select=name),customer_contact($select=lastname)"
    options = f"$select=name&$expand={expand}"
    (row,) = query(store, options).rows
    assert row["Parent"] is None
    assert row["customer_account"] is None
    assert row["customer_contact"]["lastname"] == "Doe"  # type: ignore[index]


def test_a_reference_alone_is_expanded_as_an_address(things: Store) -> None:
    rows = query(things, "$select=name&$expand=Parent/$ref&$filter=number eq -7").rows
    assert rows[0]["Parent"] == {"@odata.id": f"{ROOT}things({thing_id(1)})"}


def test_the_owner_expands_to_a_principal_that_shows_its_id_alone() -> None:
    store = new_store()
    with store.transaction() as tx:
        tx.insert(SCHEMA.table("account"), {"name": "A"})

    (row,) = query(store, "$select=name&$expand=ownerid", entity_set="accounts").rows
    assert row["ownerid"] == {"ownerid": str(USER_ID)}
    with pytest.raises(DataverseFault) as refused:
        query(store, "$expand=ownerid($select=fullname)", entity_set="accounts")
    assert refused.value.status == 400
    assert "'fullname' on type 'Microsoft.Dynamics.CRM.principal'" in refused.value.message


def test_the_owning_user_team_and_unit_expand_to_their_rows() -> None:
    store = new_store()
    with store.transaction() as tx:
        team = tx.insert(SCHEMA.table("team"), {"name": "Billing"})
        owner = Reference(table="team", id=team)
        tx.insert(SCHEMA.table("account"), {"name": "by a team", "ownerid": owner})
        tx.insert(SCHEMA.table("account"), {"name": "by a user"})
    expand = "owninguser($select=fullname),owningteam($select=name),owningbusinessunit"

    rows = query(store, f"$expand={expand}&$orderby=name", entity_set="accounts").rows
    shown = [(row["owninguser"], row["owningteam"]) for row in rows]
    assert shown[0][0] is None
    assert shown[0][1]["name"] == "Billing"  # type: ignore[index]
    assert shown[1][0]["fullname"] == "Emulator User"  # type: ignore[index]
    assert shown[1][1] is None
    for row in rows:
        assert row["owningbusinessunit"]["name"] == "Emulated organization"  # type: ignore[index]


def test_rows_are_found_and_ordered_by_their_owner() -> None:
    store = new_store()
    with store.transaction() as tx:
        team = tx.insert(SCHEMA.table("team"), {"name": "Billing"})
        owner = Reference(table="team", id=team)
        tx.insert(SCHEMA.table("account"), {"name": "by a team", "ownerid": owner})
        tx.insert(SCHEMA.table("account"), {"name": "by a user"})

    by_owner = query(store, "$orderby=_ownerid_value desc", entity_set="accounts").rows
    found = query(store, f"$filter=ownerid/ownerid eq {team}", entity_set="accounts").rows
    assert [row["name"] for row in by_owner] == ["by a user", "by a team"]
    assert [row["name"] for row in found] == ["by a team"]
    for wrong in ("ownerid/fullname eq 'x'", "ownerid/businessunitid/name eq 'x'"):
        with pytest.raises(DataverseFault) as refused:
            query(store, f"$filter={wrong}", entity_set="accounts")
        assert refused.value.status == 400


def family() -> Store:
    store = new_store()
    add_thing(store, 1)
    add_thing(store, 2)
    for number in range(11, 16):
        add_thing(store, number, number=number, parent=Reference(table="thing", id=thing_id(1)))
    add_thing(store, 21, number=21, parent=Reference(table="thing", id=thing_id(2)))
    add_thing(store, 111, number=111, parent=Reference(table="thing", id=thing_id(11)))
    return store


def children(row: dict[str, object]) -> list[object]:
    return [child["number"] for child in row["children"]]  # type: ignore[attr-defined]


def test_top_and_order_of_children_hold_for_each_parent() -> None:
    options = "$filter=number eq null&$expand=children($select=number;$orderby=number desc;$top=2)"
    rows = query(family(), options).rows
    assert [children(row) for row in rows] == [[15, 14], [21]]


def test_children_of_a_single_level_are_not_paged_and_their_link_starts_anew() -> None:
    page = query(family(), "$filter=number eq null&$expand=children($select=number)", page_size=2)
    assert children(page.rows[0]) == [11, 12, 13, 14, 15]
    assert "$skiptoken" not in str(page.rows[0]["children@odata.nextLink"])


def test_children_are_paged_with_a_skiptoken_when_anything_is_nested() -> None:
    expand = "$expand=children($select=number;$expand=children($select=number))"
    page = query(family(), f"$filter=number eq null&{expand}", page_size=3)
    first, second = page.rows
    assert children(first) == [11, 12, 13]
    assert children(first["children"][0]) == [111]  # type: ignore[index]
    link = str(first["children@odata.nextLink"])
    assert link.startswith(f"{ROOT}things({thing_id(1)})/children?$select=number&$expand=")
    following = query(family(), link.partition("?")[2] + f"&$filter=_parent_value eq {thing_id(1)}")
    assert [row["number"] for row in following.rows][:2] == [14, 15]
    assert "children@odata.nextLink" not in second


ONLY = "Only $select and $filter clause"


@pytest.mark.parametrize(
    ("expand", "status", "said"),
    [
        ("children($expand=children($top=1))", 400, ONLY),
        ("children($expand=children($orderby=name))", 400, ONLY),
        ("children($orderby=name;$expand=Parent)", 400, ONLY),
        ("Parent($top=1)", 400, ONLY),
        ("Parent($orderby=name)", 400, ONLY),
        ("children/$ref", 400, "only supported on lookup"),
        ("nosuch", 400, "property named 'nosuch'"),
        ("children($select=nosuch)", 400, "property named 'nosuch'"),
        ("children($filter=nosuch eq 1)", 400, "property named 'nosuch'"),
        ("Parent($select=nosuch)", 400, "property named 'nosuch'"),
        ("Parent($expand=nosuch)", 400, "property named 'nosuch'"),
        ("children($skip=1)", 501, "'$skip'"),
        ("children($count=true)", 501, "'$count'"),
        ("children($levels=2)", 501, "'$levels'"),
        (",".join(["Parent"] * 16), 400, "must not exceed 15"),
        ("children(", 400, "Syntax error"),
        ("children($select)", 400, "Syntax error"),
    ],
)
def test_what_expand_does_not_take_is_refused(
    things: Store, expand: str, status: int, said: str
) -> None:
    with pytest.raises(DataverseFault) as caught:
        query(things, f"$filter=number eq 99&$expand={expand}")
    assert caught.value.status == status
    assert said in caught.value.message


@pytest.mark.parametrize(
    ("options", "status", "said"),
    [
        ("$skip=1", 501, "'$skip'"),
        ("$search=x", 501, "'$search'"),
        ("$format=json", 501, "'$format'"),
        ("$Select=name", 501, "'$Select'"),
        ("savedQuery=1", 400, "'1' is no id of a savedquery"),
        ("sql=select", 501, "'sql'"),
        ("$select=nosuch", 400, "nosuch"),
        ("$select=name,", 400, "empty name"),
        ("$select=Parent", 501, "'Parent'"),
        ("$orderby=name up", 400, "$orderby"),
        ("$top=-1", 400, "$top"),
        ("$top=x", 400, "$top"),
        ("$count=yes", 400, "$count"),
        ("$select=name&$select=number", 400, "more than once"),
        ("$filter=%ff", 400, "UTF-8"),
    ],
)
def test_options_that_cannot_be_met_are_refused_by_name(
    things: Store, options: str, status: int, said: str
) -> None:
    with pytest.raises(DataverseFault) as caught:
        query(things, options)
    assert caught.value.status == status
    assert said in caught.value.message


def test_tags_and_partitions_are_ignored(things: Store) -> None:
    assert len(query(things, "tag=migration&partitionId=5&$top=1").rows) == 1
