"""One configured environment: opened when it is used, and closed for good or for a while."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from connector.dataverse.errors import NotSent
from connector.projectops.needed_privileges import Modes
from connector.projectops.write_dialect import KnownDialect
from connector.runs.blobs.blob_store import BlobRunStore
from connector.usecases.environment import Environment
from tests.projectops.one_contract import tenant_with
from tests.projectops.one_invoice import PLANNED
from tests.usecases.opened import opened

if TYPE_CHECKING:
    from pathlib import Path


def test_the_day_is_that_of_the_business_time_zone(tmp_path: Path) -> None:
    settings = opened(tenant_with(), tmp_path).settings
    late = datetime(2020, 10, 5, 22, 30, tzinfo=UTC)

    assert Environment(settings, "tests", lambda: late).today == date(2020, 10, 6)


def test_the_settings_say_what_is_needed_beyond_reading(tmp_path: Path) -> None:
    plain = opened(tenant_with(), tmp_path).modes
    patching = opened(tenant_with(), tmp_path, DATAVERSE__CLAIM="patch").modes
    by_action = opened(
        tenant_with(), tmp_path, DATAVERSE__CLAIM="patch", DATAVERSE__WRITE_MODE="platform"
    ).modes

    assert plain == Modes(by_action=False, claims=False, owner=False, retainers=False)
    assert patching.claims
    assert (by_action.by_action, by_action.claims) == (True, False)


def test_currencies_are_read_once_until_a_run_asks_anew(tmp_path: Path) -> None:
    far = tenant_with()
    environment = opened(far, tmp_path)

    assert environment.reading is environment.reading
    assert len(far.reads) == 1
    environment.read_anew()
    assert len(far.reads) == 2


def test_drafts_belong_to_the_owner_that_the_settings_name(tmp_path: Path) -> None:
    owner = "0f8fad5b-d9cb-469f-a165-70867728950e"
    environment = opened(tenant_with(), tmp_path, DATAVERSE__OWNER=owner)

    header = environment.composer.rows(PLANNED)[0]

    assert header.row["ownerid@odata.bind"] == f"/systemusers({owner})"


def test_the_store_stays_open_until_the_environment_is_closed(tmp_path: Path) -> None:
    environment = opened(
        tenant_with(), tmp_path, RUN__STORE="https://acme.blob.core.windows.net/runs"
    )

    first = environment.store

    assert isinstance(first, BlobRunStore)
    assert first.service.address.url == "https://acme.blob.core.windows.net/runs"
    assert environment.store is first
    environment.close()
    assert environment.store is not first


def test_what_was_found_out_about_writing_is_kept_for_the_next_run(tmp_path: Path) -> None:
    first = opened(tenant_with(), tmp_path)
    first.remember_dialect()
    assert list((tmp_path / "runs").rglob("dialect.json")) == []

    first.dialect._known = KnownDialect(posted=frozenset({"invoices"}))
    first.remember_dialect()

    assert opened(tenant_with(), tmp_path).dialect.known.posted == {"invoices"}


def test_progress_is_told_for_the_length_of_a_block(tmp_path: Path) -> None:
    environment = opened(tenant_with(), tmp_path)
    before = environment.watch
    heard: list[object] = []

    with environment.watching(heard.append) as watch:
        assert environment.watch is watch
        environment.retried(NotSent("no connection"), 3)

    assert environment.watch is before
    assert len(heard) == 1
