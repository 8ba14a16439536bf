"""FetchXML: joins, conditions, aggregates and pages."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote
from xml.sax.saxutils import quoteattr

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.emulator.faults import DataverseFault
from connector.emulator.query.annotations import EVERY_ANNOTATION, FORMATTED, LOOKUP_NAME
from connector.emulator.schema.model import Reference
from tests.emulator.small_table import add_thing, new_store, query, thing_id

if TYPE_CHECKING:
    from collections.abc import Iterator

    from connector.emulator.query.run import Page
    from connector.emulator.storage.store import Store


@pytest.fixture(scope="module")
def things() -> Iterator[Store]:
    store = new_store()
    parent = Reference(table="thing", id=thing_id(1))
    moment = datetime(2020, 10, 14, 8, tzinfo=UTC)
    add_thing(store, 1, name="Root", number=5, color=1, amount=Decimal("0.10"), at=moment)
    add_thing(store, 2, name="b one", number=1, color=2, amount=Decimal("0.20"), parent=parent)
    add_thing(store, 3, name="B two", number=2, color=1, parent=parent)
    add_thing(store, 4, name="lone", color=2)
    yield store
    store.close()


def fetch(store: Store, inner: str, head: str = "", **options: object) -> Page:
    xml = f'<fetch {head}><entity name="thing">{inner}</entity></fetch>'
    return query(store, f"fetchXml={quote(xml)}", **options)  # type: ignore[arg-type]


def names(store: Store, inner: str, head: str = "") -> list[object]:
    page = fetch(store, f'<attribute name="name"/>{inner}', head)
    return [row.get("name") for row in page.rows]


def test_nulls_are_left_out_and_the_key_is_always_there(things: Store) -> None:
    (row,) = fetch(
        things,
        '<attribute name="number"/><attribute name="name"/>'
        '<filter><condition attribute="name" operator="eq" value="LONE"/></filter>',
    ).rows
    assert set(row) == {"@odata.etag", "name", "thingid"}


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        ('attribute="number" operator="eq" value="5"', ["Root"]),
        ('attribute="number" operator="ne" value="5"', ["b one", "B two", "lone"]),
        ('attribute="number" operator="ge" value="2"', ["Root", "B two"]),
        ('attribute="number" operator="null"', ["lone"]),
        ('attribute="number" operator="not-null"', ["Root", "b one", "B two"]),
        ('attribute="amount" operator="lt" value="0.15"', ["Root"]),
        ('attribute="name" operator="like" value="b%o%"', ["b one", "B two"]),
        ('attribute="name" operator="not-like" value="b%"', ["Root", "lone"]),
        ('attribute="name" operator="begins-with" value="B"', ["b one", "B two"]),
        ('attribute="name" operator="not-end-with" value="one"', ["Root", "B two"]),
        ('attribute="at" operator="today"', ["Root"]),
        ('attribute="at" operator="last-x-days" value="1"', ["Root"]),
        ('attribute="at" operator="on" value="2020-10-14"', ["Root"]),
        ('attribute="at" operator="olderthan-x-hours" value="8"', []),
        (f'attribute="parent" operator="eq" value="{thing_id(1)}"', ["b one", "B two"]),
    ],
)
def test_conditions_choose_the_rows(things: Store, condition: str, found: list[str]) -> None:
    assert names(things, f"<filter><condition {condition}/></filter>") == found


def test_conditions_with_lists_and_filters_in_filters(things: Store) -> None:
    listed = (
        '<condition attribute="number" operator="in"><value>1</value><value>5</value></condition>'
    )
    assert names(things, f"<filter>{listed}</filter>") == ["Root", "b one"]
    color = '<condition attribute="color" operator="eq" value="2"/>'
    inner = f'<filter type="and">{listed}{color}</filter>'
    other = '<condition attribute="name" operator="eq" value="lone"/>'
    assert names(things, f'<filter type="or">{inner}{other}</filter>') == ["b one", "lone"]


def test_inner_links_join_and_outer_links_keep_rows_without_partner(things: Store) -> None:
    link = '<link-entity name="thing" from="thingid" to="parent" alias="p" {}>{}</link-entity>'
    outer = 'link-type="outer"'
    column = '<attribute name="name"/><attribute name="number" alias="parentnumber"/>'
    rows = fetch(things, '<attribute name="name"/>' + link.format("", column)).rows
    assert [(row["name"], row["p.name"], row["parentnumber"]) for row in rows] == [
        ("b one", "Root", 5),
        ("B two", "Root", 5),
    ]
    rows = fetch(things, '<attribute name="name"/>' + link.format(outer, column)).rows
    assert [row.get("p.name") for row in rows] == [None, "Root", "Root", None]
    condition = '<filter><condition attribute="number" operator="gt" value="9"/></filter>'
    assert names(things, link.format("", condition)) == []
    assert len(names(things, link.format(outer, condition))) == 4


def test_a_root_filter_may_name_a_link(things: Store) -> None:
    link = '<link-entity name="thing" from="thingid" to="parent" alias="p" link-type="outer"/>'
    condition = '<condition entityname="p" attribute="thingid" operator="null"/>'
    assert names(things, f"{link}<filter>{condition}</filter>") == ["Root", "lone"]


#: The one row with children is Root; of them only "B two" has the number 2.
CHILDREN = '<link-entity name="thing" from="parent" to="thingid" {}>{}</link-entity>'
TWO = '<filter><condition attribute="number" operator="eq" value="2"/></filter>'
NINE = '<filter><condition attribute="number" operator="eq" value="9"/></filter>'
OTHERS = ["b one", "B two", "lone"]


@pytest.mark.parametrize("kind", ["exists", "in"])
@pytest.mark.parametrize(("inner", "found"), [("", ["Root"]), (TWO, ["Root"]), (NINE, [])])
def test_a_link_that_only_filters_brings_each_row_once(
    things: Store, kind: str, inner: str, found: list[str]
) -> None:
    link = CHILDREN.format(f'link-type="{kind}"', inner)
    rows = fetch(things, f'<attribute name="name"/>{link}').rows
    assert [row["name"] for row in rows] == found
    assert all(not name.startswith("thing1.") for row in rows for name in row)


@pytest.mark.parametrize(
    ("kind", "inner", "found"),
    [
        ("any", "", ["Root"]),
        ("any", TWO, ["Root"]),
        ("any", NINE, []),
        ("not any", "", OTHERS),
        ("not any", TWO, OTHERS),
        ("not any", NINE, ["Root", *OTHERS]),
        ("all", TWO, []),
        ("all", NINE, ["Root"]),
        ("not all", TWO, ["Root"]),
        ("not all", NINE, []),
    ],
)
def test_a_link_within_a_filter_asks_about_related_rows(
    things: Store, kind: str, inner: str, found: list[str]
) -> None:
    link = CHILDREN.format(f'link-type="{kind}"', inner)
    assert names(things, f"<filter>{link}</filter>") == found


def test_a_link_within_a_filter_is_one_condition_among_others(things: Store) -> None:
    children = CHILDREN.format('link-type="any"', TWO)
    lone = '<condition attribute="name" operator="eq" value="lone"/>'
    assert names(things, f'<filter type="or">{children}{lone}</filter>') == ["Root", "lone"]
    assert names(things, f'<filter type="and">{children}{lone}</filter>') == []


def test_links_that_filter_nest(things: Store) -> None:
    parent = '<link-entity name="thing" from="thingid" to="parent" link-type="{}">{}</link-entity>'
    root = '<filter><condition attribute="name" operator="eq" value="Root"/></filter>'
    for kind in ("inner", "exists"):
        nested = CHILDREN.format('link-type="exists"', TWO + parent.format(kind, root))
        assert names(things, nested) == ["Root"]
    assert names(things, parent.format("inner", CHILDREN.format('link-type="in"', TWO))) == [
        "b one",
        "B two",
    ]


@pytest.mark.parametrize(
    ("operator", "found"),
    [
        ("eq", []),
        ("ne", ["Root", "b one", "B two", "lone"]),
        ("gt", ["Root", "B two"]),
        ("le", ["b one"]),
    ],
)
def test_a_column_stands_in_the_place_of_a_value(
    things: Store, operator: str, found: list[str]
) -> None:
    condition = f'<condition attribute="number" operator="{operator}" valueof="color"/>'
    assert names(things, f"<filter>{condition}</filter>") == found


def test_a_column_of_a_link_stands_in_the_place_of_a_value(things: Store) -> None:
    link = '<link-entity name="thing" from="thingid" to="parent" alias="p"/>'
    condition = '<condition attribute="number" operator="lt" valueof="p.number"/>'
    assert names(things, f"{link}<filter>{condition}</filter>") == ["b one", "B two"]
    other = '<condition attribute="number" operator="gt" valueof="p.number"/>'
    assert names(things, f"{link}<filter>{other}</filter>") == []


def test_choices_sort_by_their_label_and_others_by_value(things: Store) -> None:
    assert names(things, '<order attribute="color"/>') == ["b one", "lone", "Root", "B two"]
    assert names(things, '<order attribute="name" descending="true"/>') == [
        "Root",
        "lone",
        "B two",
        "b one",
    ]


def test_rows_carry_annotations_on_request(things: Store) -> None:
    inner = '<attribute name="color"/><attribute name="parent"/><order attribute="name"/>'
    row = fetch(things, inner, annotations=EVERY_ANNOTATION).rows[0]
    assert row[f"color@{FORMATTED}"] == "Green"
    assert row[f"_parent_value@{FORMATTED}"] == "Root"
    assert row[f"_parent_value@{LOOKUP_NAME}"] == "thing"


def test_distinct_rows_and_top(things: Store) -> None:
    page = fetch(things, '<attribute name="color"/><order attribute="color"/>', 'distinct="true"')
    assert page.rows == [{"color": 2}, {"color": 1}]
    assert names(things, "", 'top="2"') == ["Root", "b one"]


@pytest.mark.parametrize(
    ("inner", "rows"),
    [
        ('<attribute name="amount" alias="s" aggregate="sum"/>', [{"s": Decimal("0.3000")}]),
        ('<attribute name="amount" alias="a" aggregate="avg"/>', [{"a": Decimal("0.15")}]),
        ('<attribute name="number" alias="n" aggregate="countcolumn"/>', [{"n": 3}]),
        (
            '<attribute name="color" alias="n" aggregate="countcolumn" distinct="true"/>',
            [{"n": 2}],
        ),
        ('<attribute name="at" alias="m" aggregate="max"/>', [{"m": "2020-10-14T08:00:00Z"}]),
        (
            (
                '<attribute name="color" alias="c" groupby="true"/>'
                '<attribute name="thingid" alias="n" aggregate="count"/>'
                '<order alias="c" descending="true"/>'
            ),
            [{"c": 2, "n": 2}, {"c": 1, "n": 2}],
        ),
    ],
)
def test_aggregates_are_computed_for_each_group(
    things: Store, inner: str, rows: list[dict[str, object]]
) -> None:
    assert fetch(things, inner, 'aggregate="true"').rows == rows


def follow(store: Store, inner: str, count: int, *, with_cookie: bool) -> list[list[object]]:
    """The names on every page, by the cookie as the documentation says or by number alone."""
    pages: list[list[object]] = []
    head = f'count="{count}" page="1"'
    while True:
        page = fetch(store, f'<attribute name="name"/>{inner}', head)
        pages.append([row.get("name") for row in page.rows])
        assert len(pages) < 50
        if not page.more_records:
            return pages
        head = f'count="{count}" page="{len(pages) + 1}"'
        if with_cookie:
            assert page.paging_cookie is not None
            nested = page.paging_cookie.partition('pagingcookie="')[2].partition('"')[0]
            head += f" paging-cookie={quoteattr(unquote(unquote(nested)))}"


@pytest.mark.parametrize("with_cookie", [True, False])
@pytest.mark.parametrize(
    "inner",
    [
        "",
        '<order attribute="name"/>',
        '<order attribute="color" descending="true"/><order attribute="number"/>',
        '<link-entity name="thing" from="parent" to="thingid" alias="c" link-type="outer"/>',
    ],
)
def test_pages_follow_each_other(things: Store, inner: str, with_cookie: bool) -> None:  # noqa: FBT001 - a table of cases
    whole = follow(things, inner, 100, with_cookie=with_cookie)[0]
    pages = follow(things, inner, 2, with_cookie=with_cookie)
    assert [name for page in pages for name in page] == whole
    assert [len(page) for page in pages][:2] == [2, 2]


def test_a_total_is_counted_on_request(things: Store) -> None:
    page = fetch(things, '<attribute name="name"/>', 'count="1" returntotalrecordcount="true"')
    assert (page.count, page.more_records) == (4, True)


@pytest.mark.parametrize(
    ("xml", "status", "said"),
    [
        ("<fetch>", 400, "Invalid XML"),
        ("", 400, "Invalid XML"),
        ("<query/>", 400, "not fetch"),
        ("<fetch/>", 400, "one entity"),
        ('<fetch><entity name="account"/></fetch>', 400, "not that of the address"),
        ('<fetch><entity name="thing"><attribute name="no"/></entity></fetch>', 400, "'no'"),
        ('<fetch><entity name="thing"><wrong/></entity></fetch>', 501, "'wrong'"),
        ('<fetch datasource="retained"><entity name="thing"/></fetch>', 501, "datasource"),
        ('<!DOCTYPE x [<!ENTITY y "z">]><fetch/>', 400, "Invalid XML"),
        ('<fetch count="-1"><entity name="thing"/></fetch>', 400, "'count'"),
        (
            (
                '<fetch><entity name="thing"><filter><condition attribute="number" '
                'operator="under" value="1"/></filter></entity></fetch>'
            ),
            501,
            "Under",
        ),
        (
            (
                '<fetch><entity name="thing"><link-entity name="thing" from="thingid" to="parent" '
                'link-type="any"/></entity></fetch>'
            ),
            400,
            "A link of the type 'any' stands within filters.",
        ),
        (
            (
                '<fetch><entity name="thing"><filter><link-entity name="thing" from="thingid" '
                'to="parent" link-type="exists"/></filter></entity></fetch>'
            ),
            400,
            "A link of the type 'exists' stands outside of filters.",
        ),
        (
            (
                '<fetch><entity name="thing"><link-entity name="thing" from="thingid" to="parent" '
                'link-type="matchfirstrowusingcrossapply"/></entity></fetch>'
            ),
            501,
            "'matchfirstrowusingcrossapply'",
        ),
        (
            (
                '<fetch><entity name="thing"><link-entity name="thing" from="parent" to="thingid" '
                'link-type="exists"><attribute name="name"/></link-entity></entity></fetch>'
            ),
            501,
            "columns and orders of a FetchXML link of the type 'exists'",
        ),
        (
            (
                '<fetch><entity name="thing"><filter><condition attribute="name" '
                'operator="like" valueof="note"/></filter></entity></fetch>'
            ),
            501,
            "valueof with the operator 'like'",
        ),
        (
            '<fetch paging-cookie="x" page="2"><entity name="thing"/></fetch>',
            400,
            "skiptoken",
        ),
        (
            (
                '<fetch aggregate="true"><entity name="thing"><attribute name="name"/></entity>'
                "</fetch>"
            ),
            400,
            "alias",
        ),
    ],
)
def test_what_cannot_be_answered_is_refused(
    things: Store, xml: str, status: int, said: str
) -> None:
    with pytest.raises(DataverseFault) as caught:
        query(things, f"fetchXml={quote(xml)}")
    assert caught.value.status == status
    assert said in caught.value.message


PIECES = st.sampled_from(
    [
        *("<filter>", "</filter>", '<filter type="or">', '<order attribute="color"/>'),
        *('<attribute name="name"/>', "<all-attributes/>", '<attribute name="x" alias="y"/>'),
        '<condition attribute="number" operator="in"><value>1</value></condition>',
        '<condition attribute="number" operator="between" value="1"/>',
        '<condition attribute="at" operator="last-x-days" value="a"/>',
        '<condition attribute="name" operator="like" value="[%"/>',
        '<link-entity name="thing" from="thingid" to="parent">',
        "</link-entity>",
        '<link-entity name="account" from="accountid" to="customer" alias="a"/>',
        *("&lt;", "x", "\x00", "<!--c-->"),
    ]
)


@settings(max_examples=200, deadline=None)
@given(
    inner=st.lists(PIECES, max_size=6).map("".join),
    head=st.sampled_from(["", 'aggregate="true"', 'distinct="true"', 'page="3"', 'top="1"']),
)
def test_no_document_makes_a_query_fail_other_than_by_a_fault(
    things: Store, inner: str, head: str
) -> None:
    status = 200
    try:
        fetch(things, inner, head)
    except DataverseFault as fault:
        status = fault.status
    assert status in (200, 400, 501)
