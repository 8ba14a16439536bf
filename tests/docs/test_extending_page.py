"""The examples of docs/extending.md, executed: copied columns, conditions, and a rule."""

from __future__ import annotations

import importlib
import re
import sys
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from connector import ExitCode
from connector.emulator.schema.file import read_schema
from connector.invoicing.planning import plan_contract
from connector.invoicing.policy import Policy
from connector.invoicing.reasons import Reason
from connector.mapping import MappingError
from connector.usecases.extra_rules import ExtensionError, load_rules
from tests.end_to_end.tenant import TestTenant, serving
from tests.invoicing.ledger import snapshot_of

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs" / "extending.md").read_text(encoding="utf-8")
MAPPING = (ROOT / "mappings" / "project-operations.toml").read_text(encoding="utf-8")
OCTOBER_5 = date(2020, 10, 5)

CUSTOM_COLUMNS = {
    "format": "proforma-emulator-schema/1",
    "name": "contoso",
    "extends": "project-operations",
    "tables": {
        "msdyn_actual": {
            "columns": {
                "contoso_costcenter": {"kind": "string", "length": 20, "custom": True},
                "contoso_onhold": {"kind": "boolean", "custom": True},
                "contoso_rate": {"kind": "decimal", "custom": True},
            }
        },
        "msdyn_invoicelinetransaction": {
            "columns": {
                "contoso_costcenter": {"kind": "string", "length": 20, "custom": True},
                "contoso_rate": {"kind": "decimal", "custom": True},
            }
        },
        "salesorder": {
            "columns": {"contoso_excludefrominvoicing": {"kind": "boolean", "custom": True}}
        },
    },
}


def example(language: str, containing: str) -> str:
    """The code block of the guide that contains a text."""
    blocks = re.findall(rf"```{language}\n(.*?)```", GUIDE, re.DOTALL)
    (found,) = [block for block in blocks if containing in block]
    return found


def with_mapping(tenant: TestTenant, addition: str) -> str:
    """The path of a mapping that has something more than the shipped one."""
    path = tenant.folder / "mapping.toml"
    if addition.startswith("[conditions]"):
        text = MAPPING.replace("[conditions]\n\n", addition + "\n", 1)
    else:
        text = MAPPING + "\n" + addition
    path.write_text(text, encoding="utf-8")
    return str(path)


@pytest.fixture
def contoso(tmp_path: Path) -> Iterator[TestTenant]:
    """The sample tenant with Contoso's own columns."""
    with serving(tmp_path, schema=read_schema(CUSTOM_COLUMNS)) as tenant:
        yield tenant


def billable_actual(tenant: TestTenant) -> str:
    """An actual that the run of 5 October bills."""
    (first, *_) = [
        str(detail.source.id)
        for outcome in tenant.run(OCTOBER_5, dry_run=True).outcomes
        for line in outcome.invoice.lines
        for detail in line.details
        if detail.source.table == "msdyn_actual"
    ]
    return first


def test_a_column_of_ones_own_travels_to_the_detail_with_its_exact_value(
    contoso: TestTenant,
) -> None:
    actual = billable_actual(contoso)
    contoso.set("msdyn_actuals", actual, contoso_costcenter="CC-17", contoso_rate=Decimal("1.2500"))
    copies = example("toml", "contoso_costcenter").split("\n\n")[0]
    copies += '\n\n[[copy.actual_to_detail]]\nfrom = "contoso_rate"\nto = "contoso_rate"\n'

    with contoso.connector(DATAVERSE__MAPPING=with_mapping(contoso, copies)) as connector:
        assert connector.check().exit_code == 0
        connector.run(OCTOBER_5, run_id="copied")

    connection = contoso.row("msdyn_transactionconnections", "msdyn_transaction2", actual)
    detail = contoso.by_id("msdyn_invoicelinetransactions", connection["msdyn_transaction1"])
    assert detail["contoso_costcenter"] == "CC-17"
    assert Decimal(str(detail["contoso_rate"])) == Decimal("1.25")


def test_a_condition_keeps_records_from_being_read(contoso: TestTenant) -> None:
    actual = billable_actual(contoso)
    contoso.set("msdyn_actuals", actual, contoso_onhold=True)
    conditions = example("toml", "contoso_onhold")

    with contoso.connector(DATAVERSE__MAPPING=with_mapping(contoso, conditions)) as connector:
        report = connector.run(OCTOBER_5, run_id="conditioned")

    billed = {row["msdyn_transaction2"] for row in contoso.rows("msdyn_transactionconnections")}
    left = {str(item.source.id) for plan in report.plan.contracts for item in plan.not_invoiced}
    assert billed
    assert actual not in billed | left


def test_a_due_contract_that_a_condition_hides_is_reported(contoso: TestTenant) -> None:
    contract = contoso.contract("Adatum shop floor portal")["salesorderid"]
    contoso.set("salesorders", contract, contoso_excludefrominvoicing=True)
    conditions = example("toml", "contoso_excludefrominvoicing")

    with contoso.connector(DATAVERSE__MAPPING=with_mapping(contoso, conditions)) as connector:
        report = connector.run(OCTOBER_5, run_id="hidden")

    (failed,) = report.plan.failed
    assert str(failed.contract_id) == contract
    assert "under the mapping's condition" in failed.faults[0]


def install(folder: Path, module: str, entry: str) -> None:
    """What pip leaves behind for a package with one entry point."""
    (folder / "contoso_rules.py").write_text(module, encoding="utf-8")
    info = folder / "contoso_rules-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: contoso-rules\nVersion: 1.0\n", encoding="utf-8"
    )
    (info / "entry_points.txt").write_text(f"[proforma.rules]\n{entry}\n", encoding="utf-8")


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder on the import path."""
    folder = tmp_path / "site"
    folder.mkdir()
    monkeypatch.syspath_prepend(str(folder))
    monkeypatch.delitem(sys.modules, "contoso_rules", raising=False)
    importlib.invalidate_caches()
    return folder


def test_an_installed_rule_holds_back_what_it_refuses_and_says_why(site: Path) -> None:
    install(site, example("python", "def hold_back"), _entry())
    text = (ROOT / "tests" / "invoicing" / "adatum.ledger").read_text(encoding="utf-8")
    snapshot = snapshot_of(text.replace("340.50", "10340.50"))

    plan = plan_contract(snapshot, OCTOBER_5, Policy(), load_rules())

    (refused,) = [item for item in plan.not_invoiced if item.amount == Decimal("10340.50")]
    assert refused.reason is Reason.REFUSED_BY_EXTENSION
    assert "expenses above 10,000 need a second approval" in refused.hint
    assert plan.invoices


def test_without_an_installed_rule_there_is_none() -> None:
    assert load_rules() == ()


def test_a_rule_that_cannot_be_loaded_stops_everything(site: Path) -> None:
    install(site, "", _entry())

    with pytest.raises(ExtensionError, match="'large_expenses'"):
        load_rules()


def _entry() -> str:
    (line,) = re.findall(r'^(large_expenses = ".*")$', GUIDE, re.MULTILINE)
    return line.replace('"', "")


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (
            'billing_type = "msdyn_billingtype"',
            'billing_type = "msdyn_billtype"',
            "[actual] billing_type = 'msdyn_billtype': msdyn_actual has no such column",
        ),
        (
            'to = "msdyn_Unit"\nset = "uoms"\noptional = true',
            'to = "msdyn_unit"\nset = "uoms"',
            "to = 'msdyn_unit': msdyn_invoicelinetransaction has no such column or property",
        ),
    ],
)
def test_a_name_that_the_tenant_does_not_have_stops_the_run_before_anything_is_read(
    contoso: TestTenant, old: str, new: str, told: str
) -> None:
    path = contoso.folder / "mapping.toml"
    path.write_text(MAPPING.replace(old, new), encoding="utf-8")

    with contoso.connector(DATAVERSE__MAPPING=str(path)) as connector:
        with pytest.raises(MappingError) as caught:
            connector.run(OCTOBER_5, run_id="misspelt")
        report = connector.check()

    assert told in str(caught.value)
    assert caught.value.exit_code == ExitCode.USAGE
    assert any(told in finding.text for finding in report.findings)
    assert contoso.rows("invoices") == ()
