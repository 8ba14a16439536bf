"""What is deployed to Azure parses, holds no secret and speaks of settings that exist."""

from __future__ import annotations

import json
import re
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from croniter import croniter
from pycep import BicepParser

from connector import load_settings
from connector.usecases import measures

ROOT = Path(__file__).resolve().parents[2]
APP = ROOT / "azure-function"
sys.path.append(str(APP))  # where the platform puts it

from app_settings import app_settings  # noqa: E402 - its folder was unknown before

INFRA = APP / "infra"
ACCOUNTS = ("account", "runsAccount")
BICEP = sorted(INFRA.glob("*.bicep"))
#: What the deployment would put in the place of the expressions of function.bicep.
DEPLOYED_VALUES = {
    "PROFORMA__DATAVERSE__URL": "https://contoso.crm4.dynamics.com",
    "PROFORMA__AUTH__METHOD": "managed-identity",
    "PROFORMA__AUTH__CLIENT_ID": "00000000-0000-0000-0000-000000000001",
    "PROFORMA__RUN__TIME_ZONE": "Europe/Berlin",
    "PROFORMA__RUN__STORE": "https://runsx.blob.core.windows.net/proforma-runs",
    "PROFORMA__NOTIFY__WEBHOOK": "https://hooks.example.com/x",
    "PROFORMA__NOTIFY__ON": "failure",
}


def parsed(name: str) -> dict[str, Any]:
    document: Any = BicepParser().parse(file_path=INFRA / name)
    return dict(document)


def spelled(value: Any) -> str:
    """An expression as it is written, when it is a name or names parted by dots."""
    if not isinstance(value, dict):
        return str(value)
    operands = value["operator"]["operands"]
    assert value["operator"]["type"] == "property_accessor"
    return f"{spelled(operands['operand_1'])}.{spelled(operands['operand_2'])}"


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
    broken.write_text(text[: text.rindex("\n}")], encoding="utf-8")

    with pytest.raises(Exception, match="Unexpected"):
        BicepParser().parse(file_path=broken)


@pytest.mark.parametrize(
    "name", ["storage", "telemetry", "identity", "alerts", "workbook", "function"]
)
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
    storage = parsed("storage.bicep")
    names = {storage["resources"][name]["config"]["properties"] for name in ACCOUNTS}
    account = storage["variables"]["common"]["value"]
    insights = parsed("telemetry.bicep")["resources"]["insights"]["config"]["properties"]

    assert names == {"common"}
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
    storage, main = parsed("storage.bicep"), parsed("main.bicep")
    given = main["modules"]["function"]["config"]["params"]["runStore"]
    account = "${runsAccount.properties.primaryEndpoints.blob}"  # ends with a slash

    assert str(deployed["PROFORMA__RUN__STORE"]) == "runStore"
    assert spelled(given) == "storage.outputs.runsUrl"
    assert storage["outputs"]["runsUrl"]["value"] == f"{account}${{runs.name}}"
    assert storage["resources"]["runs"]["config"]["parent"] == "runsBlobs"
    made = storage["resources"]["runs"]["config"]["name"]
    assert DEPLOYED_VALUES["PROFORMA__RUN__STORE"].endswith(f"/{made}")


def test_of_the_runs_the_identity_may_touch_their_container_only() -> None:
    identity = parsed("identity.bicep")
    roles = {
        name: (spelled(resource["config"]["scope"]), str(resource["config"]["properties"]))
        for name, resource in identity["resources"].items()
        if "roleAssignments" in resource["type"]
    }

    scopes = {name: scope for name, (scope, _) in roles.items()}
    assert scopes == {
        "ownsBlobs": "storage",
        "usesQueues": "storage",
        "usesTables": "storage",
        "keepsRuns": "runs",
        "publishesTelemetry": "insights",
    }
    # Storage Blob Data Contributor, by the list of built-in roles of Azure.
    contributor = identity["variables"]["storageBlobDataContributor"]["value"]
    assert contributor == "ba92f5b4-2d11-453d-a403-e96b0029c9fe"
    assert "storageBlobDataContributor" in roles["keepsRuns"][1]


def test_the_host_finds_blobs_queues_and_tables_by_identity() -> None:
    deployed = parsed("function.bicep")["resources"]["app__settings"]["config"]["properties"]

    found = {name: spelled(value) for name, value in deployed.items() if "WebJobs" in name}
    assert found == {
        "AzureWebJobsStorage__credential": "managedidentity",
        "AzureWebJobsStorage__clientId": "identity.properties.clientId",
        **{
            f"AzureWebJobsStorage__{kind}ServiceUri": f"storage.properties.primaryEndpoints.{kind}"
            for kind in ("blob", "queue", "table")
        },
    }


def test_the_deployed_app_settings_are_ones_that_the_app_takes() -> None:
    values = {**DEPLOYED_VALUES, "PROFORMA_DRY_RUN": "True", "PROFORMA_PARTS_IN_FLIGHT": "4"}
    deployed = parsed("function.bicep")["resources"]["app__settings"]["config"]["properties"]

    found = app_settings(values)

    assert (found.dry_run, found.parts_in_flight) == (True, 4)  # Bicep writes True and False
    own = {name for name in deployed if re.fullmatch(r"PROFORMA_[A-Z][A-Z_]*", name)}
    assert own - {name for name in deployed if "__" in name} == {
        *("PROFORMA_SCHEDULE", "PROFORMA_DRY_RUN", "PROFORMA_PARTS_IN_FLIGHT"),
    }


def test_a_new_deployment_writes_nothing_until_it_is_told_to() -> None:
    assert parsed("main.bicep")["parameters"]["dryRun"]["default"] is True


def events_told() -> set[str]:
    """The events that the app writes to its log."""
    code = "".join((APP / name).read_text("utf-8") for name in ("run_log.py", "function_app.py"))
    return set(re.findall(r'tell\(\s*(?:logging\.\w+|level),\s*"([a-z-]+)"', code))


def queries() -> dict[str, str]:
    text = (INFRA / "alerts.bicep").read_text(encoding="utf-8")
    workbook = json.loads((INFRA / "workbook.json").read_text(encoding="utf-8"))
    alerts = {
        f"alert {number}": query
        for number, query in enumerate(re.findall(r"^ +query: '(.+)'$", text, re.MULTILINE))
        if "rule.value" not in query
    }
    shown = {
        item["name"]: item["content"]["query"]
        for item in workbook["items"]
        if "query" in item["content"]
    }
    return alerts | shown


def test_alerts_and_workbook_ask_for_events_fields_and_metrics_that_there_are() -> None:
    code = (APP / "run_log.py").read_text(encoding="utf-8")
    metrics = {value for value in vars(measures).values() if isinstance(value, str)}
    events = {e for query in queries().values() for e in re.findall(r'event == "([^"]+)"', query)}
    fields = {f for query in queries().values() for f in re.findall(r"line\.(\w+)", query)}
    names = {n for query in queries().values() for n in re.findall(r'name == "([^"]+)"', query)}

    assert len(queries()) == 4 + 8
    assert events == {"run-failed", "run-ended", "contract-failed"} <= events_told()
    assert {
        field
        for field in fields - {"event"}
        if f"{field}=" not in code and f'"{field}"' not in code
    } == set()
    assert names <= metrics


@pytest.mark.parametrize(
    ("rule", "operator", "threshold", "window"),
    [
        ("failed-run", "GreaterThan", "0", "PT1H"),
        ("no-run-for-a-day", "LessThan", "1", "P1D"),
        ("failed-contracts", "GreaterThan", "0", "PT1H"),
        ("throttling", "GreaterThan", "0", "PT1H"),
    ],
)
def test_there_is_an_alert_for_what_a_person_must_know(
    rule: str, operator: str, threshold: str, window: str
) -> None:
    text = (INFRA / "alerts.bicep").read_text(encoding="utf-8")
    [block] = re.findall(rf"^  '{rule}': \{{\n(.*?)^  \}}$", text, re.MULTILINE | re.DOTALL)

    assert f"operator: '{operator}'" in block
    assert f"threshold: {threshold}" in block
    assert f"window: '{window}'" in block


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


def test_the_host_file_gives_a_long_run_an_hour() -> None:
    host = json.loads((APP / "host.json").read_text(encoding="utf-8"))

    assert host["version"] == "2.0"
    assert host["functionTimeout"] == "01:00:00"
    assert host["extensions"]["durableTask"]["hubName"] == "proforma"
