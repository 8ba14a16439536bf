"""
The emulated organisation as one WSGI application.

It mounts the Web API, the sign-in service and the control plane, and carries
every request through the same steps: scripted fault, sign-in, protection
limits, operation, time, trace.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final
from uuid import UUID

from werkzeug.wsgi import get_input_stream

from connector.emulator import faults
from connector.emulator.faults import DataverseFault
from connector.emulator.operations import routing
from connector.emulator.operations.scope import Scope
from connector.emulator.protocol.batch_faults import no_resource
from connector.emulator.protocol.exchange import Request, Response, failure
from connector.emulator.protocol.formats import takes_numbers_as_text
from connector.emulator.rows.writer import Writer
from connector.emulator.service.batch import BatchRunner, BatchSettings
from connector.emulator.service.exchanges import Exchanges
from connector.emulator.service.pace import WAIT
from connector.emulator.service.scripted_faults import FaultKind, FaultScript
from connector.emulator.service.trace import Trace, TraceEntry
from connector.emulator.serving.dropped import ConnectionDropped
from connector.emulator.sign_in.callers import check_token

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime
    from wsgiref.types import StartResponse, WSGIEnvironment

    from connector.emulator.access.control import AccessControl
    from connector.emulator.rows.hooks import Behaviour
    from connector.emulator.service.limits import ProtectionLimits
    from connector.emulator.service.pace import Pace
    from connector.emulator.service.scripted_faults import ScriptedFault
    from connector.emulator.service.virtual_clock import VirtualClock
    from connector.emulator.sign_in.callers import Auth
    from connector.emulator.sign_in.token import TokenService
    from connector.emulator.storage.store import Store, Transaction

MAXIMUM_URL: Final = 32_768
MAXIMUM_URL_IN_BATCH: Final = 65_536
_REQUEST_IDS: Final = UUID("0a6e1000-0000-4000-8000-000000000000")
_SERVICE: Final = re.compile(r"/api/data/(v9\.[0-2])(?:/|\Z)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What an application is made of."""

    store: Store
    behaviour: Behaviour
    clock: VirtualClock
    auth: Auth
    tokens: TokenService
    access: AccessControl
    limits: ProtectionLimits
    pace: Pace
    script: FaultScript = field(default_factory=FaultScript)
    trace: Trace = field(default_factory=Trace)
    exchanges: Exchanges = field(default_factory=Exchanges)
    batch: BatchSettings = field(default_factory=BatchSettings)


class DataverseApp:
    """The WSGI application; *control* answers what is below `/_emulator/`."""

    def __init__(self, parts: Parts, control: Callable[[Request], Response]) -> None:
        self.parts = parts
        self._control = control
        self._numbers = itertools.count(1)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request; raises `ConnectionDropped` where a scripted fault says so."""
        response = self._answer(environ)
        headers = list(response.headers)
        if response.header("Content-Length") is None:
            headers.append(("Content-Length", str(len(response.body))))
        start_response(f"{response.status} {response.reason}", headers)
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [response.body]

    def _answer(self, environ: WSGIEnvironment) -> Response:
        path = environ.get("PATH_INFO", "")
        service = _SERVICE.match(path)
        request, at = _request(environ, service), self.parts.clock()
        if service is None and request.path.startswith("_emulator"):
            return self._control(request)
        try:
            response = self._beyond_control(request, environ, is_service=service is not None)
        except ConnectionDropped as dropped:
            self.parts.exchanges.add(at, request, None, str(dropped))
            raise
        self.parts.exchanges.add(at, request, response)
        return response

    def _beyond_control(
        self, request: Request, environ: WSGIEnvironment, *, is_service: bool
    ) -> Response:
        """What a tenant answers: the Web API, or the sign-in."""
        if is_service:
            return self._service(request, environ.get(WAIT))
        signed_in = self.parts.tokens.handle(request, _sign_in_origin(environ))
        return signed_in or failure(no_resource(environ.get("PATH_INFO", "")))

    def _service(self, request: Request, wait: Callable[[float], None] | None = None) -> Response:
        """Answer a request of the Web API, with everything that may befall it on the way."""
        target = f"/{request.path}" + (f"?{request.query}" if request.query else "")
        fault = self.parts.script.take(request.method, target)
        if fault is not None and fault.kind is FaultKind.DROP_BEFORE:
            raise ConnectionDropped(committed=False)
        arrived = self.parts.clock()
        if fault is not None and fault.kind is FaultKind.STATUS:
            done = _Done(response=fault.answer(), operations=0)
        else:
            done = self._admitted(request, arrived)
        self.parts.pace.spend(done.seconds, fault.seconds if fault else 0.0, wait)
        response = self._stamped(done.response)
        self._record(request, target, done.answered(response, done.seconds), arrived)
        return response if fault is None else _befallen(response, fault)

    def _admitted(self, request: Request, arrived: datetime) -> _Done:
        """Check sign-in and protection limits, carry out, and count what it cost."""
        limits, user = self.parts.limits, request.header("authorization") or ""
        try:
            check_token(self.parts.auth, self.parts.tokens, request)
            limits.admit(user, arrived)
        except DataverseFault as fault:
            return _Done(response=failure(fault), operations=0)
        done = self._operate(request)
        seconds = limits.settings.server_seconds(done.operations)
        remaining = limits.complete(user, arrived, seconds)
        extra = () if remaining is None else remaining.headers
        return done.answered(done.response.with_headers(*extra), seconds)

    def _operate(self, request: Request) -> _Done:
        if request.path != "$batch":
            return _Done(response=self._standalone(request, MAXIMUM_URL), operations=1)
        try:
            outcome = self._batch(request).run()
        except DataverseFault as fault:
            return _Done(response=failure(fault), operations=1)
        return _Done(response=outcome.response, operations=outcome.operations)

    def _batch(self, request: Request) -> BatchRunner:
        if request.method != "POST":
            raise faults.DataverseFault(405, "0x80060888", "A batch must be sent by POST.")
        access = self.parts.access
        return BatchRunner(
            request=request,
            settings=self.parts.batch,
            standalone=lambda one: self._standalone(one, MAXIMUM_URL_IN_BATCH),
            carry_out=self._carry_out,
            atomically=lambda: self.parts.store.transaction(access.caller_of(request)),
            next_id=self._next_request_id,
        )

    def _standalone(self, request: Request, maximum_url: int) -> Response:
        """Answer one operation in a transaction of its own."""
        store = self.parts.store
        try:
            _check_length(request, maximum_url)
            begin = store.reading if request.method == "GET" else store.transaction
            with begin(self.parts.access.caller_of(request)) as tx:
                return self._carry_out(request, tx)
        except DataverseFault as fault:
            return failure(fault)

    def _carry_out(self, request: Request, tx: Transaction) -> Response:
        schema, pack = self.parts.store.schema, self.parts.behaviour
        as_text = takes_numbers_as_text(request.header("content-type") or "")
        writer = Writer(tx=tx, schema=schema, behaviour=pack, numbers_as_text=as_text)
        scope = Scope(request=request, tx=tx, schema=schema, writer=writer, actions=pack.actions)
        return routing.carry_out(scope)

    def _stamped(self, response: Response) -> Response:
        """Add the headers that every answer of the service carries."""
        request_id = self._next_request_id()
        return response.with_headers(
            ("REQ_ID", request_id),
            ("x-ms-service-request-id", request_id),
            ("x-ms-dop-hint", str(self.parts.limits.settings.parallelism)),
        )

    def _record(self, request: Request, target: str, done: _Done, arrived: datetime) -> None:
        entry = TraceEntry(
            at=arrived,
            method=request.method,
            target=target,
            status=done.response.status,
            operations=done.operations,
            request_bytes=len(request.body),
            response_bytes=len(done.response.body),
            seconds=done.seconds,
            request_id=done.response.header("REQ_ID") or "",
        )
        self.parts.trace.add(entry)

    def _next_request_id(self) -> str:
        return str(UUID(int=_REQUEST_IDS.int + next(self._numbers)))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Done:
    """An answer, the operations behind it, and the modelled server time in seconds."""

    response: Response
    operations: int
    seconds: float = 0.0

    def answered(self, response: Response, seconds: float) -> _Done:
        """Return this with another answer and time; every request comes by twice."""
        return _Done(response=response, operations=self.operations, seconds=seconds)


def _befallen(response: Response, fault: ScriptedFault) -> Response:
    if fault.kind is FaultKind.DROP_AFTER:
        raise ConnectionDropped(committed=True)
    return fault.spoil(response)


def _check_length(request: Request, maximum: int) -> None:
    length = len(request.service_root) + len(request.path) + len(request.query)
    if length > maximum:
        message = f"The URL has {length} characters; at most {maximum} are allowed."
        raise DataverseFault(status=414, code="0x80060888", message=message)


def _request(environ: WSGIEnvironment, service: re.Match[str] | None) -> Request:
    path = environ.get("PATH_INFO", "")
    origin = origin_of(environ)
    if service is None:
        root, rest = f"{origin}/", path.removeprefix("/")
    else:
        root, rest = f"{origin}/api/data/{service.group(1)}/", path[service.end() :]
    headers = {
        key[5:].replace("_", "-").lower(): value
        for key, value in environ.items()
        if key.startswith("HTTP_")
    }
    if environ.get("CONTENT_TYPE"):
        headers["content-type"] = environ["CONTENT_TYPE"]
    return Request(
        method=environ["REQUEST_METHOD"],
        path=rest.encode("latin-1").decode("utf-8", "replace"),
        query=environ.get("QUERY_STRING", ""),
        headers=headers,
        body=get_input_stream(environ).read() if _has_body(environ) else b"",
        service_root=root,
    )


def _has_body(environ: WSGIEnvironment) -> bool:
    return environ.get("CONTENT_LENGTH", "") not in ("", "0") or bool(
        environ.get("wsgi.input_terminated")
    )


def origin_of(environ: WSGIEnvironment) -> str:
    """Return scheme, host and port that the client used."""
    host = environ.get("HTTP_HOST") or f"{environ['SERVER_NAME']}:{environ['SERVER_PORT']}"
    return f"{environ['wsgi.url_scheme']}://{host}"


def _sign_in_origin(environ: WSGIEnvironment) -> str:
    """
    Return the origin that the discovery document announces.

    MSAL refuses sign-in services without TLS. Who reaches this one by plain http
    comes through a client that redirects the public host here.
    """
    origin = origin_of(environ)
    return origin if origin.startswith("https:") else "https://login.microsoftonline.com"
