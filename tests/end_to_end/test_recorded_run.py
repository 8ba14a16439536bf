"""A whole run of the connector, recorded, replayed, and compared with an emulator."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from connector import Connector, load_settings
from connector.cassette import compare_cassette, read_cassette
from connector.cassette.filling import fill
from connector.emulator import Emulator
from connector.sample_tenant import sample_seed
from tests.cassette.far_side import recording, replaying, sample

if TYPE_CHECKING:
    from pathlib import Path

    from connector import RunReport

DAY = date(2020, 10, 5)


def run(url: str, folder: Path, name: str) -> RunReport:
    """A run with a store of its own: nothing but the tenant is known to it."""
    config = folder / f"{name}.toml"
    store = (folder / name).as_posix()
    config.write_text(
        f'[dataverse]\nurl = "{url}"\n[run]\ntime_zone = "UTC"\nstore = "{store}"\n',
        encoding="utf-8",
    )
    with Connector(load_settings(config, {}), session=name) as connector:
        return connector.run(DAY, run_id=name)


@pytest.fixture
def cassette(tmp_path: Path) -> Path:
    path = tmp_path / "run.jsonl"
    with sample() as emulator, recording(emulator.app, path) as (ours, _):
        run(ours, tmp_path, "recorded")
    return path


def test_a_run_against_its_recording_reports_what_it_did(cassette: Path, tmp_path: Path) -> None:
    with replaying(cassette) as url:
        report = run(url, tmp_path, "replayed")

    # The README shows this draft of the sample tenant: 11,288.60 before tax.
    [totals] = report.outcome_totals
    assert (totals.status, totals.invoices) == ("written", 1)
    assert str(totals.amount) == "11288.6000"


@pytest.mark.parametrize("filled_from", ["the seed", "the reads"])
def test_an_emulator_agrees_with_every_exchange_of_a_run(cassette: Path, filled_from: str) -> None:
    recorded = read_cassette(cassette)
    emulator = Emulator(seed=sample_seed() if filled_from == "the seed" else None)
    if filled_from == "the reads":
        fill(emulator, recorded)
    with emulator.serve() as server:
        compared = tuple(compare_cassette(recorded, server.url))
    emulator.close()

    assert len(compared) == len(recorded.exchanges) > 5
    assert [(one.exchange.request.line, one.gaps) for one in compared if one.gaps] == []
