"""Faults by the words of whoever tests: plan them with `dataverse.plan(...)`, in their order."""

from __future__ import annotations

from connector.emulator import FaultKind, ScriptedFault

_BUSY = "Number of requests exceeded the limit of 6000 over time window of 300 seconds."
_LIMIT = "0x80072322"


def throttled(
    *, retry_after: float = 1.0, times: int = 1, method: str = "", path: str = ""
) -> ScriptedFault:
    """The next *times* requests meet the limit of requests: 429 with Retry-After in seconds."""
    return ScriptedFault(
        kind=FaultKind.STATUS,
        status=429,
        code=_LIMIT,
        message=_BUSY,
        retry_after=retry_after,
        times=times,
        method=method,
        path=path,
    )


def refused(
    status: int, code: str = "", *, message: str = "", method: str = "", path: str = ""
) -> ScriptedFault:
    """The next request is answered with an error instead of being carried out."""
    return ScriptedFault(
        kind=FaultKind.STATUS,
        status=status,
        code=code,
        message=message or f"The service answers {status}.",
        method=method,
        path=path,
    )


def lost_before(*, method: str = "", path: str = "", skip: int = 0) -> ScriptedFault:
    """The connection breaks before the next request is carried out."""
    return ScriptedFault(kind=FaultKind.DROP_BEFORE, method=method, path=path, skip=skip)


def lost_after(*, method: str = "", path: str = "", skip: int = 0) -> ScriptedFault:
    """The next request is carried out, and the connection breaks before its answer."""
    return ScriptedFault(kind=FaultKind.DROP_AFTER, method=method, path=path, skip=skip)


def cut_short(*, method: str = "", path: str = "", skip: int = 0) -> ScriptedFault:
    """Half of the next answer arrives."""
    return ScriptedFault(kind=FaultKind.HALF_BODY, method=method, path=path, skip=skip)


def garbled_page(number: int = 1, *, path: str = "") -> ScriptedFault:
    """The page of that number, counted from 1 over GET requests, is HTML with status 200."""
    return ScriptedFault(kind=FaultKind.GARBLED, method="GET", path=path, skip=number - 1)


def slow(seconds: float, *, method: str = "", path: str = "", times: int = 1) -> ScriptedFault:
    """The next *times* answers take so much longer."""
    return ScriptedFault(
        kind=FaultKind.SLOW, seconds=seconds, method=method, path=path, times=times
    )
