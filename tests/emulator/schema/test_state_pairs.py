"""States and their status reasons, by the values that public sources give."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from connector.emulator import Emulator
from connector.emulator.provenance.states import STATE_SOURCES, is_usual
from connector.emulator.schema.load import load_schema
from tests.emulator.web import InProcess, Web

if TYPE_CHECKING:
    from collections.abc import Mapping

PAIRS: Mapping[str, Mapping[int, set[int]]] = {
    "product": {0: {1}, 1: {2}, 2: {0}, 3: {3}},
    "msdyn_expense": {0: {867380000, 867380001}, 1: {867380002, 867380003, 867380004, 867380005}},
    "salesorder": {
        0: {1, 2, 690970000, 700970000},
        1: {3},
        2: {4},
        3: {100001, 100002},
        4: {100003},
    },
    "invoice": {0: {1, 2, 4, 5, 6}, 1: {3, 7}, 2: {100001, 100002}, 3: {100003}},
    "quote": {0: {1}, 1: {2, 3}, 2: {4}, 3: {5, 6, 7}},
    "opportunity": {0: {1, 2}, 1: {3}, 2: {4, 5}},
    "lead": {0: {1, 2}, 1: {3}, 2: {4, 5, 6, 7}},
    "task": {0: {2, 3, 4, 7}, 1: {5}, 2: {6}},
    "email": {0: {1, 8}, 1: {2, 3, 4, 6, 7}, 2: {5}},
    "phonecall": {0: {1}, 1: {2, 4}, 2: {3}},
    "appointment": {0: {1, 2}, 1: {3}, 2: {4}, 3: {5, 6}},
    "activitypointer": {0: {1}, 1: {2}, 2: {3}, 3: {4}},
    "campaign": {0: {0, 1, 2, 3, 4, 5}, 1: {6}},
    "workflow": {0: {1}, 1: {2}, 2: {3}},
    "pricelevel": {0: {100001}, 1: {100002}},
    "msdyn_project": {0: {1}, 1: {2, 192350000}},
    "msdyn_journal": {0: {1, 192350000}, 1: {2}},
    "userquery": {0: {1, 3}, 1: {2}},
}


@pytest.mark.parametrize("name", sorted(PAIRS))
def test_status_reasons_belong_to_the_states_that_are_published(name: str) -> None:
    found: dict[int, set[int]] = {}
    for reason, state in load_schema().tables[name].columns["statuscode"].states.items():
        found.setdefault(state, set()).add(reason)
    assert found == PAIRS[name]


def test_every_table_has_the_platforms_own_pairs_or_a_source_for_others() -> None:
    others = {name for name, table in load_schema().tables.items() if not is_usual(table)}
    assert others == set(STATE_SOURCES) == set(PAIRS)


def test_every_status_reason_has_a_state_and_every_state_a_reason() -> None:
    for name, table in load_schema().tables.items():
        reason = table.columns.get("statuscode")
        if reason is not None:
            assert set(reason.states) == set(reason.options), name
            assert set(reason.states.values()) == set(table.columns["statecode"].options), name


@pytest.mark.parametrize(
    ("entity_set", "body", "status"),
    [
        ("products", {"statecode": 0, "statuscode": 1}, 204),
        ("products", {"statecode": 2, "statuscode": 0}, 204),
        ("products", {"statecode": 0, "statuscode": 0}, 400),
        ("msdyn_expenses", {"statecode": 1, "statuscode": 867380002}, 204),
        ("msdyn_expenses", {"statecode": 0, "statuscode": 867380003}, 400),
        ("tasks", {"subject": "T", "statecode": 1, "statuscode": 5}, 204),
        ("tasks", {"subject": "T", "statecode": 1, "statuscode": 2}, 400),
        (
            "quotes",
            {"name": "Q", "statecode": 3, "statuscode": 7, "customerid_account": {"name": "A"}},
            204,
        ),
    ],
)
def test_a_status_reason_is_taken_with_its_state_and_refused_with_another(
    entity_set: str, body: dict[str, Any], status: int
) -> None:
    web = Web(InProcess(Emulator(behaviour="plain").app))
    needed = {"name": "P", "productnumber": "P-1", "productstructure": 1}
    full = {**needed, **body} if entity_set == "products" else body
    answer = web("POST", entity_set, full)
    assert answer.status == status, answer.body
    if status == 400:
        assert answer.json()["error"]["code"] == "0x80048408"


def test_a_wrong_choice_is_answered_with_the_accepted_values() -> None:
    """In the words of the product's documentation on payment terms of contract customers."""
    web = Web(InProcess(Emulator(behaviour="plain").app))
    answer = web("POST", "msdyn_projectcontractsplitbillingrules", {"statecode": 5})
    assert answer.json()["error"] == {
        "code": "0x8004431a",
        "message": (
            "A validation error occurred. The value 5 of 'statecode' on record of type "
            "'msdyn_projectcontractsplitbillingrule' is outside the valid range. "
            "Accepted Values: 0,1"
        ),
    }
