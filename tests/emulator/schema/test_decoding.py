"""The decoders made once for each column give what the rule gives, value or refusal."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from connector.emulator.faults import DataverseFault
from connector.emulator.schema.decoding import decoders
from connector.emulator.schema.model import Column, ColumnKind, Table
from connector.emulator.schema.values import decode_value

ID = "11111111-2222-3333-4444-555555555555"
DETAILS: dict[str, object] = {
    "max_length": 5,
    "options": {1: "A", 2: "B"},
    "minimum": Decimal("-3.5"),
    "maximum": Decimal(40),
}
PLAIN = ("max_length", "options", "minimum", "maximum")


def table(kind: ColumnKind, details: tuple[str, ...]) -> Table:
    column = Column(
        logical_name="c",
        property_name="c",
        kind=kind,
        targets=("t",),
        **{name: DETAILS[name] for name in details},  # type: ignore[arg-type]
    )
    return Table(
        logical_name="t", entity_set="ts", primary_id="c", primary_name=None, columns={"c": column}
    )


TABLES = [
    table(kind, details)
    for kind in ColumnKind
    for details in ((), ("max_length", "options"), ("minimum", "maximum"))
]
TEXTS = st.sampled_from(
    [
        *(ID, "1,2", "x", "abcdef", "2020-02-30", "2020-02-29", "1752-12-31", "0001-01-01", ""),
        *("2020-02-29T25:00:00Z", "2020-02-29T12:00:00Z", "1752-12-31T00:00:00Z"),
        *("2020-02-29T12:00Z", "2020-02-29T23:30:00+01:00", "2020-02-29T12:00:00.5Z"),
        *("٢٠٢٠-02-29", "9999-12-31T23:59:59Z"),
    ]
)
RAW: st.SearchStrategy[object] = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(-5, 50)
    | st.floats(allow_nan=False)
    | TEXTS
    | st.text(max_size=7)
    | st.decimals(allow_nan=False)
    | st.just([])
    | st.just({})
)


def outcome(table: Table, raw: object, *, by_rule: bool) -> object:
    try:
        if by_rule:
            return decode_value("t", table.columns["c"], raw)
        return decoders(table)["c"](raw)
    except DataverseFault as fault:
        return fault.status, fault.code, fault.message


@given(st.sampled_from(TABLES), RAW)
@example(TABLES[0], "x")
def test_a_decoder_gives_what_the_rule_gives(table: Table, raw: object) -> None:
    expected, found = (outcome(table, raw, by_rule=rule) for rule in (True, False))
    assert (type(found), found) == (type(expected), expected)


@pytest.mark.parametrize(
    ("kind", "raw", "value"),
    [
        (ColumnKind.STRING, "abc", "abc"),
        (ColumnKind.PICKLIST, 2, 2),
        (ColumnKind.MONEY, 12, Decimal(12)),
        (ColumnKind.DECIMAL, Decimal("1.25"), Decimal("1.25")),
        (ColumnKind.BOOLEAN, False, False),
        (ColumnKind.DATE, "2020-10-02", date(2020, 10, 2)),
        (ColumnKind.DATETIME, "2020-10-02T08:00:00Z", datetime.fromisoformat("2020-10-02T08:00Z")),
    ],
)
def test_the_usual_shape_of_each_kind_is_read(kind: ColumnKind, raw: object, value: object) -> None:
    assert decoders(table(kind, ("options",)))["c"](raw) == value


def test_a_choice_that_does_not_exist_is_refused_naming_it() -> None:
    with pytest.raises(DataverseFault, match="3"):
        decoders(table(ColumnKind.PICKLIST, ("options",)))["c"](3)
