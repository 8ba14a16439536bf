"""
The control plane under `/_emulator/`: what no tenant has and every test needs.

Resets and snapshots, the clock, planned faults, protection limits, the request
trace and row counts, all as JSON.
"""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final, Protocol

from connector.emulator import faults
from connector.emulator.access.privilege_words import PrivilegesError
from connector.emulator.faults import DataverseFault
from connector.emulator.operations.functions import count_rows
from connector.emulator.protocol.exchange import Response, failure
from connector.emulator.protocol.json_text import dumps, load_object, loads
from connector.emulator.rows.seed import SeedError
from connector.emulator.service import seeding
from connector.emulator.service.scripted_faults import read_fault
from connector.emulator.storage.platform_rows import PLATFORM_TABLES
from connector.emulator.storage.string_maps import STRING_MAP

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from uuid import UUID

    from connector.emulator.protocol.exchange import Request
    from connector.emulator.rows.seed import SeedReport, SeedRules
    from connector.emulator.service.app import Parts


class Organisation(Protocol):
    """What can be asked of an emulated organisation as a whole."""

    def reset(self) -> None:
        """Forget everything: back to an empty tenant."""

    def seed(self, source: Mapping[str, Any]) -> SeedReport:
        """Add the rows of a seed; raises `SeedError`."""

    def seed_content(self, name: str, content: bytes, rules: SeedRules | None) -> SeedReport:
        """Add the rows of a file's content; raises `SeedError`."""

    def grant(self, privileges: Mapping[str, Any]) -> int:
        """Say what users may do and count them; raises `PrivilegesError`."""

    def dump(self) -> Mapping[str, tuple[Mapping[str, Any], ...]]:
        """All rows, in the format of a seed."""

    def snapshot(self) -> bytes:
        """Everything stored."""

    def restore(self, snapshot: bytes) -> None:
        """Replace everything stored by a snapshot."""

    def run_invoice_job(self, run_date: date) -> tuple[UUID, ...]:
        """Bill a date; raises `ValueError` where no pack has such a job."""


class ControlPlane:
    """Answers the requests below `/_emulator/` of one emulated organisation."""

    def __init__(self, organisation: Organisation, parts: Parts) -> None:
        self._organisation = organisation
        self._parts = parts
        self._handlers: Mapping[tuple[str, str], Callable[[Request], object]] = {
            ("GET", ""): self._status,
            ("POST", "reset"): self._reset,
            ("POST", "seed"): self._seed,
            ("GET", "snapshot"): self._snapshot,
            ("POST", "restore"): self._restore,
            ("POST", "privileges"): self._grant,
            ("GET", "clock"): self._clock,
            ("POST", "clock"): self._set_clock,
            ("GET", "faults"): self._faults,
            ("POST", "faults"): self._plan,
            ("DELETE", "faults"): self._forget_faults,
            ("GET", "trace"): self._trace,
            ("DELETE", "trace"): self._forget_trace,
            ("GET", "exchanges"): self._exchanges,
            ("GET", "limits"): self._limits,
            ("POST", "limits"): self._set_limits,
            ("GET", "rows"): self._rows,
            ("POST", "invoice-job"): self._invoice_job,
        }

    @property
    def offers(self) -> tuple[tuple[str, str], ...]:
        """The requests that are answered: what each asks for, and what it means."""
        return tuple(
            (f"{method} /_emulator/{name}", (handler.__doc__ or "").strip())
            for (method, name), handler in self._handlers.items()
        )

    def handle(self, request: Request) -> Response:
        """Answer a request of the control plane; unknown ones are refused with 404."""
        name = request.path.removeprefix("_emulator").strip("/")
        handler = self._handlers.get((request.method, name))
        try:
            if handler is None:
                raise faults.unknown_segment(segment=f"{request.method} {request.path}")
            return _json(200, handler(request))
        except DataverseFault as fault:
            return failure(fault)
        except SeedError as error:
            return _json(400, {"error": {"code": "seed", "message": str(error)}})
        except PrivilegesError as error:
            return _json(400, {"error": {"code": "privileges", "message": str(error)}})

    def _status(self, _request: Request) -> object:
        """What this emulator is and offers."""
        parts = self._parts
        return {
            "behaviour": parts.behaviour.name,
            "auth": parts.auth,
            "clock": parts.clock().isoformat(),
            "offers": [asked for asked, _ in self.offers],
        }

    def _reset(self, _request: Request) -> object:
        """Forget everything: back to an empty tenant."""
        self._organisation.reset()
        return {}

    def _seed(self, request: Request) -> object:
        """Add the rows of a seed: JSON, a zip archive, or a CSV or XML file that `file` names."""
        asked = seeding.read_wishes(request.query)
        report = self._organisation.seed_content(asked.file, request.body, asked.rules)
        return seeding.report_document(report)

    def _snapshot(self, _request: Request) -> object:
        """All rows, as a seed."""
        return self._organisation.dump()

    def _restore(self, request: Request) -> object:
        """Replace all rows by those of a seed."""
        seed = load_object(request.body)
        before = self._organisation.snapshot()
        self._parts.store.clear()
        try:
            return seeding.report_document(self._organisation.seed(seed))
        except SeedError:
            self._organisation.restore(before)
            raise

    def _grant(self, request: Request) -> object:
        """Say what users may do, as the option `privileges` does."""
        return {"users": self._organisation.grant(load_object(request.body))}

    def _clock(self, _request: Request) -> object:
        """The emulator's instant."""
        return {"now": self._parts.clock().isoformat()}

    def _set_clock(self, request: Request) -> object:
        """`set` the clock, or `advance` it by seconds."""
        body = load_object(request.body)
        try:
            if "set" in body:
                self._parts.clock.set(datetime.fromisoformat(body["set"]))
            else:
                self._parts.clock.advance(float(body.get("advance", 0)))
        except (TypeError, ValueError) as error:
            raise faults.bad_request(str(error)) from error
        return self._clock(request)

    def _faults(self, _request: Request) -> object:
        """The faults that are still to come."""
        return {"planned": [asdict(fault) for fault in self._parts.script.planned]}

    def _plan(self, request: Request) -> object:
        """Plan one fault or a list of them."""
        body = loads(request.body)
        wanted = body if isinstance(body, list) else [body]
        self._parts.script.add(*(read_fault(_object(one)) for one in wanted))
        return self._faults(request)

    def _forget_faults(self, request: Request) -> object:
        """Plan none."""
        self._parts.script.clear()
        return self._faults(request)

    def _trace(self, _request: Request) -> object:
        """The requests answered so far."""
        entries = self._parts.trace.entries
        return {"trace": [asdict(entry) | {"at": entry.at.isoformat()} for entry in entries]}

    def _forget_trace(self, _request: Request) -> object:
        """Forget them."""
        self._parts.trace.clear()
        self._parts.exchanges.clear()
        return {}

    def _exchanges(self, _request: Request) -> object:
        """The last requests and answers with headers and bodies, secrets withheld."""
        last = self._parts.exchanges.last
        return {"exchanges": [asdict(one) | {"at": one.at.isoformat()} for one in last]}

    def _limits(self, _request: Request) -> object:
        """The protection limits and the model of time."""
        return asdict(self._parts.limits.settings)

    def _set_limits(self, request: Request) -> object:
        """Change some of their settings."""
        body = load_object(request.body)
        settings = self._parts.limits.settings
        unknown = sorted(set(body) - set(asdict(settings)))
        if unknown:
            raise faults.bad_request(message=f"there is no limit '{unknown[0]}'")
        self._parts.limits.configure(replace(settings, **_numbers(body)))
        return self._limits(request)

    def _invoice_job(self, request: Request) -> object:
        """Bill a `run_date` as the platform's own job does; the drafts made."""
        run_date = _day(load_object(request.body).get("run_date"))
        try:
            drafts = self._organisation.run_invoice_job(run_date)
        except ValueError as error:
            raise faults.bad_request(str(error)) from error
        return {"invoices": [str(draft) for draft in drafts]}

    def _rows(self, _request: Request) -> object:
        """How many rows each table has; labels of choices are not counted."""
        store = self._parts.store
        with store.reading() as tx:
            counts = {
                table.entity_set: count_rows(tx, table, written=True)
                for table in store.schema.tables.values()
                if table.logical_name not in {*PLATFORM_TABLES, STRING_MAP}
            }
        return {"rows": {name: count for name, count in counts.items() if count}}


def _day(text: object) -> date:
    try:
        return date.fromisoformat(str(text))
    except ValueError as error:
        raise faults.bad_request(message="'run_date' must be a date") from error


_FLAGS: Final = frozenset({"enforced", "advances_clock"})
_WHOLE: Final = frozenset({"requests", "concurrent", "parallelism"})


def _numbers(body: Mapping[str, Any]) -> dict[str, Any]:
    """Check the values of limits by their kind."""
    checked: dict[str, Any] = {}
    for name, value in body.items():
        kind: type = bool if name in _FLAGS else int if name in _WHOLE else float
        if kind is not bool and (value is None or isinstance(value, bool | str | list | dict)):
            raise faults.bad_request(message=f"the limit '{name}' must be a number")
        if kind is bool and not isinstance(value, bool):
            raise faults.bad_request(message=f"the limit '{name}' must be true or false")
        checked[name] = kind(value)
    return checked


def _object(value: object) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise faults.bad_request(message="a fault must be an object")
    return value


def _json(status: int, value: object) -> Response:
    headers = (("Content-Type", "application/json; charset=utf-8"),)
    return Response(status=status, headers=headers, body=dumps(value))
