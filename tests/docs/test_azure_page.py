"""What docs/azure.md says of steps, settings, alerts and log lines is what there is."""

from __future__ import annotations

import json
import re
from pathlib import Path

from connector.usecases.steps.documents import STEPS

ROOT = Path(__file__).resolve().parents[2]
APP = ROOT / "azure-function"
PAGE = (ROOT / "docs" / "azure.md").read_text("utf-8")


def rows(heading: str) -> dict[str, str]:
    """The first two cells of the first table below *heading*."""
    section = PAGE.split(heading, 1)[1]
    return dict(re.findall(r"^\| `([^`|]+)` \| ([^|]*?) \|", section, re.MULTILINE))


def test_every_step_of_a_run_stands_in_the_picture() -> None:
    picture = PAGE.split("```text", 1)[1].split("```", 1)[0]

    assert [step for step in STEPS if step not in picture] == ["begin_again", "note_failure"]


def test_what_azd_takes_is_told_with_its_default() -> None:
    given = json.loads((APP / "infra" / "main.parameters.json").read_text("utf-8"))
    values = [item["value"] for item in given["parameters"].values()]
    found = [re.match(r"\$\{(\w+)(?:=(.*))?\}$", value) for value in values]
    taken = {match[1]: match[2] for match in found if match}
    assert len(taken) == len(values)
    own = {name: default for name, default in taken.items() if not name.startswith("AZURE_")}

    table = PAGE.split("Other values of `azd env set`:", 1)[1].split("\n\n", 2)[1]
    told = dict(re.findall(r"^\| `(\w+)` \| `?([^|`]*?)`? \|", table, re.MULTILINE))
    needed = set(re.findall(r"^azd env set (\w+) ", PAGE, re.MULTILINE))

    assert {name: "" if text == "none" else text for name, text in told.items()} == {
        name: default for name, default in own.items() if default is not None
    }
    assert {name for name, default in own.items() if default is None} <= needed


def test_every_alert_is_told() -> None:
    text = (APP / "infra" / "alerts.bicep").read_text("utf-8")
    rules = re.findall(r"^  '([a-z-]+)': \{$", text, re.MULTILINE)

    told = PAGE.split("### Alerts", 1)[1].split("### ", 1)[0]
    assert re.findall(r"^\| `([a-z-]+)` \|", told, re.MULTILINE) == rules


def test_every_event_of_the_log_is_told() -> None:
    code = "".join((APP / name).read_text("utf-8") for name in ("run_log.py", "function_app.py"))
    events = set(re.findall(r'tell\(\s*(?:logging\.\w+|level),\s*"([a-z-]+)"', code))

    told = PAGE.split("### Log lines", 1)[1].split("### ", 1)[0]
    assert set(re.findall(r"^\| `([a-z-]+)` \| [a-z]", told, re.MULTILINE)) == events


def test_every_setting_of_the_app_is_told() -> None:
    code = (APP / "app_settings.py").read_text("utf-8")
    own = set(re.findall(r'"(PROFORMA_[A-Z_]+)"', code))

    assert {*own, "PROFORMA_SCHEDULE"} == set(rows("The app's own:")) & {*own, "PROFORMA_SCHEDULE"}


def test_the_tutorial_deploys_as_the_page_does() -> None:
    tutorial = (ROOT / "docs" / "tutorials" / "operator.md").read_text("utf-8")
    typed = re.findall(r"^(?:cd azure-function|azd .*)$", tutorial, re.MULTILINE)

    assert typed == re.findall(r"^(?:cd azure-function|azd .*)$", PAGE, re.MULTILINE)
    assert len(typed) > 6
