"""From settings to a client that can talk to one environment."""

from __future__ import annotations

import itertools
from contextlib import contextmanager
from typing import TYPE_CHECKING
from uuid import NAMESPACE_OID, UUID, uuid5

from connector.dataverse.auth import token_source
from connector.dataverse.client import DataverseClient
from connector.dataverse.limiter import Limiter
from connector.dataverse.transport import RequestsTransport

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from connector.settings.load import Settings


@contextmanager
def open_client(settings: Settings, session: str) -> Iterator[DataverseClient]:
    """
    A client for the configured environment; its connections are closed at the end.

    *session* names this session in the correlation ids of its requests. Nothing is sent before
    the client is used. Raises `UnusableSettings` when the settings allow no safe request.
    """
    url = settings.dataverse.url
    root = f"{url}/api/data/{settings.dataverse.api_version}/"
    tokens = token_source(settings.auth.sign_in, url)
    transport = RequestsTransport(root, tokens, ids=_correlation_ids(session))
    try:
        limiter = Limiter(settings.dataverse.workers)
        yield DataverseClient(transport, limiter=limiter, tag=settings.dataverse.tag or "")
    finally:
        transport.close()


def _correlation_ids(session: str) -> Callable[[], UUID]:
    """Ids that follow from the session and a count: unlike random ones they can be repeated."""
    namespace = uuid5(NAMESPACE_OID, session)
    numbers = itertools.count()
    return lambda: uuid5(namespace, str(next(numbers)))
