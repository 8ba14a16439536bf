"""What a command measured reaches a collector, and nothing is sent where none is named."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections import defaultdict
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceRequest,
)
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from connector.telemetry_export import INSIGHTS, OTLP, start_export
from tests.end_to_end.tenant import serving

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path


@contextmanager
def collector() -> Iterator[tuple[str, Mapping[str, list[bytes]]]]:
    """A collector on this machine: its address, and what was posted to each path."""
    posted: defaultdict[str, list[bytes]] = defaultdict(list)

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Nothing: the tests look at what was posted."""

        def do_POST(self) -> None:
            posted[self.path].append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", posted
    finally:
        server.shutdown()
        server.server_close()


def measured(posted: list[bytes]) -> set[str]:
    requests = [ExportMetricsServiceRequest.FromString(body) for body in posted]
    return {
        metric.name
        for request in requests
        for resource in request.resource_metrics
        for scope in resource.scope_metrics
        for metric in scope.metrics
    }


def traced(posted: list[bytes]) -> set[str]:
    requests = [ExportTraceServiceRequest.FromString(body) for body in posted]
    return {
        span.name
        for request in requests
        for resource in request.resource_spans
        for scope in resource.scope_spans
        for span in scope.spans
    }


def test_a_run_of_the_command_line_is_sent_to_the_collector_that_the_environment_names(
    tmp_path: Path,
) -> None:
    with serving(tmp_path) as tenant, collector() as (address, posted):
        variables = {
            OTLP: address,
            "OTEL_EXPORTER_OTLP_COMPRESSION": "none",
            "PROFORMA__DATAVERSE__URL": tenant.url,
            "PROFORMA__RUN__TIME_ZONE": "UTC",
            "PROFORMA__RUN__STORE": str(tmp_path / "runs"),
        }
        done = subprocess.run(
            [sys.executable, "-m", "connector", "run", "--run-date", "2020-10-05", "--json"],
            capture_output=True,
            text=True,
            check=False,
            cwd=tmp_path,
            env={**os.environ, **variables},
        )

    assert done.returncode == 0, done.stderr
    assert measured(posted["/v1/metrics"]) == {
        *("proforma.runs", "proforma.invoices", "proforma.amount", "proforma.left_behind"),
        *("proforma.failed_contracts", "proforma.throttled", "proforma.run.duration"),
    }
    assert traced(posted["/v1/traces"]) == {
        *("proforma.run", "proforma.plan_part", "proforma.write_part"),
    }


def test_nothing_is_sent_where_no_place_is_named() -> None:
    start_export({})()
    start_export({INSIGHTS: "", OTLP: ""})()
