"""A child process of the benchmarks: a file store is filled with actuals and asked for a page."""

from __future__ import annotations

import json
import resource
import sys
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path
from time import process_time
from typing import TYPE_CHECKING
from uuid import UUID

from werkzeug.test import EnvironBuilder, run_wsgi_app

from connector.emulator import Emulator

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

PART = 20_000
CONTRACTS = 500
SET = "/api/data/v9.2/msdyn_actuals"
FILTER = "_msdyn_salescontract_value eq {} and msdyn_billingstatus eq 192350004"


def key(kind: int, number: int) -> str:
    """The id of row *number* of a kind."""
    return str(UUID(int=(kind << 96) + number))


def actuals(first: int, count: int) -> Iterator[Mapping[str, object]]:
    """Unbilled time of many contracts, with the columns that an invoice needs."""
    for number in range(first, first + count):
        day = date(2020, 9, 1) + timedelta(days=number % 60)
        yield {
            "msdyn_actualid": key(14, number),
            "msdyn_description": f"Work {number}",
            "msdyn_transactiontypecode": 192350005,
            "msdyn_transactionclassification": 192350000,
            "msdyn_billingtype": 192350001,
            "msdyn_billingstatus": 192350004 if number % 5 else None,
            "msdyn_transactiondate": day.isoformat(),
            "msdyn_documentdate": f"{day}T00:00:00Z",
            "msdyn_quantity": number % 9 + 1,
            "msdyn_price": 100,
            "msdyn_amount": (number % 9 + 1) * 100,
            "_msdyn_salescontract_value": key(12, number % CONTRACTS),
            "_msdyn_salescontractlineid_value": key(11, number % CONTRACTS),
        }


def contracts() -> Mapping[str, list[Mapping[str, object]]]:
    """The contracts and lines that the actuals refer to."""
    numbers = range(CONTRACTS)
    return {
        "salesorders": [{"salesorderid": key(12, n), "name": f"Contract {n}"} for n in numbers],
        "salesorderdetails": [
            {
                "salesorderdetailid": key(11, n),
                "_salesorderid_value": key(12, n),
                "producttypecode": 5,
            }
            for n in numbers
        ],
    }


def fill(emulator: Emulator, rows: int) -> None:
    """Contracts, lines and *rows* actuals."""
    emulator.seed(contracts())
    for first in range(0, rows, PART):
        emulator.seed({"msdyn_actuals": list(actuals(first, min(PART, rows - first)))})


def get(emulator: Emulator, path: str) -> bytes:
    """The body of an answer."""
    environ = EnvironBuilder(path=path, input_stream=BytesIO()).get_environ()
    chunks, status, _ = run_wsgi_app(emulator.app, environ, buffered=True)
    if not status.startswith("200"):
        message = f"{status} for {path}"
        raise RuntimeError(message)
    return b"".join(chunks)


def pages(emulator: Emulator) -> list[float]:
    """Seconds for each page of the whole table, read to its end."""
    taken: list[float] = []
    address: str | None = f"{SET}?$select=msdyn_amount,msdyn_transactiondate,msdyn_description"
    while address is not None:
        start = process_time()
        answer = json.loads(get(emulator, address))
        taken.append(process_time() - start)
        following = answer.get("@odata.nextLink")
        address = SET + following.partition(SET)[2] if following else None
    return taken


def peak_memory() -> float:
    """The peak memory of this process in MB, without what its parent had when it started it."""
    status = Path("/proc/self/status")
    if status.exists():  # on Linux `getrusage` begins at the size of the parent
        words = status.read_text(encoding="ascii").partition("VmHWM:")[2].split()
        return int(words[0]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main(store: Path, rows: int) -> None:
    """
    Print seconds of processor time, and the peak memory in MB.

    Of filling, of a contract's page, of a page at the beginning and at the end of the table.
    """
    emulator = Emulator(store_path=store)
    start = process_time()
    fill(emulator, rows)
    filled = process_time()
    get(emulator, f"{SET}?$filter={FILTER.format(key(12, 7))}")
    read = process_time()
    taken = pages(emulator)
    emulator.close()
    few = max(1, min(10, len(taken) // 2))
    first, last = min(taken[:few]), min(taken[-few - 1 : -1] or taken)
    peak = peak_memory()
    sys.stdout.write(
        f"{filled - start:.1f} {read - filled:.3f} {first:.4f} {last:.4f} {peak:.0f}\n"
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
