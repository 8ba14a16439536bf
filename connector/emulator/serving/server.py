"""
A loopback server for any WSGI application: plain or TLS, keep-alive, clean stop.

One thread per connection over the standard library's socket server. It exists
because a test double needs what general servers hide: connections that live on
after an answer without content, header names as written, and connections that
break exactly where a test wants them to.
"""

from __future__ import annotations

import io
import logging
import os
import selectors
import socket
import socketserver
import ssl
import sys
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from connector.emulator.serving.dropped import ConnectionDropped
from connector.emulator.serving.http_reader import BadMessage, ChunkedBody, MessageHead, read_head

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path
    from wsgiref.types import WSGIApplication, WSGIEnvironment

_log = logging.getLogger(__name__)

IDLE_SECONDS: Final = 60.0
#: Key of a request's environment: a function that tells whether the client has left meanwhile.
CLIENT_LEFT: Final = "emulator.client_left"
_NO_CONTENT: Final = ("1", "204", "304")


@dataclass(frozen=True, slots=True, kw_only=True)
class TlsFiles:
    """Certificate chain and key, both PEM, of a server that speaks TLS."""

    certificate: Path
    key: Path


class Server:
    """A running server; `stop` ends every connection and thread that it made."""

    def __init__(self, listener: _Listener, scheme: str) -> None:
        self._listener = listener
        self._thread = threading.Thread(target=listener.serve, name="emulator-accept")
        host, port = listener.server_address[:2]
        shown = f"[{host!s}]" if ":" in str(host) else str(host)
        self.port = int(port)
        self.url = f"{scheme}://{shown}:{self.port}"
        self._thread.start()

    def stop(self) -> None:
        """Stop listening, end open connections and wait for the threads."""
        self._listener.end_serving()
        self._thread.join()
        self._listener.end_connections()
        self._listener.server_close()

    def wait(self) -> None:
        """Block until the server was stopped from elsewhere."""
        self._thread.join()


def start(
    application: WSGIApplication,
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    tls: TlsFiles | ssl.SSLContext | None = None,
) -> Server:
    """Start a server; port 0 takes a free one. Raises `OSError` when the port is taken."""
    context = _tls_context(tls) if isinstance(tls, TlsFiles) else tls
    return Server(_Listener((host, port), application, context), "https" if tls else "http")


@contextmanager
def serve(
    application: WSGIApplication,
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    tls: TlsFiles | ssl.SSLContext | None = None,
) -> Iterator[Server]:
    """Serve for the length of a `with` block."""
    server = start(application, host=host, port=port, tls=tls)
    try:
        yield server
    finally:
        server.stop()


def _tls_context(files: TlsFiles) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(files.certificate, files.key)
    return context


class _Listener(socketserver.ThreadingTCPServer):
    # Windows would let two servers listen on one port, and share its connections out by chance.
    allow_reuse_address = os.name != "nt"
    block_on_close = True
    daemon_threads = False
    request_queue_size = 128
    timeout = 0  # `handle_request` is called when a connection is there

    def __init__(
        self,
        address: tuple[str, int],
        application: WSGIApplication,
        context: ssl.SSLContext | None,
    ) -> None:
        if ":" in address[0]:
            self.address_family = socket.AF_INET6
        self._told, self._tell = socket.socketpair()
        super().__init__(address, _Connection)
        self.application = application
        self.context = context
        self._open: set[socket.socket] = set()
        self._ending = False
        self._lock = threading.Lock()

    def serve(self) -> None:
        """Take connections until told to end: without a pause, and without looking in between."""
        with selectors.DefaultSelector() as selector:
            selector.register(self.socket, selectors.EVENT_READ)
            selector.register(self._told, selectors.EVENT_READ)
            while all(key.fileobj is not self._told for key, _ in selector.select()):
                self.handle_request()

    def end_serving(self) -> None:
        self._tell.send(b"\0")

    def server_close(self) -> None:
        super().server_close()
        self._told.close()
        self._tell.close()

    def opened(self, connection: socket.socket) -> None:
        with self._lock:
            self._open.add(connection)
            if self._ending:
                _shut(connection)

    def closed(self, connection: socket.socket) -> None:
        with self._lock:
            self._open.discard(connection)

    def end_connections(self) -> None:
        with self._lock:
            self._ending = True
            for connection in self._open:
                _shut(connection)

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ANN401, ARG002
        _log.exception("a connection from %s ended in an error", client_address)


class _Connection(socketserver.BaseRequestHandler):
    """Answers the requests of one connection, one after the other."""

    server: _Listener
    request: socket.socket

    def setup(self) -> None:
        self.request.settimeout(IDLE_SECONDS)
        self.request.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket = self.request
        self.server.opened(self.socket)

    def handle(self) -> None:
        try:
            self._secure()
            with io.BufferedReader(socket.SocketIO(self.socket, "r"), 65_536) as reader:
                while self._exchange(reader):
                    pass
        except (OSError, EOFError) as error:
            _log.debug("a connection ended: %s", error)

    def finish(self) -> None:
        self.server.closed(self.socket)
        _shut(self.socket)
        self.socket.close()

    def _secure(self) -> None:
        """Wrap the connection; the wrapper takes the place of the plain socket."""
        if self.server.context is not None:
            self.server.closed(self.socket)
            self.socket = self.server.context.wrap_socket(
                self.request, server_side=True, do_handshake_on_connect=False
            )
            self.server.opened(self.socket)
            self.socket.do_handshake()

    def _exchange(self, reader: io.BufferedIOBase) -> bool:
        """Answer one request; False when the connection is to be closed."""
        try:
            head = read_head(reader)
            if head is None:
                return False
            return self._answer(head, reader)
        except BadMessage as error:
            text = str(error).encode()
            self.socket.sendall(_head_bytes("400 Bad Request", [], len(text), close=True) + text)
            return False
        except ConnectionDropped:
            return False

    def _answer(self, head: MessageHead, reader: io.BufferedIOBase) -> bool:
        if head.expects_continue:
            self.socket.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        body = _body_stream(head, reader)
        collected = _Collected()
        environ = self._environ(head, body)
        chunks = self.server.application(environ, collected.start_response)
        try:
            content = b"".join(chunks)
        finally:
            _close(chunks)
        body.read()
        return self._send(head, collected, content)

    def _send(self, head: MessageHead, collected: _Collected, content: bytes) -> bool:
        close = not head.keeps_alive
        length = collected.declared_length(len(content))
        text = _head_bytes(collected.status, collected.headers, length, close=close)
        sends_body = head.method != "HEAD" and not collected.status.startswith(_NO_CONTENT)
        self.socket.sendall(text + content if sends_body else text)
        return not close and not (sends_body and length != len(content))

    def _environ(self, head: MessageHead, body: io.BufferedIOBase | ChunkedBody) -> WSGIEnvironment:
        host, port = self.server.server_address[:2]
        scheme = "https" if self.server.context is not None else "http"
        environ: WSGIEnvironment = {
            "REQUEST_METHOD": head.method,
            "SCRIPT_NAME": "",
            "PATH_INFO": head.path,
            "QUERY_STRING": head.query,
            "RAW_URI": head.target,
            "SERVER_NAME": str(host),
            "SERVER_PORT": str(port),
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": str(self.client_address[0]),
            "REMOTE_PORT": str(self.client_address[1]),
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": scheme,
            "wsgi.input": body,
            "wsgi.input_terminated": True,
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
            CLIENT_LEFT: self._has_client_left,
        }
        environ.update(head.environ)
        return environ

    def _has_client_left(self) -> bool:
        """Whether something arrived after a whole request: nobody pipelines, so it is the end."""
        with selectors.DefaultSelector() as selector:
            try:
                selector.register(self.socket, selectors.EVENT_READ)
            except (OSError, ValueError):
                return True
            return bool(selector.select(0))


class _Collected:
    """What the application told `start_response`."""

    def __init__(self) -> None:
        self.status = "500 Internal Server Error"
        self.headers: list[tuple[str, str]] = []

    def start_response(
        self,
        status: str,
        headers: list[tuple[str, str]],
        _error: object = None,
        /,
    ) -> Any:  # noqa: ANN401  the write callable of PEP 3333, which this server does not offer
        self.status = status
        self.headers = headers
        return _refuse_write

    def declared_length(self, actual: int) -> int:
        found = (value for name, value in self.headers if name.lower() == "content-length")
        return int(next(found, str(actual)))


def _refuse_write(_data: bytes) -> None:
    message = "this server takes bodies as iterables only"
    raise NotImplementedError(message)


def _head_bytes(
    status: str, headers: Iterable[tuple[str, str]], length: int, *, close: bool
) -> bytes:
    lines = [f"HTTP/1.1 {status}"]
    lines += [f"{name}: {value}" for name, value in headers if name.lower() != "content-length"]
    if not status.startswith(_NO_CONTENT):
        lines.append(f"Content-Length: {length}")
    if close:
        lines.append("Connection: close")
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1", "replace")


def _body_stream(head: MessageHead, reader: io.BufferedIOBase) -> io.BytesIO | ChunkedBody:
    if head.chunked:
        return ChunkedBody(reader)
    content = reader.read(head.length) if head.length else b""
    if len(content) < head.length:
        message = "the body is shorter than its Content-Length"
        raise EOFError(message)
    return io.BytesIO(content)


def _close(chunks: Iterable[bytes]) -> None:
    closer = getattr(chunks, "close", None)
    if closer is not None:
        closer()


def _shut(connection: socket.socket) -> None:
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError as error:
        _log.debug("the other side was gone first: %s", error)
