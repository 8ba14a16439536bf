"""The settings of the function app, and which day a tick belongs to."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

APP = Path(__file__).resolve().parents[2] / "azure-function"
sys.path.append(str(APP))  # where the platform puts it

from app_settings import AppSettingError, app_settings  # noqa: E402 - its folder was unknown before

if TYPE_CHECKING:
    from app_settings import AppSettings

USUAL = {
    "PROFORMA__DATAVERSE__URL": "https://contoso.crm4.dynamics.com",
    "PROFORMA__AUTH__METHOD": "azure-cli",
    "PROFORMA__RUN__TIME_ZONE": "Europe/Berlin",
}


def settings(**given: str) -> AppSettings:
    return app_settings({**USUAL, **given})


@pytest.mark.parametrize(
    ("tick", "day"),
    [
        # Berlin is two hours ahead of UTC in summer, one in winter.
        ("2020-10-04T21:49:59", "2020-10-04"),  # 23:49:59 there: eleven minutes before midnight
        ("2020-10-04T21:50:00", "2020-10-05"),  # 23:50: the coming day's
        ("2020-10-04T21:59:59", "2020-10-05"),
        ("2020-10-04T22:00:00", "2020-10-05"),
        ("2020-12-31T22:30:00", "2020-12-31"),
        ("2020-12-31T22:55:00", "2021-01-01"),
        # The night in which clocks go back an hour, at three: 24:00 is 22:00 UTC still.
        ("2020-10-24T21:55:00", "2020-10-25"),
        ("2020-10-25T22:55:00", "2020-10-26"),
    ],
)
def test_a_tick_shortly_before_midnight_is_the_coming_day_s(tick: str, day: str) -> None:
    now = datetime.fromisoformat(tick).replace(tzinfo=UTC)

    assert settings().run_date(now).isoformat() == day


@pytest.mark.parametrize(
    ("text", "is_dry"), [("true", True), ("True", True), ("1", True), ("false", False), ("", False)]
)
def test_a_dry_run_is_asked_for_in_words(text: str, *, is_dry: bool) -> None:
    assert settings(PROFORMA_DRY_RUN=text).dry_run is is_dry


@pytest.mark.parametrize("text", ["yes please", "2", "dry"])
def test_a_dry_run_that_nobody_understands_is_no_real_run(text: str) -> None:
    with pytest.raises(AppSettingError, match="PROFORMA_DRY_RUN: expected true or false"):
        settings(PROFORMA_DRY_RUN=text)


@pytest.mark.parametrize("text", ["0", "25", "-1", "many", "4.0"])
def test_parts_in_flight_are_a_number_from_1_to_24(text: str) -> None:
    with pytest.raises(AppSettingError, match="PROFORMA_PARTS_IN_FLIGHT: expected a number"):
        settings(PROFORMA_PARTS_IN_FLIGHT=text)


@pytest.mark.parametrize(
    ("in_flight", "workers", "share"),
    [("8", None, 6), ("4", None, 12), ("1", None, 48), ("8", "16", 2), ("8", "4", 1)],
)
def test_parts_in_flight_share_the_requests_that_one_user_may_have_at_once(
    in_flight: str, workers: str | None, share: int
) -> None:
    own = {} if workers is None else {"PROFORMA__DATAVERSE__WORKERS": workers}

    found = settings(PROFORMA_PARTS_IN_FLIGHT=in_flight, **own)

    # 52 requests of one user are served at once: 48 of them are shared out.
    assert found.of_one_part.dataverse.workers == share
    assert found.connector.dataverse.workers == (None if workers is None else int(workers))


def test_a_tenant_has_one_orchestration_by_its_address() -> None:
    assert settings().instance_id == "proforma-contoso.crm4.dynamics.com"


def test_settings_and_a_mapping_of_one_s_own_stand_beside_the_app(tmp_path: Path) -> None:
    (tmp_path / "mapping.toml").write_text("", encoding="utf-8")
    (tmp_path / "config.toml").write_text(
        '[dataverse]\nmapping = "mapping.toml"\n[policy]\ncutoff = "transaction-before"\n'
        '[run]\ntime_zone = "UTC"\n',
        encoding="utf-8",
    )

    found = app_settings(USUAL, tmp_path).connector

    assert found.dataverse.mapping == tmp_path / "mapping.toml"
    assert found.policy.cutoff.value == "transaction-before"
    assert found.run.time_zone == "Europe/Berlin", "the environment has the last word"
