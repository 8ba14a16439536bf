"""The emulator as other programs use it: one object for tables, behaviour, clock and server."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from connector.emulator.access.control import AccessControl
from connector.emulator.access.granting import grant
from connector.emulator.behaviours import behaviour_named
from connector.emulator.behaviours.project_operations import ProjectOperations
from connector.emulator.rows.dump import dump_rows
from connector.emulator.rows.seed import SeedRules, load_content, load_seed
from connector.emulator.rows.writer import Writer
from connector.emulator.schema.load import load_schema
from connector.emulator.service.app import DataverseApp, Parts
from connector.emulator.service.batch import BatchSettings
from connector.emulator.service.control import ControlPlane
from connector.emulator.service.limits import LimitSettings, ProtectionLimits
from connector.emulator.service.pace import Pace
from connector.emulator.service.virtual_clock import VirtualClock
from connector.emulator.serving import server as servers
from connector.emulator.sign_in.callers import Auth
from connector.emulator.sign_in.token import SignInSettings, TokenService
from connector.emulator.storage.platform_rows import PLATFORM_TABLES
from connector.emulator.storage.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import date
    from pathlib import Path
    from uuid import UUID

    from connector.emulator.rows.hooks import Behaviour
    from connector.emulator.rows.seed import SeedReport, SeedSource
    from connector.emulator.schema.model import Schema
    from connector.emulator.service.exchanges import Exchange
    from connector.emulator.service.scripted_faults import FaultScript, ScriptedFault
    from connector.emulator.service.trace import TraceEntry
    from connector.emulator.serving.server import Server, TlsFiles


@dataclass(frozen=True, slots=True, kw_only=True)
class EmulatorOptions:
    """
    What an emulator can be made to do differently.

    *ids* gives primary keys instead of the fixed sequence. *protects_actuals*
    False takes direct changes of actuals, as tenants before update release 55.
    With *rounds* the pack rounds numbers to the decimal places of their columns.
    *time_zone* is the calendar in which the pack's own actions read dates.
    *privileges* says what users may do, as `Emulator.grant` takes it; without it
    everybody may do everything. *seeds* says how seeds are judged. It, *batch*,
    *sign_in* and *limits* are described by their classes.
    """

    ids: Callable[[], UUID] | None = None
    protects_actuals: bool = True
    rounds: bool = False
    time_zone: str = "UTC"
    privileges: Mapping[str, Any] | Path | None = None
    seeds: SeedRules = field(default_factory=SeedRules)
    batch: BatchSettings = field(default_factory=BatchSettings)
    sign_in: SignInSettings = field(default_factory=SignInSettings)
    limits: LimitSettings = field(default_factory=LimitSettings)


class Emulator:
    """
    An embedded Dataverse organisation.

    By default it holds the Project Operations tables in memory, its clock stands
    still and its ids follow a fixed sequence, so that equal scripts give equal
    answers. *store_path* keeps the rows in a file, *behaviour* names a pack
    ("project-operations" or "plain"), *auth* is "off", "any" or "strict".
    `app` is the WSGI application; `serve` puts it on a loopback port.
    """

    def __init__(
        self,
        schema: Schema | None = None,
        seed: SeedSource | None = None,
        *,
        behaviour: str = "project-operations",
        store_path: Path | None = None,
        clock: VirtualClock | None = None,
        auth: Auth | str = Auth.OFF,
        options: EmulatorOptions | None = None,
    ) -> None:
        self.options = options or EmulatorOptions()
        self.clock = clock or VirtualClock()
        self.store = Store(
            schema or load_schema(),
            store_path,
            clock=self.clock,
            ids=self.options.ids,
        )
        self.limits = ProtectionLimits(self.options.limits)
        self.tokens = TokenService(self.clock, self.options.sign_in)
        self.access = AccessControl(self.store, self.tokens)
        parts = self._parts(self._pack(behaviour), Auth(auth))
        self.control = ControlPlane(self, parts)
        self.app = DataverseApp(parts, self.control.handle)
        if seed is not None:
            self.seed(seed)
        else:
            self._grant_again()

    @property
    def faults(self) -> FaultScript:
        """The faults that are still to come; `add` plans more."""
        return self.app.parts.script

    @property
    def trace(self) -> tuple[TraceEntry, ...]:
        """The requests answered so far, oldest first."""
        return self.app.parts.trace.entries

    @property
    def exchanges(self) -> tuple[Exchange, ...]:
        """The last requests and answers with headers and bodies, secrets withheld."""
        return self.app.parts.exchanges.last

    def plan(self, *faults: ScriptedFault) -> None:
        """Plan faults; each is used up by the first request that it matches."""
        self.faults.add(*faults)

    def seed(self, *sources: SeedSource, rules: SeedRules | None = None) -> SeedReport:
        """
        Load rows, all together; raises `SeedError` with every fault, and nothing is loaded.

        A source is a mapping of entity sets to rows, an OData page, a list of them, a JSON,
        CSV or XML file, a zip archive, or a folder of such files.
        """
        report = load_seed(self.store, sources, rules or self.options.seeds)
        self._grant_again()
        return report

    def grant(self, privileges: Mapping[str, Any] | Path) -> int:
        """
        Say what users may do, as a mapping or a JSON file of it, and count the users.

        `{user: {"*": "global", "invoice": {"create": "none"}}}` by user name or application id;
        users are made where there are none. Raises `PrivilegesError` with every fault.
        """
        return grant(self.store, privileges)

    def seed_content(self, name: str, content: bytes, rules: SeedRules | None = None) -> SeedReport:
        """Load the rows of a file's content, as `seed` does those of the file called *name*."""
        report = load_content(self.store, name, content, rules or self.options.seeds)
        self._grant_again()
        return report

    def recalculate(self) -> None:
        """
        Compute the sums of all drafts again, as the platform does some time after a write.

        The versions of lines and invoices move. Nothing happens with the pack "plain".
        """
        behaviour = self.app.parts.behaviour
        if isinstance(behaviour, ProjectOperations):
            with self.store.transaction() as tx:
                behaviour.recalculated(tx)

    def rows(self, entity_set: str) -> tuple[Mapping[str, Any], ...]:
        """Return every row of a table as a Web API answer shows it, ordered by primary key."""
        with self.store.reading() as tx:
            return dump_rows(tx, self.store.schema.by_entity_set(entity_set))

    def dump(self) -> Mapping[str, tuple[Mapping[str, Any], ...]]:
        """Return every table in which rows were written, in the format of a seed."""
        with self.store.reading() as tx:
            found = {
                table.entity_set: dump_rows(tx, table, written=True)
                for table in self.store.schema.tables.values()
                if table.logical_name not in PLATFORM_TABLES
            }
        return {name: rows for name, rows in found.items() if rows}

    def snapshot(self) -> bytes:
        """Return everything stored, for `restore`; clock, faults and trace are not part of it."""
        return self.store.snapshot()

    def restore(self, snapshot: bytes) -> None:
        """Replace everything stored by a snapshot."""
        self.store.restore(snapshot)

    def reset(self) -> None:
        """
        Forget rows, planned faults, trace and counted limits; the clock starts again.

        Tables and columns made over the wire are forgotten too.
        """
        self.store.forget_definitions()
        self.store.clear()
        self.faults.clear()
        self.app.parts.trace.clear()
        self.app.parts.exchanges.clear()
        self.limits.clear()
        self.clock.reset()
        self._grant_again()

    def run_invoice_job(self, run_date: date) -> tuple[UUID, ...]:
        """
        Do what the platform's own daily job does on a date; returns the drafts made.

        Raises `ValueError` when the behaviour pack has no such job.
        """
        pack = self.app.parts.behaviour
        if not isinstance(pack, ProjectOperations):
            message = f"the behaviour '{pack.name}' has no invoice job"
            raise ValueError(message)  # noqa: TRY004  the pack is a value of the caller's
        with self.store.transaction() as tx:
            writer = Writer(tx=tx, schema=self.store.schema, behaviour=pack)
            return pack.runs.run(writer, run_date)

    @contextmanager
    def serve(
        self, *, host: str = "127.0.0.1", port: int = 0, tls: TlsFiles | None = None
    ) -> Iterator[Server]:
        """Serve on a loopback port for the length of a `with` block; port 0 takes a free one."""
        with servers.serve(self.app, host=host, port=port, tls=tls) as server:
            yield server

    def close(self) -> None:
        """Close the store."""
        self.store.close()

    def _grant_again(self) -> None:
        """Give the users of the options their privileges; a seed may have brought others."""
        if self.options.privileges is not None:
            self.grant(self.options.privileges)

    def _pack(self, name: str) -> Behaviour:
        options = self.options
        return behaviour_named(
            name,
            protects_actuals=options.protects_actuals,
            time_zone=options.time_zone,
            rounds=options.rounds,
        )

    def _parts(self, behaviour: Behaviour, auth: Auth) -> Parts:
        return Parts(
            store=self.store,
            behaviour=behaviour,
            clock=self.clock,
            auth=auth,
            tokens=self.tokens,
            access=self.access,
            limits=self.limits,
            pace=Pace(clock=self.clock, limits=self.limits),
            batch=self.options.batch,
        )
