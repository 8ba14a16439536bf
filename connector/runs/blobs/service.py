"""
One blob container: its client is opened at first use, and what fails for a moment is tried again.

The library's own retries are switched off, because whether a request may be repeated depends on
what it does: every action that is given here can be repeated without harm.
"""

from __future__ import annotations

import logging
import re
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeVar

import requests
from azure.core.exceptions import AzureError
from azure.core.pipeline.transport import RequestsTransport
from azure.storage.blob import ContainerClient
from requests.adapters import HTTPAdapter
from tenacity import Retrying, retry_if_exception, wait_exponential
from urllib3 import Retry

from connector.dataverse.errors import DataverseError, UnusableSettings
from connector.machine import let_pass
from connector.runs.blobs.faults import is_passing, refused
from connector.runs.store import RunStoreError, RunStoreUnreachable

if TYPE_CHECKING:
    from collections.abc import Callable

    from tenacity import RetryCallState

    from connector.runs.blobs.sign_in import Credential
    from connector.settings.container import ContainerAddress

T = TypeVar("T")

_ATTEMPTS: Final = 5
#: The same while the service has never answered: then the settings are wrong more often than not.
_FIRST_ATTEMPTS: Final = 3
#: The same after a call that gave up, until an answer comes: a run must not wait for each file.
_ATTEMPTS_WHEN_AWAY: Final = 1
#: Seconds before the second attempt; each later pause is twice as long: 7.5 seconds in all.
_FIRST_PAUSE: Final = 0.5
#: Seconds until a connection stands, and until the next byte of an answer comes.
_CONNECT: Final = 10
_READ: Final = 30
#: Connections that are kept: what the tenant accepts at once from one user, and some more.
_THREADS: Final = 64
#: A version of the service that every Azurite of the last years knows, started as it is.
_EMULATOR_VERSION: Final = "2021-12-02"

_SIGNATURE: Final = re.compile(r"(?<=[?&]sig=)[^&\s\"]+")


@dataclass(slots=True)
class BlobService:
    """The container at *address*, opened by what *sign_in* gives; safe from several threads."""

    address: ContainerAddress
    sign_in: Callable[[], Credential] = field(repr=False)
    sleep: Callable[[float], None] = let_pass
    _attempts: int = field(default=_FIRST_ATTEMPTS, init=False, repr=False)
    _client: ContainerClient | None = field(default=None, init=False, repr=False)
    _opening: threading.Lock = field(default_factory=threading.Lock, init=False, repr=False)

    def call(self, action: Callable[[ContainerClient], T], doing: str) -> T:
        """
        What *action* returns, tried again while the service fails for a moment.

        *doing* names what is tried, such as "cannot read x". Raises `RunStoreError`.
        """
        attempts = Retrying(
            retry=retry_if_exception(is_passing),
            wait=wait_exponential(_FIRST_PAUSE, exp_base=2),
            stop=self._is_enough,
            sleep=self.sleep,
            reraise=True,
        )
        try:
            found: T = attempts(self.once, action)
        except AzureError as error:
            if is_passing(error):
                self._attempts = _ATTEMPTS_WHEN_AWAY
            # Not as its cause: the text of a lost connection repeats the signature of the address.
            raise refused(self.address, doing, error) from None
        except DataverseError as error:  # of the sign-in
            is_setting = isinstance(error, UnusableSettings)
            kind = RunStoreError if is_setting else RunStoreUnreachable
            message = f"the run store {doing}: {error}"
            raise kind(message) from error
        return found

    def once(self, action: Callable[[ContainerClient], T]) -> T:
        """What *action* returns; raises what the library raises, and `DataverseError`."""
        return action(self._opened())

    def _hear(self, _response: object) -> None:
        self._attempts = _ATTEMPTS

    def _is_enough(self, state: RetryCallState) -> bool:
        return state.attempt_number >= self._attempts

    def close(self) -> None:
        """Close the connections; the next use opens them again."""
        with self._opening:
            client, self._client = self._client, None
        if client is not None:
            client.close()

    def _opened(self) -> ContainerClient:
        with self._opening:
            if self._client is None:
                self._client = self._new()
            return self._client

    def _new(self) -> ContainerClient:
        _hide_signatures()
        address = self.address
        try:
            return ContainerClient(
                address.account_url,
                address.container,
                credential=self.sign_in(),
                retry_total=0,
                transport=_transport(is_at_home=address.is_plain),
                api_version=_EMULATOR_VERSION if address.is_on_loopback else None,
                raw_response_hook=self._hear,
            )
        except ValueError as error:
            message = f"the run store {address.url} cannot be opened: {error}"
            raise RunStoreError(message) from None


def _transport(*, is_at_home: bool) -> RequestsTransport:
    """
    Connections for as many threads as a run has, so that none is thrown away with a warning.

    Proxies and certificates of the environment are not for an emulator at home.
    """
    session = requests.Session()
    session.trust_env = not is_at_home
    no_retries = Retry(total=False, redirect=False, raise_on_status=False)
    for scheme in ("http://", "https://"):
        adapter = HTTPAdapter(pool_maxsize=_THREADS, max_retries=no_retries)
        session.mount(scheme, adapter)
    return RequestsTransport(session=session, connection_timeout=_CONNECT, read_timeout=_READ)


class _WithoutSignature(logging.Filter):
    """Takes the signature out of the addresses that a library's debug lines repeat."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Always True: the line stays, its secret goes."""
        text = record.getMessage()
        if "sig=" in text:
            record.msg, record.args = _SIGNATURE.sub("***", text), ()
        return True


_HIDING: Final = _WithoutSignature()


def _hide_signatures() -> None:
    """For whoever listens to the debug lines of the HTTP library; adding twice changes nothing."""
    logging.getLogger("urllib3.connectionpool").addFilter(_HIDING)
