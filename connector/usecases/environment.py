"""One configured environment, opened when it is first used."""

from __future__ import annotations

import itertools
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from platform import node
from typing import TYPE_CHECKING, Protocol
from uuid import NAMESPACE_OID, UUID, uuid5

from connector.dataverse.auth import token_source
from connector.dataverse.client import DataverseClient
from connector.dataverse.limiter import Limiter
from connector.dataverse.read_only import GuardedTransport, ReadOnlyGuard
from connector.dataverse.transport import RequestsTransport
from connector.invoicing.policy import Retainers
from connector.machine import elapsed_seconds, let_pass
from connector.mapping import load_mapping
from connector.projectops.change_sets import OPERATIONS_PER_CHANGE_SET
from connector.projectops.compose import Composer
from connector.projectops.midnights import Midnights, OtherTimeZone, read_midnights
from connector.projectops.needed_privileges import Modes
from connector.projectops.read import CONTRACTS_PER_PART, Reading, begin_reading
from connector.projectops.resolve import resolve_tenant
from connector.projectops.tenant import Tenant, require_retainers
from connector.projectops.write_dialect import (
    KnownDialect,
    WriteDialect,
    dialect_text,
    known_dialect,
)
from connector.runs.epoch_lease import Epochs
from connector.runs.lease import LeaseTerms
from connector.runs.names import TenantFile, tenant_file
from connector.usecases.extra_rules import load_rules
from connector.usecases.run_store import open_store
from connector.usecases.watch import Watch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date, datetime, timedelta

    from connector.dataverse.errors import DataverseError
    from connector.invoicing.ids import OrganizationId
    from connector.runs.lease import Lease
    from connector.runs.store import RunStore
    from connector.settings.load import Settings
    from connector.usecases.progress import Progress


class Waits(Protocol):
    """What happens while a request waits to be sent, or to be sent again."""

    def sleep(self, seconds: float) -> None:
        """Let seconds pass; may raise, when nothing is worth waiting for any more."""

    def retried(self, failure: DataverseError, seconds: float) -> None:
        """Hear that a request is sent again, and why."""


class Environment:
    """Settings, mapping, client and what the tenant's metadata says; nothing is sent before use."""

    def __init__(
        self,
        settings: Settings,
        session: str,
        clock: Callable[[], datetime],
        announce: Callable[[str], None] | None = None,
    ) -> None:
        """
        Raises `MappingError` for the mapping, `ExtensionError` for an installed rule.

        *announce* shows a person the code of a sign-in by device.
        """
        self.settings = settings
        self.clock = clock
        #: Who tells a person the code of a sign-in by device; None where nobody is there.
        self.announce = announce
        self.mapping = load_mapping(settings.dataverse.mapping)
        self.rules = load_rules()
        #: What one change set may hold; a tenant that is slow may want less.
        self.operations_per_change_set = OPERATIONS_PER_CHANGE_SET
        #: How many contracts are a part.
        self.contracts_per_part = CONTRACTS_PER_PART
        #: Who hears how a call goes on, and may stop it; changed by `watching` for its length.
        self.watch = Watch()
        #: What lets only reads pass to the tenant, while a rehearsal is on.
        self.guard = ReadOnlyGuard()
        self._session = session
        self._resources = ExitStack()
        self._client: DataverseClient | None = None
        self._tenant: Tenant | None = None
        self._midnights: Midnights | None = None
        self._reading: Reading | None = None
        self._store: RunStore | None = None
        self._dialect: WriteDialect | None = None

    @property
    def modes(self) -> Modes:
        """What the settings ask for beyond reading: it decides which privileges are needed."""
        dataverse = self.settings.dataverse
        return Modes(
            by_action=dataverse.write_mode == "platform",
            claims=dataverse.claim == "patch" and dataverse.write_mode == "rows",
            owner=dataverse.owner is not None,
            retainers=self.settings.policy.retainers is not Retainers.REPORT_ONLY,
        )

    @property
    def today(self) -> date:
        """The calendar date that it is now in the business time zone."""
        return self.clock().astimezone(self.settings.run.zone).date()

    @property
    def client(self) -> DataverseClient:
        """The client, opened on first use."""
        if self._client is None:
            opening = open_client(
                self.settings, self._session, self.clock, self, self.guard, self.announce
            )
            self._client = self._resources.enter_context(opening)
        return self._client

    @property
    def tenant(self) -> Tenant:
        """The tenant's names, numbers and dates, read on first use."""
        if self._tenant is None:
            tenant = resolve_tenant(self.client, self.mapping, self.settings.run.zone)
            if self.settings.policy.retainers is not Retainers.REPORT_ONLY:
                require_retainers(tenant)
            self._tenant = tenant
        return self._tenant

    def call_organization(self, organization: OrganizationId) -> None:
        """Go by the id of another organization, of which the obligation keys are made then."""
        self._tenant = replace(self.tenant, organization_id=organization)

    @property
    def reading(self) -> Reading:
        """What has to be known before contracts are read; read by `read_anew`, or on first use."""
        return self._reading or self.read_anew()

    def read_anew(self) -> Reading:
        """Read at the beginning of a run what holds for all of its contracts."""
        self._reading = begin_reading(self.client, self.tenant)
        return self._reading

    @contextmanager
    def watching(self, progress: Progress | None) -> Iterator[Watch]:
        """Tell *progress* how the block goes on; its watch can be asked to stop it."""
        before, self.watch = self.watch, Watch(progress)
        try:
            yield self.watch
        finally:
            self.watch = before

    def sleep(self, seconds: float) -> None:
        """Let time pass, unless the call that waits is to end."""
        self.watch.sleep(seconds)

    def pause(self, seconds: float) -> None:
        """Let time pass, also where somebody has stopped the run: to tell of its end."""
        if seconds:
            let_pass(seconds)

    def retried(self, failure: DataverseError, seconds: float) -> None:
        """Tell who listens that something is sent again."""
        self.watch.retried(failure, seconds)

    @property
    def midnights(self) -> Midnights:
        """
        What the tenant's dates say of the business time zone, read once.

        Raises `OtherTimeZone` when they are midnights of another one and the settings do not say
        to go on.
        """
        if self._midnights is None:
            self._midnights = read_midnights(self.client, self.tenant)
        if not self._midnights.fits and self.settings.run.other_midnights == "refuse":
            raise OtherTimeZone(self._midnights)
        return self._midnights

    @property
    def composer(self) -> Composer:
        """What turns planned invoices into rows of this tenant."""
        owner = self.settings.dataverse.owner
        return Composer(self.tenant, None if owner is None else f"systemusers({owner})")

    @property
    def store(self) -> RunStore:
        """Where plans and reports are kept, opened on first use; raises `RunStoreError`."""
        if self._store is None:
            self._store = open_store(self.settings, self.clock, self._resources)
        return self._store

    @property
    def dialect(self) -> WriteDialect:
        """In which form this tenant takes writes, as far as earlier runs have found out."""
        if self._dialect is None:
            name = tenant_file(self.tenant.organization_id, TenantFile.DIALECT)
            kept = self.store.get(name)
            text = None if kept is None else kept.decode(errors="replace")
            self._dialect = WriteDialect(
                known_dialect(text), claims=self.settings.dataverse.claim == "patch"
            )
        return self._dialect

    def remember_dialect(self) -> None:
        """Keep what this run has found out, if it is anything; raises `RunStoreError`."""
        known = self.dialect.known
        if known != KnownDialect():
            name = tenant_file(self.tenant.organization_id, TenantFile.DIALECT)
            self.store.put(name, (dialect_text(known).encode(),))

    def lease(self, run_id: str) -> Lease:
        """The right to write to the tenant, not taken yet; raises `RunStoreError`."""
        terms = LeaseTerms(host=node(), run_id=run_id, clock=self.clock)
        return self.store.lease(tenant_file(self.tenant.organization_id, TenantFile.LEASE), terms)

    def epochs(self, run_id: str, lasts: timedelta) -> Epochs:
        """The epochs of the tenant's runs in steps, as *run_id* sees them; raises nothing."""
        terms = LeaseTerms(host=node(), run_id=run_id, clock=self.clock, lasts=lasts)
        return Epochs(store=self.store, tenant=self.tenant.organization_id, terms=terms)

    def close(self) -> None:
        """Close the connections; using the environment again opens it again."""
        self._client = self._tenant = self._dialect = self._midnights = self._reading = None
        self._store = None
        self._resources.close()


@contextmanager
def open_client(
    settings: Settings,
    session: str,
    clock: Callable[[], datetime],
    waiting: Waits,
    guard: ReadOnlyGuard | None = None,
    announce: Callable[[str], None] | None = None,
) -> Iterator[DataverseClient]:
    """
    A client for the configured environment; its connections are closed at the end.

    *session* names this session in the correlation ids of its requests, *clock* tells whether a
    token still lasts, *waiting* lets seconds pass, *guard* may refuse what writes, and *announce*
    shows a person the code of a sign-in by device. Nothing is sent before the client is used.
    Raises `UnusableSettings` when the settings allow no safe request.
    """
    url = settings.dataverse.url
    root = f"{url}/api/data/{settings.dataverse.api_version}/"
    tokens = token_source(
        settings.auth.sign_in, url, now=lambda: clock().timestamp(), announce=announce
    )
    transport = RequestsTransport(
        root, tokens, ids=_correlation_ids(session), clock=elapsed_seconds, sleep=waiting.sleep
    )
    try:
        limiter = Limiter(settings.dataverse.workers)
        tag = settings.dataverse.tag or ""
        guarded = GuardedTransport(transport, guard or ReadOnlyGuard())
        yield DataverseClient(guarded, limiter=limiter, tag=tag, heard=waiting.retried)
    finally:
        transport.close()


def _correlation_ids(session: str) -> Callable[[], UUID]:
    """Ids that follow from the session and a count: unlike random ones they can be repeated."""
    namespace = uuid5(NAMESPACE_OID, session)
    numbers = itertools.count()
    return lambda: uuid5(namespace, str(next(numbers)))
