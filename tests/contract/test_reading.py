"""Reading from the emulator: exact values, all pages, and filters that mean what they say."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING
from uuid import UUID

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connector.dataverse.errors import BadRequest, DataverseError, NotFound, PagingError
from connector.dataverse.query import (
    Expand,
    Filter,
    Query,
    all_of,
    any_of,
    contains,
    field,
    in_list,
)
from connector.dataverse.values import read_integer
from connector.emulator import Emulator, FaultKind, ScriptedFault

if TYPE_CHECKING:
    from connector.dataverse.client import DataverseClient, Page


def account_id(number: int) -> UUID:
    return UUID(f"a0000000-0000-4000-8000-{number:012d}")


def accounts(*names: str) -> dict[str, list[dict[str, object]]]:
    return {
        "accounts": [
            {"accountid": str(account_id(number)), "name": name}
            for number, name in enumerate(names, start=1)
        ]
    }


def names(client: DataverseClient, condition: Filter) -> set[object]:
    query = Query(entity_set="accounts", select=("name",), filter=condition)
    return {row["name"] for row in client.read(query)}


def test_who_am_i_is_answered(client: DataverseClient) -> None:
    assert client.who_am_i().organization_id != client.who_am_i().user_id


def test_every_page_is_read_and_every_row_once(emulator: Emulator, client: DataverseClient) -> None:
    emulator.seed(accounts(*(f"A{number:04}" for number in range(257))))
    query = Query(entity_set="accounts", select=("name",), order_by=("name", "accountid"))

    rows = [row["name"] for row in client.read(query, page_size=20)]

    assert rows == [f"A{number:04}" for number in range(257)]
    assert client.statistics.get == 13


def test_a_page_that_breaks_raises_after_the_rows_before_it(
    emulator: Emulator, client: DataverseClient
) -> None:
    emulator.seed(accounts(*map(str, range(50))))
    fault = ScriptedFault(kind=FaultKind.GARBLED, path="skiptoken", times=9)
    emulator.plan(fault)
    rows = client.read(Query(entity_set="accounts"), page_size=20)

    with pytest.raises(PagingError) as raised:
        list(rows)
    emulator.faults.clear()

    assert "skiptoken" in raised.value.continuation


@pytest.mark.parametrize("kind", [FaultKind.DROP_AFTER, FaultKind.HALF_BODY, FaultKind.GARBLED])
def test_a_page_that_breaks_once_is_read_again(
    kind: FaultKind, emulator: Emulator, client: DataverseClient
) -> None:
    emulator.seed(accounts(*map(str, range(50))))
    emulator.plan(ScriptedFault(kind=kind, path="skiptoken"))

    assert len(list(client.read(Query(entity_set="accounts"), page_size=20))) == 50


def test_a_missing_row_is_none_and_a_missing_table_raises(client: DataverseClient) -> None:
    assert client.get("accounts", account_id(1)) is None
    with pytest.raises(NotFound):
        client.get("acounts", account_id(1))


def test_a_column_that_does_not_exist_raises_the_servers_words(client: DataverseClient) -> None:
    with pytest.raises(BadRequest, match="nosuchcolumn"):
        client.read_all(Query(entity_set="accounts", filter=field("nosuchcolumn").eq(1)))


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (field("name").eq("O'Brian & Co #1"), {"O'Brian & Co #1"}),
        (field("name").ne("50% off"), {"O'Brian & Co #1", "500 off", "a+b/c?d"}),
        (contains("name", "0%"), {"50% off"}),
        (contains("name", "+b/c?"), {"a+b/c?d"}),
        (field("name").startswith("50"), {"50% off", "500 off"}),
        (field("name").endswith("OFF"), {"50% off", "500 off"}),
        (in_list("name", ["O'Brian & Co #1", "a+b/c?d"]), {"O'Brian & Co #1", "a+b/c?d"}),
        (in_list("accountid", [account_id(2)]), {"50% off"}),
        (
            all_of(
                any_of(field("name").eq("50% off"), field("name").eq("500 off")),
                field("accountid").ne(account_id(2)),
            ),
            {"500 off"},
        ),
    ],
)
def test_a_filter_finds_what_it_says(
    condition: Filter, expected: set[str], emulator: Emulator, client: DataverseClient
) -> None:
    emulator.seed(accounts("O'Brian & Co #1", "50% off", "500 off", "a+b/c?d"))

    assert names(client, condition) == expected


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=40))
def test_any_text_finds_itself(name: str, emulator: Emulator, client: DataverseClient) -> None:
    emulator.reset()
    emulator.seed(accounts(name))

    assert names(client, in_list("name", [name])) == {name}
    assert names(client, contains("name", name)) == {name}


def test_a_filter_too_long_for_an_address_is_answered_all_the_same(
    emulator: Emulator, client: DataverseClient
) -> None:
    emulator.seed(accounts(*map(str, range(60))))
    wanted = [account_id(number) for number in range(1, 500)]
    query = Query(entity_set="accounts", filter=in_list("accountid", wanted))

    assert len(list(client.read(query, page_size=25))) == 60
    assert client.statistics.get == 0
    assert client.statistics.batch == 3


def test_several_reads_share_one_batch_and_are_paged_on(
    emulator: Emulator, client: DataverseClient
) -> None:
    emulator.seed(accounts("a", "b"))

    all_accounts, none = client.read_many(
        [
            Query(entity_set="accounts", select=("name",), order_by=("name",)),
            Query(entity_set="contacts", select=("contactid",)),
        ]
    )

    assert [row["name"] for row in all_accounts] == ["a", "b"]
    assert none == ()
    assert client.statistics.batch == 1


class Account(msgspec.Struct):
    name: str
    creditlimit: Decimal | None


class Accounts(msgspec.Struct):
    value: list[Account]


def test_pages_read_by_a_typed_decoder_are_the_rows_that_were_seeded(
    emulator: Emulator, client: DataverseClient
) -> None:
    amounts = ["0.0001", "99999999999.9999", "7"]
    rows = accounts(*(f"A{number}" for number in range(len(amounts))))["accounts"]
    emulator.seed({"accounts": rows})
    for number, amount in enumerate(amounts, start=1):
        client.update("accounts", account_id(number), {"creditlimit": Decimal(amount)})
    query = Query(
        entity_set="accounts", select=("name", "creditlimit"), order_by=("name", "accountid")
    )

    pages = list(client.pages(query, page_size=2))

    decoder = msgspec.json.Decoder(Accounts)
    found = [account for page in pages for account in decoder.decode(page.body).value]
    assert [page.rows for page in pages] == [2, 1]
    assert [account.name for account in found] == ["A0", "A1", "A2"]
    assert [account.creditlimit for account in found] == list(map(Decimal, amounts))


def names_of(page: Page) -> list[str]:
    """The names of a page's rows."""
    return [account.name for account in msgspec.json.decode(page.body, type=Names).value]


class Name(msgspec.Struct):
    name: str


class Names(msgspec.Struct):
    value: list[Name]


def test_pages_of_many_queries_come_from_few_batches(
    emulator: Emulator, client: DataverseClient
) -> None:
    emulator.seed(accounts(*(f"A{number:03}" for number in range(120))))
    queries = [
        Query(entity_set="accounts", select=("name",), filter=field("name").startswith(f"A{head}"))
        for head in ("00", "01", "1", "9")
    ] * 30

    pages = list(client.pages_many(queries, page_size=15))

    names = [
        name for page in pages if page.query in {116, 117, 118, 119} for name in names_of(page)
    ]
    assert names == [f"A{number:03}" for number in (*range(20), *range(100, 120))]
    assert [page.query for page in pages] == sorted(page.query for page in pages)
    assert (client.statistics.batch, client.statistics.get) == (3, 30)


@pytest.mark.parametrize("kind", [FaultKind.DROP_AFTER, FaultKind.HALF_BODY, FaultKind.GARBLED])
@pytest.mark.parametrize("path", ["batch", "skiptoken"])
def test_pages_that_break_once_are_read_again(
    path: str, kind: FaultKind, emulator: Emulator, client: DataverseClient
) -> None:
    emulator.seed(accounts(*(f"A{number:03}" for number in range(50))))
    emulator.plan(ScriptedFault(kind=kind, path=path))
    query = Query(entity_set="accounts", select=("name",))

    pages = list(client.pages_many([query, query], page_size=20))

    assert [page.rows for page in pages] == [20, 20, 10] * 2


@pytest.mark.parametrize("path", ["batch", "skiptoken"])
def test_pages_that_stay_broken_raise_whichever_they_are(
    path: str, emulator: Emulator, client: DataverseClient
) -> None:
    emulator.seed(accounts(*map(str, range(50))))
    emulator.plan(ScriptedFault(kind=FaultKind.GARBLED, path=path, times=9))
    query = Query(entity_set="accounts", select=("name",))

    with pytest.raises(DataverseError):
        list(client.pages_many([query, query], page_size=20))
    emulator.faults.clear()


def test_a_table_is_read_in_parts_with_every_row_once(
    emulator: Emulator, client: DataverseClient
) -> None:
    rows = accounts(*(f"A{number:03}" for number in range(90)))["accounts"]
    for number, row in enumerate(rows):
        row["numberofemployees"] = number * number if number % 10 else None
    emulator.seed({"accounts": rows})
    query = Query(entity_set="accounts", select=("name",), filter=field("name").startswith("A0"))

    parts = client.partitions(query, "numberofemployees", 6, read_integer)
    pages = list(client.pages_partitions(parts, page_size=7))

    assert len(parts) == 7
    assert sorted(name for page in pages for name in names_of(page)) == [
        f"A{number:03}" for number in range(90)
    ]
    assert {page.query for page in pages if page.rows} == set(range(7))
    assert sorted(str(row["name"]) for row in client.read_partitions(parts)) == [
        f"A{number:03}" for number in range(90)
    ]


@pytest.mark.parametrize("amount", ["0.0001", "99999999999.9999", "1234.5600", "7"])
def test_money_travels_exactly_in_both_directions(
    amount: str, emulator: Emulator, client: DataverseClient
) -> None:
    emulator.seed(accounts("a"))
    client.update("accounts", account_id(1), {"creditlimit": Decimal(amount)})

    row = client.get("accounts", account_id(1), select=("creditlimit",))

    assert row is not None
    assert row["creditlimit"] == Decimal(amount)
    query = Query(entity_set="accounts", filter=field("creditlimit").eq(Decimal(amount)))
    assert len(client.read_all(query)) == 1


def test_related_rows_come_along(emulator: Emulator, client: DataverseClient) -> None:
    emulator.seed(
        accounts("a") | {"contacts": [{"contactid": str(account_id(9)), "fullname": "C"}]}
    )
    link = {"primarycontactid@odata.bind": f"/contacts({account_id(9)})"}
    client.update("accounts", account_id(1), link)
    related = Expand(navigation="primarycontactid", select=("fullname",))

    row = client.get("accounts", account_id(1), select=("name",), expand=(related,))

    assert row is not None
    assert row["primarycontactid"]["fullname"] == "C"  # type: ignore[index, call-overload]
