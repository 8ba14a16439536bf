"""
The frozen plan as a file: one line a contract, every line sealed.

A header names tenant and run date, a footer the control totals. Each line carries the hash of the
line before it and of its own text, so the first line that was altered, removed or moved is named.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from hashlib import sha256
from typing import TYPE_CHECKING, Final, Literal

from pydantic import TypeAdapter, ValidationError

from connector.errors import ConnectorError
from connector.invoicing.ids import OrganizationId
from connector.invoicing.plan import ContractPlan, PlanWarning
from connector.outcome import ExitCode, FailedContract, RunPlan
from connector.runs.whole_files import write_whole

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

FORMAT: Final = "proforma-plan/1"
_SEAL = 64


class PlanFileError(ConnectorError):
    """A plan file that must not be applied; says which line and why."""

    exit_code = ExitCode.USAGE


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """First line: what the plan is for."""

    format: Literal["proforma-plan/1"]
    organization_id: OrganizationId
    environment_url: str
    run_date: date
    warnings: tuple[PlanWarning, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Footer:
    """Last line: control totals over the contracts above it."""

    contracts: int
    failed: int
    invoices: int
    details: int
    amount_by_currency: Mapping[str, Decimal]


_HEADER = TypeAdapter(Header)
_FOOTER = TypeAdapter(Footer)
_CONTRACT = TypeAdapter(ContractPlan)
_FAILED = TypeAdapter(FailedContract)


def seal_plan(
    *,
    organization_id: OrganizationId,
    environment_url: str,
    run_date: date,
    contracts: Iterable[ContractPlan],
    failed: Iterable[FailedContract],
    warnings: Iterable[PlanWarning] = (),
) -> RunPlan:
    """A plan with the hash of its text; contracts and failures are sorted by id."""
    unsealed = RunPlan(
        organization_id=organization_id,
        environment_url=environment_url,
        run_date=run_date,
        contracts=tuple(sorted(contracts, key=lambda plan: plan.contract_id)),
        failed=tuple(sorted(failed, key=lambda item: item.contract_id)),
        warnings=tuple(warnings),
        sha256="",
    )
    *_, last = _sealed_lines(_texts(unsealed))
    return replace(unsealed, sha256=last[:_SEAL])


def write_plan(plan: RunPlan, path: Path) -> None:
    """
    Write *plan* so that *path* holds all of it or is as it was.

    Raises `OSError` when the disk refuses.
    """
    write_whole(path, plan_lines(plan))


def plan_lines(plan: RunPlan) -> Iterator[str]:
    """The lines of the plan's file, each sealed, with their line ends."""
    return (f"{line}\n" for line in _sealed_lines(_texts(plan)))


def read_plan(path: Path) -> RunPlan:
    """The plan in *path*; raises `PlanFileError` when it was altered, cut or is no plan."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        message = f"the plan {path} cannot be read: {getattr(error, 'strerror', None) or error}"
        raise PlanFileError(message) from error
    return parse_plan(text, str(path))


def parse_plan(text: str, name: str) -> RunPlan:
    """The plan that *text* holds; *name* is what messages of `PlanFileError` call it."""
    lines = text.splitlines()
    try:
        return _parsed(_unsealed(lines, name), name, lines[-1][:_SEAL] if lines else "")
    except ValidationError as error:
        detail = error.errors()[0]
        where = ".".join(map(str, detail["loc"]))
        message = f"the plan {name} cannot be used: {where}: {detail['msg']}"
        raise PlanFileError(message) from error


def parse_header(text: str) -> Header | None:
    """What the plan that begins with *text* is for; None when that cannot be seen."""
    kind, _, content = text.partition("\n")[0][_SEAL:].lstrip().partition(" ")
    try:
        return _HEADER.validate_json(content) if kind == "header" else None
    except ValidationError:
        return None


def _texts(plan: RunPlan) -> Iterator[str]:
    header = Header(
        format=FORMAT,
        organization_id=plan.organization_id,
        environment_url=plan.environment_url,
        run_date=plan.run_date,
        warnings=plan.warnings,
    )
    yield "header " + _HEADER.dump_json(header).decode()
    for contract in plan.contracts:
        yield "contract " + _CONTRACT.dump_json(contract).decode()
    for item in plan.failed:
        yield "failed " + _FAILED.dump_json(item).decode()
    yield "footer " + _FOOTER.dump_json(_totals(plan.contracts, plan.failed)).decode()


def _totals(contracts: Sequence[ContractPlan], failed: Sequence[FailedContract]) -> Footer:
    invoices = [invoice for plan in contracts for invoice in plan.invoices]
    sums: dict[str, Decimal] = {}
    for invoice in invoices:
        code = invoice.currency.code
        sums[code] = sums.get(code, Decimal(0)) + invoice.amount
    return Footer(
        contracts=len(contracts),
        failed=len(failed),
        invoices=len(invoices),
        details=sum(len(line.details) for invoice in invoices for line in invoice.lines),
        amount_by_currency=dict(sorted(sums.items())),
    )


def _sealed_lines(texts: Iterable[str]) -> Iterator[str]:
    seal = ""
    for text in texts:
        seal = _seal(seal, text)
        yield f"{seal} {text}"


def _seal(previous: str, text: str) -> str:
    return sha256(f"{previous}\n{text}".encode()).hexdigest()


def _unsealed(lines: Sequence[str], path: str) -> list[tuple[str, str]]:
    """Kind and JSON of each line; raises at the first whose seal does not fit."""
    found: list[tuple[str, str]] = []
    previous = ""
    for number, line in enumerate(lines, start=1):
        seal, _, text = line.partition(" ")
        if seal != _seal(previous, text):
            message = f"the plan {path} was altered: line {number} is not as it was written"
            raise PlanFileError(message)
        kind, _, content = text.partition(" ")
        found.append((kind, content))
        previous = seal
    if not found or found[0][0] != "header" or found[-1][0] != "footer":
        message = f"the plan {path} is cut: expected a header, contracts and a footer"
        raise PlanFileError(message)
    return found


def _parsed(lines: Sequence[tuple[str, str]], path: str, seal: str) -> RunPlan:
    header = _HEADER.validate_json(lines[0][1])
    contracts = tuple(_CONTRACT.validate_json(text) for kind, text in lines if kind == "contract")
    failed = tuple(_FAILED.validate_json(text) for kind, text in lines if kind == "failed")
    if _FOOTER.validate_json(lines[-1][1]) != _totals(contracts, failed):
        message = f"the plan {path} contradicts itself: its footer does not fit its contracts"
        raise PlanFileError(message)
    plan = RunPlan(
        organization_id=header.organization_id,
        environment_url=header.environment_url,
        run_date=header.run_date,
        contracts=contracts,
        failed=failed,
        warnings=header.warnings,
        sha256="",
    )
    return replace(plan, sha256=seal)
