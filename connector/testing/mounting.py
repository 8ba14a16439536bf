"""The emulator in the place of a Dataverse environment, for every HTTP library of a test."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from functools import partial
from typing import TYPE_CHECKING

from connector.emulator.service.pace import WAIT
from connector.emulator.serving import server
from connector.testing.addresses import EVERY_ENVIRONMENT, read_address
from connector.testing.certificates import server_context
from connector.testing.connections import Connections
from connector.testing.network import NETWORK, Emulated
from connector.testing.sockets import sockets_on_the_network
from connector.testing.tls import trusted
from connector.testing.waiting import Waits, virtual_waits

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

    from connector.emulator import Emulator
    from connector.testing.addresses import Address

__all__ = ["EVERY_ENVIRONMENT", "guard", "mount"]


@contextmanager
def mount(emulator: Emulator, *addresses: str, allow: Iterable[str] = ()) -> Iterator[None]:
    """
    Answers requests for *addresses* from *emulator* while the context lasts.

    An address is scheme and host; `*` stands for any part of a host's name. Without addresses,
    `EVERY_ENVIRONMENT` is answered. The emulator stands behind a socket, so that whatever
    library a script uses acts as it does with a tenant. Other hosts cannot be reached, so
    that a script under test touches no real system by mistake; this machine stays reachable,
    and so do the hosts of *allow*, names or addresses with `*` for any part.
    """
    meant = tuple(read_address(text) for text in addresses or EVERY_ENVIRONMENT)
    connections, waits = Connections(emulator.clock), Waits(emulator.clock)
    with ExitStack() as stack:
        stack.callback(connections.close)
        ports = _served(stack, meant, _Answering(emulator.app, connections, waits))
        stack.callback(connections.release)
        stack.enter_context(sockets_on_the_network())
        stack.enter_context(trusted(connections))
        stack.enter_context(virtual_waits(waits))
        emulated = Emulated(
            addresses=meant, ports=ports, connections=connections, allowed=tuple(allow)
        )
        stack.enter_context(NETWORK.joined_by(emulated))
        yield


@contextmanager
def guard(allow: Iterable[str] = ()) -> Iterator[None]:
    """Refuses every host but this machine and those of *allow*, and answers for none."""
    with sockets_on_the_network(), NETWORK.joined_by(Emulated(allowed=tuple(allow))):
        yield


def _served(
    stack: ExitStack, addresses: Iterable[Address], application: WSGIApplication
) -> dict[bool, int]:
    """Ports of the servers that *addresses* need, by whether they speak TLS."""
    kinds = {address.is_secure for address in addresses}
    return {
        secure: stack.enter_context(
            server.serve(application, tls=server_context() if secure else None)
        ).port
        for secure in kinds
    }


class _Answering:
    """The emulator's application, told from which of the caller's connections a request comes."""

    def __init__(
        self, application: WSGIApplication, connections: Connections, waits: Waits
    ) -> None:
        self._application = application
        self._connections = connections
        self._waits = waits

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        connection = self._connections.of_port(environ.get("REMOTE_PORT", ""))
        if connection is not None:
            environ[WAIT] = partial(connection.hold, client_left=environ[server.CLIENT_LEFT])

        def started(status: str, headers: list[tuple[str, str]], *error: Any) -> Any:  # noqa: ANN401  PEP 3333
            for name, value in headers:
                if name.lower() == "retry-after":
                    self._waits.ask(value)
            return start_response(status, headers, *error)

        return self._application(environ, started)
