"""What users may do, in few words: which word counts, and every fault with its place."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from connector.emulator.access.privilege_words import PrivilegesError, read_privileges

if TYPE_CHECKING:
    from pathlib import Path

    from connector.emulator.schema.model import Schema

BASIC, LOCAL, DEEP, GLOBAL = 1, 2, 4, 8


def depths(schema: Schema, words: object) -> dict[str, int]:
    (allowed,) = read_privileges({"clerk": words}, schema)
    return {name: int(depth) for name, depth in allowed.depths.items()}


def problems(schema: Schema, words: object) -> tuple[str, ...]:
    with pytest.raises(PrivilegesError) as refused:
        read_privileges({"clerk": words}, schema)
    return refused.value.problems


def test_one_word_says_it_of_every_privilege(schema: Schema) -> None:
    found = depths(schema, "global")

    assert set(found.values()) == {GLOBAL}
    assert {"prvReadAccount", "prvWritemsdyn_actual", "prvActOnBehalfOfAnotherUser"} <= set(found)
    assert depths(schema, "none") == {}
    assert depths(schema, {}) == {}


def test_what_is_said_of_all_is_as_deep_as_each_privilege_must_be(schema: Schema) -> None:
    found = depths(schema, {"*": "basic"})

    assert found["prvReadAccount"] == BASIC
    assert found["prvReadTeam"] == LOCAL
    assert found["prvReadProduct"] == GLOBAL


def test_the_more_exact_word_counts(schema: Schema) -> None:
    found = depths(
        schema,
        {
            "prvReadInvoice": "deep",
            "invoice": {"create": "none", "Read": "basic", "*": "local"},
            "*": {"delete": "none", "*": "global"},
            "account": "basic",
        },
    )

    assert "prvCreateInvoice" not in found
    assert (found["prvReadInvoice"], found["prvDeleteInvoice"]) == (DEEP, LOCAL)
    assert (found["prvReadAccount"], found["prvDeleteAccount"]) == (BASIC, BASIC)
    assert "prvDeleteContact" not in found
    assert found["prvReadContact"] == GLOBAL


def test_rights_that_are_not_named_stay_as_said_of_all(schema: Schema) -> None:
    found = depths(schema, {"*": "global", "invoice": {"create": "none"}})

    assert "prvCreateInvoice" not in found
    assert found["prvReadInvoice"] == GLOBAL
    assert depths(schema, {"invoice": {"appendto": "basic"}}) == {"prvAppendToInvoice": BASIC}


def test_an_administrator_is_named_by_that_word(schema: Schema) -> None:
    (allowed,) = read_privileges({"boss": "administrator"}, schema)

    assert allowed.is_administrator
    assert allowed.depths == {}


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("everything", "'clerk': 'everything' is no depth; expected was 'none', 'basic', "),
        (["global"], "'clerk': ['global'] is no depth"),
        ({"invoices": "global"}, "'clerk', 'invoices': there is no table of that name"),
        ({"invoicedetail": "global"}, "no privileges of its own; those of 'invoice' decide"),
        ({"systemuserroles": "global"}, "'clerk', 'systemuserroles': the table has no privileges"),
        ({"invoice": {"fly": "global"}}, "'clerk', 'invoice': 'fly' is no right; there are create"),
        ({"invoice": {"read": 8}}, "'clerk', 'invoice', 'read': 8 is no depth"),
        ({"product": {"assign": "global"}}, "'clerk', 'product': there is no privilege to assign"),
        ({"product": "basic"}, "prvCreateProduct is held to 'global' or deeper, not to 'basic'"),
        (
            {"prvFlyAccount": "basic"},
            "'clerk', 'prvFlyAccount': there is no privilege of that name",
        ),
        (
            {"product": "global", "pricelevel": {"read": "none"}},
            "another table gives prvReadProduct another depth",
        ),
    ],
)
def test_a_fault_names_its_place(schema: Schema, words: Any, expected: str) -> None:
    assert any(expected in problem for problem in problems(schema, words))


def test_all_faults_are_told_at_once(schema: Schema) -> None:
    found = problems(schema, {"invoices": "global", "account": "high", "prvFly": "basic"})

    assert len(found) == 3


def test_a_file_is_read_as_the_mapping_in_it(schema: Schema, tmp_path: Path) -> None:
    file = tmp_path / "privileges.json"
    file.write_text(json.dumps({"clerk": {"account": "basic"}}), encoding="utf-8")

    (allowed,) = read_privileges(file, schema)
    assert allowed.user == "clerk"
    assert len(allowed.depths) == 8


@pytest.mark.parametrize("content", ["[]", "{", None])
def test_a_file_that_cannot_be_read_is_named(
    schema: Schema, tmp_path: Path, content: str | None
) -> None:
    file = tmp_path / "privileges.json"
    if content is not None:
        file.write_text(content, encoding="utf-8")

    with pytest.raises(PrivilegesError) as refused:
        read_privileges(file, schema)
    assert str(file) in str(refused.value)
