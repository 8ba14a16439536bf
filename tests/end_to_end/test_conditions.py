"""Conditions of the mapping that the tenant refuses: named before anything is read."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from connector import ExitCode
from connector.mapping import MappingError
from connector.projectops.findings import Area, Severity

if TYPE_CHECKING:
    from tests.end_to_end.tenant import TestTenant

MAPPING = (Path(__file__).parents[2] / "mappings" / "project-operations.toml").read_text("utf-8")


def mapping_with(tenant: TestTenant, key: str, condition: str) -> str:
    path = tenant.folder / "mapping.toml"
    text = MAPPING.replace("[conditions]\n\n", f'[conditions]\n{key} = "{condition}"\n\n')
    assert text != MAPPING
    path.write_text(text, encoding="utf-8")
    return str(path)


@pytest.mark.parametrize(
    ("key", "condition"),
    [
        ("actual", "contoso_onhold ne true"),
        ("contract", "name is 'x'"),
        ("milestone", "msdyn_amount gt 5) or (msdyn_amount lt 1"),
        ("schedule_row", "msdyn_invoicerundate eq 'soon'"),
    ],
)
def test_check_and_run_name_a_condition_that_the_tenant_refuses(
    tenant: TestTenant, key: str, condition: str
) -> None:
    told = f"[conditions] {key} = {condition!r}"
    with tenant.connector(DATAVERSE__MAPPING=mapping_with(tenant, key, condition)) as connector:
        with pytest.raises(MappingError) as refused:
            connector.run(date(2020, 10, 5), run_id="refused")
        report = connector.check()

    assert refused.value.exit_code == ExitCode.USAGE
    (fault,) = refused.value.faults
    assert fault.startswith(f"- {told}: ")
    (wrong,) = [item for item in report.findings if item.severity is Severity.ERROR]
    assert (wrong.area, report.exit_code) == (Area.CONDITIONS, ExitCode.USAGE)
    assert wrong.text.startswith(told)
    assert tenant.rows("invoices") == ()


def test_a_condition_that_holds_narrows_what_is_billed(tenant: TestTenant) -> None:
    path = mapping_with(tenant, "actual", "msdyn_amount lt 0")
    with tenant.connector(DATAVERSE__MAPPING=path) as connector:
        assert connector.check().exit_code is ExitCode.DONE
