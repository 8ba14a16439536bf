"""The end of a connection without an answer, which no status can say."""

from __future__ import annotations


class ConnectionDropped(Exception):  # noqa: N818  it says what happened to the connection
    """
    The connection breaks without an answer.

    The loopback server closes the socket. An in-process caller gets this
    exception and should turn it into its client's connection error; *committed*
    tells whether the request was carried out first.
    """

    def __init__(self, *, committed: bool) -> None:
        side = "after" if committed else "before"
        super().__init__(f"the connection was dropped by a scripted fault, {side} the operation")
        self.committed = committed
