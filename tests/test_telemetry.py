"""Spans belong to the trace that they continue, and errors are noted in them."""

from __future__ import annotations

import subprocess
import sys

import pytest

from connector.telemetry import continuing, count, span, take
from tests.measured import begin_measuring, measured, spans

TRACE = "0af7651916cd43dd8448eb211c80319c"


def test_spans_of_a_block_belong_to_the_trace_that_it_continues() -> None:
    begin_measuring()

    with continuing(f"00-{TRACE}-b7ad6b7169203331-01"), span("outer"), span("inner", part=7):
        pass
    with continuing(None), span("alone"):
        pass

    inner, outer, alone = spans()
    assert format(outer.context.trace_id, "032x") == TRACE
    assert inner.parent.span_id == outer.context.span_id
    assert dict(inner.attributes) == {"part": 7}
    assert alone.parent is None


def test_an_error_that_leaves_a_span_is_noted_and_raised() -> None:
    begin_measuring()

    with pytest.raises(ZeroDivisionError), span("fails"):
        _ = 1 / 0

    [failed] = spans()
    assert failed.status.status_code.name == "ERROR"


def test_counters_add_and_distributions_keep_each_value() -> None:
    begin_measuring()

    count("tests.things", "{thing}", 2, kind="a")
    count("tests.things", "{thing}", 3, kind="a")
    take("tests.seconds", "s", 1.5)
    take("tests.seconds", "s", 2)

    found = measured()
    assert found["tests.things"] == {(("kind", "a"),): 5}
    assert found["tests.seconds"] == {(): 3.5}


def test_where_opentelemetry_is_missing_nothing_happens() -> None:
    code = (
        "GONE = 'opentelemetry'; import sys; sys.modules[GONE] = None\n"
        "import importlib.util as u; found = u.find_spec\n"
        "u.find_spec = lambda name, *rest: None if name == GONE else found(name, *rest)\n"
        "from connector.telemetry import IS_INSTALLED, continuing, count, span, take\n"
        "from connector.telemetry_export import exported\n"
        "with exported({'OTEL_EXPORTER_OTLP_ENDPOINT': 'http://127.0.0.1:9'}), continuing('x'):\n"
        "    with span('a'): count('b', '1', 1); take('c', 's', 1)\n"
        "print(IS_INSTALLED)\n"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert (done.returncode, done.stdout.strip()) == (0, "False"), done.stderr
