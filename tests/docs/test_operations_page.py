"""The message that the page shows is the one that the sample tenant's run makes."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path

from connector.report.notice import notice_of_run
from connector.runs.epoch_lease import EPOCH_LASTS
from connector.usecases import measures
from tests.end_to_end.tenant import serving

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "operations.md").read_text("utf-8")


def test_the_message_on_the_page_is_the_one_that_is_sent(tmp_path: Path) -> None:
    [shown] = re.findall(r"^```json\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)

    with serving(tmp_path) as tenant, tenant.connector() as connector:
        report = connector.run(date(2020, 10, 5), run_id="october-5")
        sent = notice_of_run(report).message()

    document = json.loads(shown)
    assert document.pop("environment") == "http://127.0.0.1:8742"
    assert sent.pop("environment") == tenant.url
    assert document == sent
    assert list(document) == list(sent)


def test_every_metric_is_told_and_no_other() -> None:
    told = re.findall(r"^\| `(proforma\.[a-z_.]+)` \|", PAGE, re.MULTILINE)

    assert sorted(told) == sorted(
        value for name, value in vars(measures).items() if name.isupper() and isinstance(value, str)
    )


def test_the_page_says_how_long_a_run_in_steps_may_be_silent() -> None:
    minutes = int(EPOCH_LASTS.total_seconds() // 60)

    assert f"After {minutes} minutes without a sign of life the epoch" in PAGE
    assert minutes == 15
