from __future__ import annotations

import http.client
import socket
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

from connector.emulator import Emulator
from connector.emulator.serving import server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator


def echo(environ: dict[str, Any], start_response: Callable[..., object]) -> Iterable[bytes]:
    body = environ["wsgi.input"].read()
    status = "204 No Content" if environ["PATH_INFO"] == "/nothing" else "200 OK"
    shown = f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}?{environ['QUERY_STRING']}".encode()
    start_response(status, [("OData-EntityId", environ.get("HTTP_PREFER", ""))])
    return [] if status.startswith("204") else [shown + b"|" + body]


@pytest.fixture
def running() -> Iterator[server.Server]:
    with server.serve(echo) as one:
        yield one


def say(running: server.Server, text: bytes) -> bytes:
    """Send raw bytes and read until the server hangs up."""
    with socket.create_connection(("127.0.0.1", running.port), timeout=5) as connection:
        connection.sendall(text)
        return b"".join(iter(lambda: connection.recv(65536), b""))


def test_one_connection_serves_many_requests_even_after_answers_without_content(
    running: server.Server,
) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", running.port, timeout=5)
    connection.connect()
    assert connection.sock is not None
    port = connection.sock.getsockname()[1]
    for path in ("/nothing", "/a", "/nothing", "/b"):
        connection.request("POST", path, b"x")
        connection.getresponse().read()
        assert connection.sock.getsockname()[1] == port
    connection.close()


def test_header_names_arrive_as_written_and_doubled_headers_joined(running: server.Server) -> None:
    head = b"GET /a?b=%20c HTTP/1.1\r\nPrefer: a\r\nPrefer: b\r\nConnection: close\r\n\r\n"
    raw = say(running, head)
    assert b"OData-EntityId: a, b" in raw
    assert raw.endswith(b"GET /a?b=%20c|")


def test_a_chunked_body_is_read(running: server.Server) -> None:
    head = b"POST /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
    assert say(running, head + b"2\r\nab\r\n1;x=y\r\nc\r\n0\r\n\r\n").endswith(b"|abc")


def test_a_client_that_waits_for_leave_gets_it(running: server.Server) -> None:
    head = b"POST /a HTTP/1.1\r\nExpect: 100-continue\r\nConnection: close\r\nContent-Length: 1\r\n"
    assert say(running, head + b"\r\nx").startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK")


def test_an_absolute_target_is_served_by_its_path(running: server.Server) -> None:
    raw = say(running, b"GET http://h/a HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
    assert raw.endswith(b"GET /a?|")


@pytest.mark.parametrize(
    "text",
    [
        b"nonsense\r\n\r\n",
        b"GET / HTTP/2.0\r\n\r\n",
        b"GET / HTTP/1.1\r\nno colon\r\n\r\n",
        b"GET / HTTP/1.1\r\nContent-Length: many\r\n\r\n",
        b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"GET /" + b"a" * 140_000,
        b"GET / HTTP/1.1\r\n" + b"a: b\r\n" * 300,
    ],
)
def test_a_malformed_request_is_answered_400_and_the_connection_ends(
    running: server.Server, text: bytes
) -> None:
    assert say(running, text).startswith(b"HTTP/1.1 400 ")


def test_stopping_ends_idle_connections_and_threads_at_once() -> None:
    before = threading.active_count()
    running = server.start(echo)
    idle = socket.create_connection(("127.0.0.1", running.port), timeout=5)
    idle.sendall(b"GET / HTTP/1.1\r\nHost: h\r\n\r\n")
    assert idle.recv(100)
    started = time.perf_counter()
    running.stop()
    assert time.perf_counter() - started < 2
    assert threading.active_count() == before
    idle.close()
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.1", running.port), timeout=1).close()


def test_a_taken_port_is_an_error(running: server.Server) -> None:
    with pytest.raises(OSError, match="in use"):
        server.start(echo, port=running.port)


def test_an_emulator_tells_the_port_that_it_got() -> None:
    with Emulator(behaviour="plain").serve() as running:
        assert running.url == f"http://127.0.0.1:{running.port}"
        connection = http.client.HTTPConnection("127.0.0.1", running.port, timeout=5)
        connection.request("GET", "/api/data/v9.1/WhoAmI")
        response = connection.getresponse()
        assert (response.status, b"/api/data/v9.1/" in response.read()) == (200, True)
        connection.close()


def test_several_clients_are_served_at_once() -> None:
    emulator = Emulator(behaviour="plain")
    with emulator.serve() as running:
        workers = [threading.Thread(target=create_ten, args=(running.port,)) for _ in range(8)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
    assert len(emulator.rows("accounts")) == 80


def create_ten(port: int) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    for _ in range(10):
        connection.request("POST", "/api/data/v9.2/accounts", b'{"name":"n"}')
        connection.getresponse().read()
    connection.close()
