"""Whatever a definition holds, it is taken whole or refused whole, and never breaks the server."""

from __future__ import annotations

import copy
import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connector.emulator import Emulator, load_schema
from connector.emulator.schema.document import differences
from tests.emulator.operations.test_definition_routes import COLUMNS, PRODUCT, relationship, table
from tests.emulator.web import ROOT, InProcess, Web

REQUESTS: list[tuple[str, str, dict[str, Any]]] = [
    ("POST", "EntityDefinitions", table("new_Other", *COLUMNS)),
    ("PUT", PRODUCT, table("new_Product")),
    ("POST", "CreateEntities", {"Entities": [table("new_Other")]}),
    ("POST", "RelationshipDefinitions", relationship()),
    ("POST", f"{PRODUCT}/Keys", {"SchemaName": "new_Key", "KeyAttributes": ["new_name"]}),
    ("PUT", f"{PRODUCT}/Attributes(LogicalName='new_name')", {**COLUMNS[0]}),
    ("POST", "GlobalOptionSetDefinitions", {"Name": "new_set", "Options": [{"Value": 1}]}),
    *(("POST", f"{PRODUCT}/Attributes", {**one, "SchemaName": "new_More"}) for one in COLUMNS),
]
VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(min_value=-(10**30), max_value=10**30),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=8),
    st.sampled_from(["new_x", 'new_"x', "new_x'; --", "createdon", "_x_value", "new_" + "x" * 200]),
    st.just([]),
    st.just({}),
    st.just([{}]),
    st.just({"Value": None}),
    st.just({"LocalizedLabels": [None]}),
)


def places(document: object, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The path of every member and item."""
    items: list[tuple[Any, object]] = []
    if isinstance(document, dict):
        items = list(document.items())
    elif isinstance(document, list):
        items = list(enumerate(document))
    found = [(*path, key) for key, _ in items]
    return found + [one for key, value in items for one in places(value, (*path, key))]


def changed(document: dict[str, Any], path: tuple[Any, ...], value: object) -> dict[str, Any]:
    result: Any = copy.deepcopy(document)
    inner = result
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = value
    return dict(result)


EMULATOR = Emulator(behaviour="plain")
Web(InProcess(EMULATOR.app))("POST", "EntityDefinitions", table("new_Product", *COLUMNS))
BEFORE = EMULATOR.snapshot()


def definitions() -> object:
    """Everything that differs from the shipped tables."""
    schema = EMULATOR.store.schema
    return differences(load_schema(), schema), schema.option_sets


DEFINITIONS = definitions()


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_definition_is_taken_whole_or_refused_whole(data: st.DataObject) -> None:
    method, address, body = data.draw(st.sampled_from(REQUESTS))
    path = data.draw(st.sampled_from(places(body)))
    content = json.dumps(changed(body, path, data.draw(VALUES))).encode()
    carrier = InProcess(EMULATOR.app)
    answer = carrier.send(method, f"{ROOT}{address.replace(' ', '%20')}", {}, content)
    assert answer.status < 500 or answer.status == 501
    if answer.status >= 400:
        assert definitions() == DEFINITIONS
        return
    for table_now in EMULATOR.store.schema.tables.values():
        if table_now.custom:
            found = carrier.send("GET", f"{ROOT}{table_now.entity_set}", {}, b"")
            assert found.status == 200
    after = definitions()
    EMULATOR.restore(EMULATOR.snapshot())
    assert definitions() == after
    EMULATOR.restore(BEFORE)


def test_the_fuzzed_definitions_are_good_before_they_are_changed() -> None:
    for method, address, body in REQUESTS:
        if (method, address) == ("PUT", f"{PRODUCT}/Attributes(LogicalName='new_name')"):
            continue  # of another type on purpose
        answer = Web(InProcess(EMULATOR.app))(method, address, body)
        assert answer.status == 204, (address, answer.body)
        EMULATOR.restore(BEFORE)
    assert len(EMULATOR.store.schema.tables) == len(load_schema().tables) + 1
