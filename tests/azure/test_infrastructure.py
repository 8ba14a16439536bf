"""What is deployed to Azure parses, holds no secret and speaks of settings that exist."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from croniter import croniter
from pycep import BicepParser

from connector import load_settings
from connector._version import __version__

ROOT = Path(__file__).resolve().parents[2]
APP = ROOT / "azure-function"
INFRA = APP / "infra"
BICEP = sorted(INFRA.glob("*.bicep"))
#: What the deployment would put in the place of the expressions of function.bicep.
DEPLOYED_VALUES = {
    "PROFORMA__DATAVERSE__URL": "https://contoso.crm4.dynamics.com",
    "PROFORMA__AUTH__METHOD": "managed-identity",
    "PROFORMA__AUTH__CLIENT_ID": "00000000-0000-0000-0000-000000000001",
    "PROFORMA__RUN__TIME_ZONE": "Europe/Berlin",
    "PROFORMA__RUN__STORE": "https://stx.blob.core.windows.net/proforma-runs",
}


def parsed(name: str) -> dict[str, Any]:
    document: Any = BicepParser().parse(file_path=INFRA / name)
    return dict(document)


def local_values() -> dict[str, str]:
    document = json.loads((APP / "local.settings.example.json").read_text(encoding="utf-8"))
    return document["Values"]


def schedules() -> tuple[str, ...]:
    azd = (INFRA / "main.parameters.json").read_text(encoding="utf-8")
    bicep = parsed("main.bicep")["parameters"]["schedule"]["default"]
    return (local_values()["PROFORMA_SCHEDULE"], bicep, *re.findall(r"SCHEDULE=([^}]+)}", azd))


def test_a_resource_that_is_not_closed_is_noticed(tmp_path: Path) -> None:
    text = (INFRA / "storage.bicep").read_text(encoding="utf-8")
    broken = tmp_path / "broken.bicep"
    broken.write_text(text[: text.rindex("}")], encoding="utf-8")

    with pytest.raises(Exception, match="Unexpected"):
        BicepParser().parse(file_path=broken)


@pytest.mark.parametrize("name", ["storage", "telemetry", "identity", "function"])
def test_a_module_gets_exactly_the_parameters_that_it_declares(name: str) -> None:
    module = parsed("main.bicep")["modules"][name]

    assert set(module["config"]["params"]) == set(parsed(f"{name}.bicep")["parameters"])


def test_every_bicep_file_is_a_module_of_the_deployment() -> None:
    modules = parsed("main.bicep")["modules"].values()

    used = {module["detail"]["path"] for module in modules}

    assert {path.name for path in BICEP} == {"main.bicep", *used}


def test_azd_fills_every_parameter_of_the_deployment() -> None:
    filled = json.loads((INFRA / "main.parameters.json").read_text(encoding="utf-8"))["parameters"]

    assert set(filled) == set(parsed("main.bicep")["parameters"])


def test_the_plan_is_flex_consumption_and_the_identity_is_user_assigned() -> None:
    resources = parsed("function.bicep")["resources"]

    assert resources["plan"]["config"]["sku"] == {"name": "FC1", "tier": "FlexConsumption"}
    assert resources["app"]["config"]["identity"]["type"] == "UserAssigned"


def test_neither_storage_nor_telemetry_can_be_reached_with_a_key() -> None:
    account = parsed("storage.bicep")["resources"]["account"]["config"]["properties"]
    insights = parsed("telemetry.bicep")["resources"]["insights"]["config"]["properties"]

    assert account["allowSharedKeyAccess"] is False
    assert account["allowBlobPublicAccess"] is False
    assert insights["DisableLocalAuth"] is True


def test_the_deployment_asks_for_no_secret_and_sets_none() -> None:
    text = "\n".join(path.read_text(encoding="utf-8") for path in BICEP).lower()

    for word in ("secret", "listkeys", "accountkey", "password", "@secure"):
        assert word not in text.replace("it holds no secret", "")


def test_the_deployed_settings_are_settings_of_the_connector() -> None:
    deployed = parsed("function.bicep")["resources"]["app__settings"]["config"]["properties"]

    assert {name for name in deployed if name.startswith("PROFORMA__")} == set(DEPLOYED_VALUES)
    assert load_settings(None, DEPLOYED_VALUES).run.is_store_remote


def test_the_runs_are_kept_in_a_container_that_the_deployment_makes() -> None:
    deployed = parsed("function.bicep")["resources"]["app__settings"]["config"]["properties"]
    made = parsed("storage.bicep")["resources"]["runs"]["config"]["name"]
    account = "${storage.properties.primaryEndpoints.blob}"  # ends with a slash

    assert deployed["PROFORMA__RUN__STORE"] == f"{account}{made}"
    assert DEPLOYED_VALUES["PROFORMA__RUN__STORE"].endswith(f"/{made}")


def test_the_local_settings_are_settings_of_the_connector() -> None:
    settings = load_settings(None, local_values())

    assert settings.dataverse.url == "http://127.0.0.1:8080"


@pytest.mark.parametrize("schedule", schedules())
def test_a_schedule_has_seconds_and_fires_every_hour(schedule: str) -> None:
    midnight = datetime(2020, 10, 5, tzinfo=UTC)

    ticks = croniter(schedule, midnight, second_at_beginning=True)

    assert len(schedule.split()) == 6
    assert [ticks.get_next(datetime).isoformat() for _ in range(2)] == [
        "2020-10-05T00:05:00+00:00",
        "2020-10-05T01:05:00+00:00",
    ]


def test_the_deployed_wheel_is_the_version_of_this_project() -> None:
    requirements = (APP / "requirements.txt").read_text(encoding="utf-8").splitlines()

    wheel = f"./proforma_connector-{__version__}-py3-none-any.whl[azure]"

    assert wheel in requirements


def test_the_host_file_gives_a_long_run_an_hour() -> None:
    host = json.loads((APP / "host.json").read_text(encoding="utf-8"))

    assert host["version"] == "2.0"
    assert host["functionTimeout"] == "01:00:00"


def test_the_packaged_app_leaves_infrastructure_and_local_settings_behind() -> None:
    ignored = (APP / ".funcignore").read_text(encoding="utf-8").splitlines()

    assert {"infra", "local.settings.json", "azure.yaml"} <= set(ignored)
