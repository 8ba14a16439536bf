"""
Golden files of what plans, explanations and checks say, word by word.

`python -m tests.invoicing.told generate [--force]` writes them, from the contracts in `told_cases`
and `tampered`; without `--force` none is overwritten.
"""

from __future__ import annotations

import re
import sys
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from connector.invoicing.explain import Explanation, explain
from connector.invoicing.plan import NotInvoiced
from connector.invoicing.planning import plan_contract
from tests.invoicing.tampered import violations_text
from tests.invoicing.told_cases import CASES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from connector.invoicing.model import ContractSnapshot, Currency
    from tests.invoicing.told_cases import Case

FOLDER = Path(__file__).parent / "told"
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_UNLESS_EMPTY = ("discount", "fee", "contract_number", "resource_id")
_TABLES = (
    "customers",
    "lines",
    "line_customers",
    "schedule",
    "milestones",
    "actuals",
    "retainers",
    "invoices",
)


def told(case: Case) -> str:
    """The whole plan of *case* and an explanation of every record; ids by name where known."""
    plan = plan_contract(case.snapshot, case.day, case.policy)
    explained = [
        explain(case.snapshot, key, case.day, case.policy) for key in _subjects(case.snapshot)
    ]
    names = {str(key): name for key, name in _names(case.snapshot)}
    said = _rows("plan", plan, case.snapshot.contract.currency)
    text = "\n".join([*said, *(r for e in explained for r in _rows("told", e))])
    return _UUID.sub(lambda found: names.get(found[0], found[0]), text) + "\n"


def _names(snapshot: ContractSnapshot) -> Iterator[tuple[Any, str]]:
    yield snapshot.contract.id, f"<{snapshot.contract.name}>"
    yield snapshot.contract.currency.id, f"<{snapshot.contract.currency.code}>"
    for table in _TABLES:
        for number, record in enumerate(getattr(snapshot, table)):
            name = getattr(record, "name", "")
            yield record.id, f"<{table} {number}{f': {name}' if name else ''}>"


def _subjects(snapshot: ContractSnapshot) -> Iterator[Any]:
    yield snapshot.contract.id
    for table in ("lines", "schedule", "milestones", "actuals", "retainers", "customers"):
        yield from (record.id for record in getattr(snapshot, table))


#: What every answer repeats of the contract, and what only an invoice of it fills.
OF_THE_CONTRACT = ("contract_id", "contract_name", "currency", "invoices")


def _rows(word: str, value: Any, own: Currency | None = None, indent: str = "") -> Iterator[str]:
    """
    *value* with its fields, those of records and lists of records on rows of their own.

    Left out are discounts and fees of zero, names that nobody has given, and the currency *own* of
    what stays behind; its facts are told by the hint that names them. Explanations are told in
    English.
    """
    inner = f"{indent}  "
    if isinstance(value, tuple) and value and is_dataclass(value[0]):
        for part in value:
            yield from _rows(word, part, own, indent)
    elif isinstance(value, tuple) and value and isinstance(value[0], tuple):
        yield from (f"{indent}{word}: {' '.join(map(str, part))}" for part in value)
    elif is_dataclass(value):
        flat = [(f.name, getattr(value, f.name)) for f in fields(value)]
        flat = [(name, x) for name, x in flat if x or name not in _UNLESS_EMPTY]
        if isinstance(value, NotInvoiced):
            flat = [(name, x) for name, x in flat if x != own and name != "facts"]
            flat.append(("hint", value.hint))
        if isinstance(value, Explanation):
            english = {"story": "text", "way_out": "what_would_change_it"}
            names = [english.get(name, name) for name, _ in flat if name not in OF_THE_CONTRACT]
            flat = [(name, getattr(value, name)) for name in names]
        plain = [(name, x) for name, x in flat if not _is_deep(x)]
        yield f"{indent}{word}: " + " | ".join(f"{name} = {_cell(x)}" for name, x in plain)
        for name, part in flat:
            if _is_deep(part):
                yield from _rows(name, part, own, inner)
    else:
        yield f"{indent}{word}: {_cell(value)}"


def _is_deep(value: Any) -> bool:
    return is_dataclass(value) or (
        isinstance(value, tuple) and bool(value) and not isinstance(value[0], str)
    )


def _cell(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def generate(*, force: bool) -> int:
    """Write every golden file that is missing, or all of them."""
    refused = 0
    texts = {FOLDER / f"{name}.txt": told(case) for name, case in CASES.items()}
    for golden, text in {**texts, FOLDER.parent / "violations.txt": violations_text()}.items():
        if golden.exists() and not force:
            print(f"{golden.name} exists; --force overwrites it", file=sys.stderr)  # noqa: T201
            refused = 1
        else:
            golden.write_text(text, encoding="utf-8")
    return refused


if __name__ == "__main__":
    if sys.argv[1:2] != ["generate"]:
        sys.exit(__doc__)
    sys.exit(generate(force="--force" in sys.argv))
