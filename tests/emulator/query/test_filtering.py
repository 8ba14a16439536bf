"""`$filter`: documented examples, exactness, refusals."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from connector.emulator.faults import DataverseFault
from connector.emulator.schema.model import Reference
from connector.emulator.storage.principals import USER_ID
from tests.emulator.small_table import (
    THING,
    add_thing,
    filled_store,
    new_store,
    numbers,
    query,
    thing_id,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from connector.emulator.storage.store import Store

CRM = "Microsoft.Dynamics.CRM"


@pytest.fixture(scope="module")
def things() -> Iterator[Store]:
    store = filled_store()
    yield store
    store.close()


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        ("amount eq 10.0001", [1]),
        ("amount eq 10.00010", [1]),
        ("amount eq 10.00011", []),
        ("amount ne 10.00011", [1, 2, 3, 4]),
        ("amount gt 10.00009", [1]),
        ("amount lt 10.00011", [1, 2]),
        ("amount ge 10.00011", []),
        ("quantity lt 0", [2]),
        ("quantity eq -0.0000000001", [2]),
        ("quantity gt -0.00000000011", [1, 2]),
        ("quantity le 8.50", [1, 2]),
        ("amount lt 1e40", [1, 2]),
        ("amount gt -1e40", [1, 2]),
        ("quantity gt 1e40", []),
        ("weight eq 1.5", [1]),
        ("number gt 4.5", [1]),
        ("number lt 99999999999999999999999", [1, 2]),
        ("5 lt number", []),
        ("-7 eq number", [2]),
        ("flag eq true", [1]),
        ("flag ne true", [2, 3, 4]),
        ("color eq 2", [2]),
        ("at lt 2020-10-14T00:00:00Z", [2]),
        ("at ge 2020-10-14", [1]),
        ("at eq 2020-10-14T10:00:00+02:00", [1]),
        ("day eq 2020-10-13", [2]),
        ("thingid eq 00000000-0000-0000-0000-000000000003", [3]),
        ("_parent_value eq 00000000-0000-0000-0000-000000000001", [2]),
        ("_parent_value eq '00000000-0000-0000-0000-000000000001'", [2]),
        ("_parent_value ne null", [2, 3]),
    ],
)
def test_values_compare_exactly_by_the_type_of_their_column(
    things: Store, condition: str, found: list[int]
) -> None:
    assert numbers(things, condition) == found


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        ("number eq null", [3, 4]),
        ("null eq number", [3, 4]),
        ("number ne null", [1, 2]),
        ("number ne 5", [2, 3, 4]),
        ("not (number eq 5)", [2, 3, 4]),
        ("not (number gt 0)", [2, 3, 4]),
        ("number gt null", []),
        ("not (number gt null)", [1, 2, 3, 4]),
        ("not (not (number gt 0))", [1]),
    ],
)
def test_null_is_only_equal_to_null(things: Store, condition: str, found: list[int]) -> None:
    assert numbers(things, condition) == found


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        ("name eq 'adatum corp'", [1]),
        ("name eq 'o''brian 100%'", [2]),
        ("name eq 'ÜBER_STRASSE'", [3]),
        ("name eq '%'", []),
        ("contains(name,'TUM c')", [1]),
        ("startswith(name,'über')", [3]),
        ("endswith(name,'%')", [1, 2, 3]),
        ("endswith(name,'corp')", [1]),
        ("contains(name,'a_a')", [1]),
        ("startswith(name,'[ao]')", [1, 2]),
        ("startswith(name,'[^ao]')", [3]),
        ("endswith(name,'[%]')", [2]),
        ("contains(name,'straẞe')", [3]),
        ("not contains(name,'a')", [4]),
        ("not startswith(name,'a') and name ne null", [2, 3]),
    ],
)
def test_text_compares_without_case_and_functions_take_wildcards(
    things: Store, condition: str, found: list[int]
) -> None:
    assert numbers(things, condition) == found


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        ("amount eq price", [1, 3, 4]),
        ("amount lt price", [2]),
        ("amount ne price", [2]),
        ("number eq 5 or number eq -7 and flag eq true", [1]),
        ("(number eq 5 or number eq -7) and flag eq false", [2]),
        ("Parent/name eq 'adatum corp'", [2]),
        ("Parent/Parent/number eq 5", [3]),
        ("Parent/number ne 5", [1, 3, 4]),
        ("children/any()", [1, 2]),
        ("not children/any()", [3, 4]),
        ("children/any(c:c/number lt 0)", [1]),
        ("children/any(c:c/children/any(d:d/name ne null))", [1]),
        ("children/any(c:c/Parent/number eq 5 and startswith(c/name,'o'))", [1]),
        ("children/all(c:c/number lt 0)", [1, 3, 4]),
    ],
)
def test_columns_lookups_and_collections_can_be_compared(
    things: Store, condition: str, found: list[int]
) -> None:
    assert numbers(things, condition) == found


@pytest.mark.parametrize(
    ("call", "found"),
    [
        ('In(PropertyName=\'number\',PropertyValues=["5","-7"])', [1, 2]),
        ('In(PropertyName=\'name\',PropertyValues=["ADATUM corp","O\'Brian 100%"])', [1, 2]),
        ("In(PropertyName='amount',PropertyValues=[\"-3.0000\"])", [2]),
        ("NotIn(PropertyName='number',PropertyValues=[\"5\"])", [2, 3, 4]),
        ('Between(PropertyName=\'number\',PropertyValues=["-7","4"])', [2]),
        ('NotBetween(PropertyName=\'number\',PropertyValues=["-7","4"])', [1, 3, 4]),
        ("On(PropertyName='at',PropertyValue='2020-10-13')", [2]),
        ("OnOrBefore(PropertyName='at',PropertyValue='2020-10-13')", [2]),
        ("OnOrAfter(PropertyName='day',PropertyValue='2020-10-14')", [1]),
        ("Today(PropertyName='at')", [1]),
        ("Yesterday(PropertyName='day')", [2]),
        ("Tomorrow(PropertyName='at')", []),
        ("LastXDays(PropertyName='at',PropertyValue=1)", [1, 2]),
        ("LastXHours(PropertyName='at',PropertyValue=8)", [1]),
        ("NextXDays(PropertyName='at',PropertyValue=3)", []),
        ("OlderThanXHours(PropertyName='at',PropertyValue=8)", [2]),
        ("ThisWeek(PropertyName='day')", [1, 2]),
        ("LastWeek(PropertyName='day')", []),
        ("ThisMonth(PropertyName='at')", [1, 2]),
        ("ThisYear(PropertyName='at')", [1, 2]),
        ("ContainValues(PropertyName='tags',PropertyValues=[\"1\"])", [1]),
        ("DoesNotContainValues(PropertyName='tags',PropertyValues=[\"1\"])", [2, 3, 4]),
        (
            "In(PropertyName='parent',PropertyValues=[\"00000000-0000-0000-0000-000000000001\"])",
            [2],
        ),
    ],
)
def test_query_functions_of_dataverse(things: Store, call: str, found: list[int]) -> None:
    assert numbers(things, f"{CRM}.{call}") == found


def test_the_functions_of_the_user_compare_with_the_caller() -> None:
    store = new_store()
    with store.transaction() as tx:
        table = store.schema.table("account")
        mine = tx.insert(table, {"name": "mine"})
        other = Reference(table="systemuser", id=thing_id(9))
        tx.insert(table, {"name": "other", "ownerid": other})
    page = query(store, f"$filter={CRM}.EqualUserId(PropertyName='ownerid')", entity_set="accounts")
    assert [row["accountid"] for row in page.rows] == [str(mine)]
    assert page.rows[0]["_ownerid_value"] == str(USER_ID)


def test_parameter_aliases_stand_for_values_and_an_unassigned_one_is_null(things: Store) -> None:
    page = query(things, "$filter=number%20eq%20@n&@n=5&$select=number")
    assert [row["number"] for row in page.rows] == [5]
    names = "$filter=Microsoft.Dynamics.CRM.In(PropertyName=@p,PropertyValues=@v)"
    page = query(things, f"{names}&@p='name'&@v=%5B%22O'Brian 100%25%22,%22x%22%5D")
    assert [row["number"] for row in page.rows] == [-7]
    assert len(query(things, "$filter=number eq @missing").rows) == 2


@pytest.mark.parametrize(
    ("condition", "status", "code", "said"),
    [
        ("nosuch eq 1", 400, "0x0", "property named 'nosuch'"),
        ("Name eq 'x'", 400, "0x0", "property named 'Name'"),
        ("parent eq null", 400, "0x0", "property named 'parent'"),
        ("Parent/nosuch eq 1", 400, "0x0", "nosuch"),
        ("nosuch/name eq 'x'", 400, "0x0", "nosuch"),
        ("number eq '5'", 400, "0x80060888", "'Edm.Int32' and 'Edm.String'"),
        ("name eq 5", 400, "0x80060888", "incompatible types"),
        ("flag eq 1", 400, "0x80060888", "incompatible types"),
        ("day eq 2020-10-13T00:00:00Z", 400, "0x80060888", "incompatible types"),
        ("at eq '2020-10-13'", 400, "0x80060888", "incompatible types"),
        ("name eq number", 400, "0x80060888", "incompatible types"),
        ("contains(number,'5')", 400, "0x80060888", "contains"),
        ("name eq 'O'Brian'", 400, "0x80060888", "unterminated literal"),
        ("name eq", 400, "0x80060888", "Syntax error"),
        ("(name eq 'x'", 400, "0x80060888", "Syntax error"),
        ("name eq 'x')", 400, "0x80060888", "Syntax error"),
        ("", 400, "0x80060888", "Syntax error"),
        ("not name eq 'x'", 400, "0x80060888", "parentheses"),
        ("children/any(c:name eq 'x')", 400, "0x80060888", "range variable"),
        ("Parent/children/any(c:c/number eq 1)", 400, "0x80060888", "lambda"),
        (f"not {CRM}.Today(PropertyName='at')", 400, "0x80060888", "Not operator along with"),
        (f"{CRM}.Today(PropertyName='name')", 400, "0x80060888", "needs a date"),
        (f"{CRM}.Today()", 400, "0x80060888", "PropertyName"),
        (f"{CRM}.In(PropertyName='number',PropertyValues=[\"x\"])", 400, "0x80060888", "'x'"),
        (f"{CRM}.LastXDays(PropertyName='at',PropertyValue=0)", 400, "0x80060888", "'0'"),
        (f"{CRM}.LastXYears(PropertyName='at',PropertyValue=9999)", 400, "0x80060888", "9999"),
        (f"{CRM}.Under(PropertyName='parent',PropertyValue=1)", 501, "0x80060888", "CRM.Under"),
        (f"{CRM}.ThisFiscalYear(PropertyName='at')", 501, "0x80060888", "ThisFiscalYear"),
        ("tolower(name) eq 'x'", 501, "0x80060888", "'tolower'"),
        ("number add 1 eq 2", 501, "0x80060888", "'add'"),
        ("number in (1,2)", 501, "0x80060888", "'in'"),
        ("1 eq 1", 501, "0x80060888", "two literals"),
        ("Parent eq null", 501, "0x80060888", "'Parent'"),
    ],
)
def test_what_cannot_be_answered_is_refused_by_name(
    things: Store, condition: str, status: int, code: str, said: str
) -> None:
    with pytest.raises(DataverseFault) as caught:
        numbers(things, condition)
    assert (caught.value.status, caught.value.code) == (status, code)
    assert said in caught.value.message


def test_two_thousand_terms_are_answered(things: Store) -> None:
    condition = " or ".join(f"number eq {number}" for number in range(2000))
    assert numbers(things, condition) == [1]
    condition = " and ".join(f"number ne {number}" for number in range(100, 2100))
    assert numbers(things, condition) == [1, 2, 3, 4]


def test_ten_thousand_values_of_in_are_answered(things: Store) -> None:
    values = ",".join(f'"{number}"' for number in range(10_000))
    assert numbers(things, f"{CRM}.In(PropertyName='number',PropertyValues=[{values}])") == [1]


@pytest.mark.parametrize(
    "condition",
    [
        "(" * 5000 + "number eq 1" + ")" * 5000,
        "not (" * 5000 + "number eq 1" + ")" * 5000,
        "children/any(c:" * 500 + "number eq 1" + ")" * 500,
    ],
)
def test_deep_nesting_is_refused_cleanly(things: Store, condition: str) -> None:
    with pytest.raises(DataverseFault) as caught:
        numbers(things, condition)
    assert caught.value.status == 400


@pytest.mark.parametrize(
    "value",
    ["'; DROP TABLE thing; --", '" OR 1=1', "\\", "%00", "?1", "{}", "x' || (SELECT 1) || '"],
)
def test_sql_in_a_value_is_only_text(value: str) -> None:
    store = filled_store()
    add_thing(store, 50, name=value)
    quoted = value.replace("'", "''")
    assert numbers(store, f"name eq '{quoted}'") == [50]
    with store.reading() as tx:
        assert len(tx.rows(THING)) == 5


def test_a_pattern_of_many_wildcards_takes_no_time() -> None:
    store = new_store()
    add_thing(store, 1, name="a" * 100, note="a" * 5000)
    assert numbers(store, f"contains(note,'{'a%' * 30}b')") == []
    assert numbers(store, f"contains(note,'{'[a]%' * 30}b')") == []


def test_money_beyond_the_precision_of_floats_is_told_apart() -> None:
    store = new_store()
    add_thing(store, 1, amount=Decimal("90071992547409.9301"))
    add_thing(store, 2, amount=Decimal("90071992547409.9302"))
    assert numbers(store, "amount eq 90071992547409.9301") == [1]
    assert numbers(store, "amount gt 90071992547409.9301") == [2]


def test_a_polymorphic_path_meets_only_rows_of_its_own_table() -> None:
    store = new_store()
    same = UUID(int=77)
    with store.transaction() as tx:
        tx.insert(store.schema.table("account"), {"accountid": same, "name": "A"})
        tx.insert(store.schema.table("contact"), {"contactid": same, "lastname": "C"})
    add_thing(store, 1, customer=Reference(table="account", id=same))
    add_thing(store, 2, customer=Reference(table="contact", id=same))
    assert numbers(store, "customer_account/name eq 'A'") == [1]
    assert numbers(store, "customer_contact/lastname eq 'C'") == [2]
    page = query(store, "$filter=account_things/any()", entity_set="accounts")
    assert len(page.rows) == 1
