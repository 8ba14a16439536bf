"""The refusals of a batch as a whole, each with its documented code where there is one."""

from __future__ import annotations

from typing import Final

from connector.emulator.faults import DataverseFault

PAYLOAD_ERROR: Final = "0x80048d19"
ODATA_RULE: Final = "0x80060888"
NO_RESOURCE: Final = "0x8006088a"
MAXIMUM_OPERATIONS: Final = 1000


def unreadable_stream() -> DataverseFault:
    """Line ends or the closing boundary are wrong; documented text."""
    return DataverseFault(status=400, code=PAYLOAD_ERROR, message="Stream was not readable.")


def malformed(what: str) -> DataverseFault:
    """Return the refusal of multipart text that cannot be understood."""
    message = f"Error encountered while reading the batch: {what}."
    return DataverseFault(status=400, code=PAYLOAD_ERROR, message=message)


def not_multipart(content_type: str) -> DataverseFault:
    """Return the refusal of JSON batches and other bodies; the status is assumed."""
    message = f"A batch must be multipart/mixed, not '{content_type[:80]}'."
    return DataverseFault(status=415, code=PAYLOAD_ERROR, message=message)


def content_id_missing() -> DataverseFault:
    """Return the refusal of a change-set part that has no Content-ID."""
    return DataverseFault(status=400, code=ODATA_RULE, message="Content-ID header not present")


def content_id_repeated(content_id: str) -> DataverseFault:
    """Return the refusal of one Content-ID used twice in a change set."""
    message = f"Content-ID '{content_id}' is used more than once in a change set."
    return DataverseFault(status=400, code=ODATA_RULE, message=message)


def unknown_reference(reference: str) -> DataverseFault:
    """Return the refusal of a reference to no earlier operation; documented text."""
    message = f"Content-ID Reference: '{reference}' does not exist in the batch context."
    return DataverseFault(status=400, code=PAYLOAD_ERROR, message=message)


def read_in_change_set() -> DataverseFault:
    """Return the refusal of a GET inside a change set."""
    message = "A change set may not hold a GET request."
    return DataverseFault(status=400, code=ODATA_RULE, message=message)


def nested_batch() -> DataverseFault:
    """Return the refusal of a batch inside a batch."""
    message = "A batch may not hold another batch."
    return DataverseFault(status=400, code=ODATA_RULE, message=message)


def too_many(count: int) -> DataverseFault:
    """Return the refusal of a batch of more than 1,000 operations; the words are assumed."""
    message = f"A batch may hold {MAXIMUM_OPERATIONS} operations; this one holds {count}."
    return DataverseFault(status=400, code=ODATA_RULE, message=message)


def no_resource(path: str) -> DataverseFault:
    """Return the refusal of a target outside the service root."""
    message = f"No HTTP resource was found that matches the request URI '{path[:200]}'."
    return DataverseFault(status=404, code=NO_RESOURCE, message=message)
