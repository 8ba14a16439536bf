"""Parameters of functions: inline, by alias, as JSON, and whatever else may stand there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.emulator import Emulator
from connector.emulator.faults import DataverseFault
from connector.emulator.operations.parameters import Parameters, parameters_of
from connector.emulator.operations.scope import Scope
from connector.emulator.protocol.addressing import Segment
from connector.emulator.protocol.exchange import Request
from connector.emulator.rows.hooks import Behaviour
from connector.emulator.rows.writer import Writer

if TYPE_CHECKING:
    from collections.abc import Iterator

ACCOUNT = "00000000-0000-0000-0000-0000000000a1"


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    made = Emulator(seed={"accounts": [{"accountid": ACCOUNT, "name": "A"}]})
    yield made
    made.close()


def call(emulator: Emulator, arguments: str, query: str = "") -> tuple[Parameters, Scope]:
    schema = emulator.store.schema
    with emulator.store.reading() as tx:
        writer = Writer(tx=tx, schema=schema, behaviour=Behaviour())
        request = Request(method="GET", path="F", query=query)
        scope = Scope(request=request, tx=tx, schema=schema, writer=writer, actions={})
        return parameters_of(scope, Segment("N.F", arguments)), scope


def test_parameters_stand_inline_or_behind_an_alias(emulator: Emulator) -> None:
    found, _ = call(emulator, "A='it''s, (1)',B=@b,C=-3,D=@missing", "@b='x y'")
    assert (found.text("A"), found.text("B"), found.whole("C")) == ("it's, (1)", "x y", -3)
    with pytest.raises(DataverseFault, match="'D' of 'F' must be a text"):
        found.text("D")


@pytest.mark.parametrize(
    ("arguments", "query"),
    [
        ("Target=@t", f'@t={{"@odata.id":"accounts({ACCOUNT})"}}'),
        ("Target=@t", f"@t={{'@odata.id':'accounts({ACCOUNT})'}}"),
        ("Target=@t", f"%40t=%7B%22%40odata.id%22:%22/accounts({ACCOUNT})%22%7D"),
        (f"Target={{'@odata.id':'accounts({ACCOUNT})'}}", ""),
    ],
)
def test_a_row_is_named_by_a_reference(emulator: Emulator, arguments: str, query: str) -> None:
    found, scope = call(emulator, arguments, query)
    assert str(found.row("Target", scope).id) == ACCOUNT


@pytest.mark.parametrize("value", ["'x'", "5", "null", "{}", '{"@odata.id":5}', "[]"])
def test_what_is_no_reference_is_refused(emulator: Emulator, value: str) -> None:
    found, scope = call(emulator, "Target=@t", f"@t={value}")
    with pytest.raises(DataverseFault, match="must be a reference"):
        found.row("Target", scope)


def test_unknown_and_missing_parameters_are_named(emulator: Emulator) -> None:
    found, _ = call(emulator, "A=1")
    with pytest.raises(DataverseFault, match="needs the parameter 'B'"):
        found.whole("B")
    with pytest.raises(DataverseFault, match="has no parameter 'A'"):
        found.only("B")


@pytest.mark.parametrize("arguments", ["A", "A=", "=1", "A=1,A=2", "A=1,,B=2", "A={", "1=2"])
def test_what_is_no_list_of_parameters_is_refused(emulator: Emulator, arguments: str) -> None:
    assert refusal(emulator, arguments) == 400


def refusal(emulator: Emulator, arguments: str) -> int | None:
    try:
        call(emulator, arguments)
    except DataverseFault as fault:
        return fault.status
    return None


@given(st.text(max_size=40))
def test_no_text_breaks_the_reading_of_parameters(emulator: Emulator, text: str) -> None:
    assert refusal(emulator, text) in {None, 400}
    assert refusal(emulator, f"A={text}") in {None, 400}
