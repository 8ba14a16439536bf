"""One part is written by anybody who has its task, and leaves the same rows however often."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TYPE_CHECKING

import msgspec
import pytest

from connector.outcome import GOOD_STATUSES, InvoiceStatus
from connector.runs.folder_store import FolderRunStore
from connector.runs.names import PartFile, part_file
from connector.runs.part_report import kept_part_report
from connector.runs.plan_text import PlanFileError
from connector.runs.progress_file import progress_lines
from connector.scope import Scope
from connector.summary import OutcomeSummary
from connector.usecases.parts.plan_parts import plan_parts
from connector.usecases.parts.tasks import WriteTask
from connector.usecases.parts.write_part import write_control, write_part
from connector.usecases.progress import InvoiceEnded
from tests.reliability.undisturbed import content, violations
from tests.usecases.conftest import DAY
from tests.usecases.in_parts import in_parts

if TYPE_CHECKING:
    from connector import Connector
    from connector.run_report import RunPlan
    from connector.usecases.progress import ProgressEvent
    from tests.end_to_end.tenant import TestTenant

RUN = "R1"


@pytest.fixture
def store(many: TestTenant) -> FolderRunStore:
    return FolderRunStore(many.folder / "shared")


def planned(tenant: TestTenant, store: FolderRunStore, size: int = 3) -> RunPlan:
    with in_parts(tenant, size) as connector:
        return plan_parts(connector._environment, store, RUN, Scope(run_date=DAY))


def write(connector: Connector, store: FolderRunStore, task: WriteTask) -> OutcomeSummary | None:
    environment = connector._environment
    with write_control(environment, lambda: None) as control:
        return write_part(environment, store, task, control)


def written_alone(tenant: TestTenant) -> object:
    """The rows that an undisturbed run leaves; the tenant is as before afterwards."""
    before = tenant.emulator.snapshot()
    with tenant.connector(RUN__STORE=str(tenant.folder / "alone")) as connector:
        connector.run(DAY, run_id="alone")
    found = content(tenant)
    tenant.emulator.restore(before)
    return found


def test_parts_that_are_written_by_several_processes_leave_the_rows_of_one_run(
    many: TestTenant, store: FolderRunStore
) -> None:
    expected = written_alone(many)
    plan = planned(many, store)
    texts = [msgspec.json.encode(WriteTask(run_id=RUN, part=part)) for part in plan.summaries]

    def carried_out(text: bytes) -> bytes:
        task = msgspec.json.decode(text, type=WriteTask)
        with many.connector() as connector:
            return msgspec.json.encode(write(connector, store, task))

    with ThreadPoolExecutor(3) as pool:
        found = [msgspec.json.decode(t, type=OutcomeSummary) for t in pool.map(carried_out, texts)]

    assert content(many) == expected
    assert violations(many) == []
    assert sum(item.invoices for part in found for item in part.outcomes) == plan.totals.invoices
    assert {item.status for part in found for item in part.outcomes} == {InvoiceStatus.WRITTEN}
    assert max(len(text) for text in texts) < 4_000


def test_two_runners_on_one_manifest_leave_the_rows_of_one(
    many: TestTenant, store: FolderRunStore
) -> None:
    expected = written_alone(many)
    plan, start = planned(many, store), Barrier(2)

    def runner(_number: int) -> list[InvoiceStatus]:
        with many.connector() as connector:
            start.wait()
            found = [
                write(connector, store, WriteTask(run_id=RUN, part=part, resumed=True))
                for part in plan.summaries
            ]
        return [item.status for part in found if part for item in part.outcomes]

    with ThreadPoolExecutor(2) as pool:
        statuses = [status for found in pool.map(runner, range(2)) for status in found]

    assert content(many) == expected
    assert violations(many) == []
    assert set(statuses) <= GOOD_STATUSES


def test_a_part_that_is_written_again_writes_nothing_and_says_so(
    many: TestTenant, store: FolderRunStore
) -> None:
    part = planned(many, store).summaries[0]
    with many.connector() as connector:
        first = write(connector, store, WriteTask(run_id=RUN, part=part))
        once = many.emulator.dump()
        again = write(connector, store, WriteTask(run_id=RUN, part=part, resumed=True))

    assert many.emulator.dump() == once
    assert first is not None
    assert again is not None
    assert [item.status for item in first.outcomes] == [InvoiceStatus.WRITTEN]
    assert [item.status for item in again.outcomes] == [InvoiceStatus.ALREADY_WRITTEN]
    assert first.outcomes[0].amount == again.outcomes[0].amount == part.totals.currencies[0].amount


def test_what_becomes_of_each_invoice_is_written_down_before_and_after_it(
    many: TestTenant, store: FolderRunStore
) -> None:
    part = planned(many, store).summaries[0]
    heard: list[ProgressEvent] = []
    with many.connector() as connector, connector._environment.watching(heard.append):
        task = WriteTask(run_id=RUN, part=part, invoices=7)
        summary = write(connector, store, task)

    lines = [(line.invoice_id, line.status) for line in progress_lines(store, RUN, part.number)]
    report = kept_part_report(store, RUN, part.number)
    assert report is not None
    assert report.summary == summary
    ids = [note.invoice_id for note in report.outcomes]
    assert sorted(map(str, lines)) == sorted(
        str(line) for i in ids for line in ((i, None), (i, InvoiceStatus.WRITTEN))
    )
    assert all(lines.index((i, None)) < lines.index((i, InvoiceStatus.WRITTEN)) for i in ids)
    ended = [event for event in heard if isinstance(event, InvoiceEnded)]
    assert sorted(event.done for event in ended) == list(range(1, len(ids) + 1))
    assert {event.invoices for event in ended} == {7}


def test_a_part_that_was_exchanged_is_refused_before_a_row_is_written(
    many: TestTenant, store: FolderRunStore
) -> None:
    first, second, *_ = planned(many, store).summaries
    paths = [store.root / part_file(RUN, part.number, PartFile.PLAN) for part in (first, second)]
    texts = [path.read_bytes() for path in paths]
    for path, text in zip(paths, reversed(texts), strict=True):
        path.write_bytes(text)
    before = many.emulator.dump()

    with (
        many.connector() as connector,
        pytest.raises(PlanFileError, match="part 2 stands where part 1 belongs"),
    ):
        write(connector, store, WriteTask(run_id=RUN, part=first))

    assert many.emulator.dump() == before
