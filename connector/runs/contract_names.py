"""What the contracts of a kept run are called, read from its sealed parts and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from connector.runs.names import PartFile, run_folder
from connector.runs.part_file import contract_lines
from connector.runs.plan_text import decoded

if TYPE_CHECKING:
    from collections.abc import Iterator

    from connector.runs.store import RunStore


@dataclass(frozen=True, slots=True, kw_only=True)
class _Named:
    """The little of a planned contract that says what it is called."""

    contract_name: str
    contract_number: str | None = None


def kept_names(store: RunStore, run_id: str, parts: int) -> Iterator[str]:
    """
    Names and numbers of the contracts in the first *parts* parts of *run_id*.

    Raises `RunStoreError`, and `PlanFileError` for a part that is no part.
    """
    ending = f".{PartFile.PLAN}"
    sealed = [name for name in store.names(run_folder(run_id)) if name.endswith(ending)]
    for name in sealed[:parts]:
        for line in contract_lines(store.get(name) or b""):
            found = decoded(line, _Named, name)
            yield from filter(None, (found.contract_name, found.contract_number))
