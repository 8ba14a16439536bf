"""The fault of a schema file."""

from __future__ import annotations

from connector.emulator.schema.malformed import SchemaError, malformed


def test_a_fault_says_the_place_before_the_reason() -> None:
    fault = malformed(place="table 'account'", reason=KeyError("set"))
    assert isinstance(fault, SchemaError)
    assert isinstance(fault, ValueError)
    assert str(fault) == "table 'account': 'set'"
