"""How fast the emulator answers, each figure beside a bare yardstick measured in the same run."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from io import BytesIO
from pathlib import Path
from time import perf_counter, process_time
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from werkzeug.test import EnvironBuilder, run_wsgi_app

from connector.emulator import Emulator
from tests.benchmarks import drafts, tenant_of_actuals
from tests.benchmarks.tenant_of_actuals import fill, get, key

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

pytestmark = pytest.mark.long

ROOT = Path(__file__).resolve().parents[2]
POINT_READS = 3_000
PAGE_ROWS, PAGE_COLUMNS = 5_000, 25
INSERTED, OPERATIONS = 100_000, 1_000
ACTUALS = 1_000_000
INVOICES, DETAILS = 100, 40
SEEDED, EXPORTED = 100_000, 20_000
API = "/api/data/v9.2"
POINT = f"{API}/msdyn_actuals({key(14, 7)})?$select=msdyn_amount,msdyn_description"


def seconds(work: Callable[[], object]) -> float:
    """How long *work* takes."""
    return timed(work)[0]


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """How long *work* takes by the clock, and how much processor time, which others cannot take."""
    start, used = perf_counter(), process_time()
    work()
    return perf_counter() - start, process_time() - used


def report(text: str, aim: str) -> None:
    """Print a figure beside its aim; what is printed is the point of a benchmark."""
    sys.stdout.write(f"\n[aim: {aim}] {text}")


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    """Six thousand actuals in memory."""
    found = Emulator()
    fill(found, 6_000)
    yield found
    found.close()


def bare_point_reads() -> float:
    """The same number of rows read from SQLite by key and written as JSON, and nothing else."""
    with closing(sqlite3.connect(":memory:")) as store:
        store.execute("CREATE TABLE t (id TEXT PRIMARY KEY, a TEXT, b TEXT) WITHOUT ROWID")
        store.executemany("INSERT INTO t VALUES (?, 'Work', '8')", ((str(n),) for n in range(6000)))
        query = "SELECT a, b FROM t WHERE id = ?"

        def read() -> None:
            for number in range(POINT_READS):
                json.dumps(store.execute(query, (str(number),)).fetchone())

        return seconds(read)


def test_point_reads_in_process(emulator: Emulator) -> None:
    environ = EnvironBuilder(path=POINT).get_environ()

    def read() -> None:
        for _ in range(POINT_READS):
            _, status, _ = run_wsgi_app(emulator.app, {**environ, "wsgi.input": BytesIO()})
            assert status.startswith("200")

    (took, used), bare = min(timed(read) for _ in range(3)), bare_point_reads()
    report(
        f"point reads in process: {POINT_READS / took:,.0f}/s, {POINT_READS / used:,.0f} for each"
        f" second of processor time ({took / bare:.0f} x SQLite and JSON)",
        aim="5,000/s",
    )


@contextmanager
def served(folder: Path) -> Iterator[HTTPConnection]:
    """A connection to the emulator as a process of its own, as other programs use it."""
    seed = folder / "seed.json"
    rows = [
        {name: value for name, value in row.items() if not name.startswith("_")}
        for row in tenant_of_actuals.actuals(0, 100)
    ]
    seed.write_text(json.dumps({"msdyn_actuals": rows}), encoding="utf-8")
    program = Path(sys.executable).with_name("proforma")
    command = [str(program), "emulator", "serve", "--seed", str(seed)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            host = process.stdout.readline().split("//")[1].strip()
            with closing(HTTPConnection(host)) as connection:
                yield connection
        finally:
            process.terminate()


def test_point_reads_over_loopback(tmp_path: Path) -> None:
    with served(tmp_path) as connection:

        def read() -> None:
            for _ in range(POINT_READS):
                connection.request("GET", POINT)
                answer = connection.getresponse()
                assert answer.status == 200
                answer.read()

        took = min(seconds(read) for _ in range(3))
    text = f"point reads over loopback, one connection: {POINT_READS / took:,.0f}/s"
    report(text, aim="2,000/s")


def test_a_filtered_page_of_5_000_rows_and_25_columns(emulator: Emulator) -> None:
    plain = [name for name in sorted(_columns(emulator)) if not name.startswith("_")]
    select = ",".join(plain[:PAGE_COLUMNS])
    condition = quote("msdyn_transactiontypecode eq 192350005 and msdyn_amount gt 0")
    path = f"{API}/msdyn_actuals?$select={select}&$filter={condition}"

    page = json.loads(get(emulator, path))
    took = min(seconds(lambda: get(emulator, path)) for _ in range(3))
    bare = min(seconds(lambda: json.dumps(page)) for _ in range(3))

    assert len(page["value"]) == PAGE_ROWS
    report(
        f"$filter page of {PAGE_ROWS:,} rows, {PAGE_COLUMNS} columns: {took * 1000:.0f} ms"
        f" ({took / bare:.1f} x json.dumps of the same rows)",
        aim="150 ms",
    )


def _columns(emulator: Emulator) -> set[str]:
    table = emulator.store.schema.by_entity_set("msdyn_actuals")
    kinds = {"string", "memo", "money", "decimal", "integer", "picklist", "datetime", "boolean"}
    return {name for name, column in table.columns.items() if column.kind.value in kinds}


def _batch(first: int) -> bytes:
    """One change set of new accounts."""
    parts = []
    for number in range(first, first + OPERATIONS):
        body = json.dumps(
            {
                "accountid": key(10, number),
                "name": f"Customer {number}",
                "accountnumber": str(number),
            }
        )
        parts.append(
            f"--c\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n"
            f"Content-ID: {number - first + 1}\r\n\r\n"
            f"POST {API}/accounts HTTP/1.1\r\nContent-Type: application/json\r\n\r\n{body}\r\n"
        )
    inner = "".join(parts) + "--c--\r\n"
    return f"--b\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\n{inner}\r\n--b--\r\n".encode()


def test_100_000_rows_in_batches() -> None:
    bodies = [_batch(first) for first in range(0, INSERTED, OPERATIONS)]
    with closing(Emulator(behaviour="plain")) as emulator:
        took, used = timed(lambda: _send(emulator, bodies))
        with emulator.store.reading() as tx:
            assert tx.select("SELECT COUNT(*) FROM account")[0][0] == INSERTED
    bare = seconds(lambda: [body.split(b"\r\n") for body in bodies])
    report(
        f"{INSERTED:,} rows through $batch: {took:.1f} s, {INSERTED / took:,.0f} rows/s,"
        f" {used:.1f} s of processor time"
        f" ({took / bare:.0f} x splitting the bodies into lines)",
        aim="30 s",
    )


def _send(emulator: Emulator, bodies: list[bytes]) -> None:
    for body in bodies:
        environ = EnvironBuilder(
            path=f"{API}/$batch",
            method="POST",
            data=body,
            content_type="multipart/mixed; boundary=b",
        ).get_environ()
        chunks, status, _ = run_wsgi_app(emulator.app, environ, buffered=True)
        assert status.startswith("200"), b"".join(chunks)[:500]


@pytest.mark.parametrize("behaviour", ["project-operations", "plain"])
def test_drafts_through_change_sets(behaviour: str) -> None:
    bodies = [drafts.change_set(number, DETAILS) for number in range(INVOICES)]
    rows = INVOICES * drafts.rows_of(DETAILS)
    with closing(Emulator(behaviour=behaviour, seed=drafts.seed(INVOICES, DETAILS))) as emulator:
        took, used = timed(lambda: _send(emulator, bodies))
        invoices, actuals = emulator.rows("invoices"), emulator.rows("msdyn_actuals")
    is_pack = behaviour == "project-operations"
    assert {row["totalamount"] for row in invoices} == {800 * DETAILS if is_pack else None}
    claimed = 192350001 if is_pack else 192350004
    assert {row["msdyn_billingstatus"] for row in actuals} == {claimed}
    bare = seconds(lambda: [body.split(b"\r\n") for body in bodies])
    report(
        f"{INVOICES} drafts of {DETAILS} details through change sets, {behaviour}:"
        f" {rows / took:,.0f} rows/s, {rows / used:,.0f} for each second of processor time"
        f" ({used / bare:.0f} x splitting the bodies into lines)",
        aim="1,000 rows/s",
    )


def seconds_to_delete(emulator: Emulator, written: int) -> float:
    """Processor time for deleting one draft with all that hangs on it, among so many."""
    _send(emulator, [drafts.change_set(number, DETAILS) for number in range(written)])
    taken = []
    for number in range(3):
        builder = EnvironBuilder(
            path=f"{API}/invoices({key(drafts.INVOICE, number)})", method="DELETE"
        )
        start = process_time()
        _, status, _ = run_wsgi_app(emulator.app, builder.get_environ(), buffered=True)
        taken.append(process_time() - start)
        assert status.startswith("204")
    return min(taken)


def test_deleting_one_draft_among_many() -> None:
    taken = []
    for count in (INVOICES, INVOICES * 5):
        with closing(Emulator(seed=drafts.seed(count, DETAILS))) as emulator:
            taken.append(seconds_to_delete(emulator, count))
    few, many = taken
    report(
        f"deleting a draft of {DETAILS} details among {INVOICES}: {few * 1000:.0f} ms of processor"
        f" time, among five times as many {many * 1000:.0f} ms ({many / few:.1f} x)",
        aim="about 1 x",
    )


def exported(rows: int) -> list[Mapping[str, object]]:
    """Actuals with every column that a tenant's export has, most of them null."""
    with closing(Emulator()) as emulator:
        fill(emulator, 1_000)
        shown = emulator.rows("msdyn_actuals")
    return [{**shown[n % 1_000], "msdyn_actualid": key(14, n)} for n in range(rows)]


@pytest.mark.parametrize("shape", ["13 columns", "an export's 100 columns"])
def test_a_seed_from_a_file(shape: str, tmp_path: Path) -> None:
    rows = SEEDED if shape.startswith("13") else EXPORTED
    actuals = tenant_of_actuals.actuals(0, rows) if rows == SEEDED else exported(rows)
    file = tmp_path / "seed.json"
    seed = {**tenant_of_actuals.contracts(), "msdyn_actuals": list(actuals)}
    file.write_text(json.dumps(seed, default=float), encoding="utf-8")
    bare = timed(lambda: json.loads(file.read_bytes()))[1]
    with closing(Emulator()) as emulator:
        took, used = timed(lambda: emulator.seed(file))
        with emulator.store.reading() as tx:
            assert tx.select("SELECT COUNT(*) FROM msdyn_actual")[0][0] == rows
    report(
        f"a seed of {rows:,} rows, {shape}: {took:.1f} s, {used:.1f} s of processor time,"
        f" {rows / used:,.0f} rows for each second of it ({used / bare:.1f} x json.loads of the"
        f" file)",
        aim="100,000 rows in 10 s",
    )


def test_memory_of_a_million_actuals_in_a_file(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.benchmarks.tenant_of_actuals"]
    peaks = {}
    for rows in (ACTUALS // 50, ACTUALS):
        store = tmp_path / f"{rows}.sqlite"
        child = subprocess.run(
            [*command, str(store), str(rows)], cwd=ROOT, capture_output=True, text=True, check=True
        )
        filled, read, first, last, peak = map(float, child.stdout.split())
        peaks[rows] = peak
        report(
            f"{rows:,} actuals in a file store, processor time: filled in {filled:.0f} s"
            f" ({rows / filled:,.0f} rows/s), a contract's 1/500 read in {read * 1000:.0f} ms,"
            f" of the whole table the first pages in {first * 1000:.0f} ms each and the last in"
            f" {last * 1000:.0f} ms ({last / first:.1f} x), peak memory {peak:.0f} MB",
            aim="last page as the first, 300 MB",
        )
    few, many = peaks.values()
    report(f"fifty times the rows take {many / few:.2f} x the memory", aim="about 1")
