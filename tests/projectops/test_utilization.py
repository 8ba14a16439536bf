"""What utilization is read from, and how a row that does not fit is told."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from connector.emulator import Emulator
from connector.errors import ConnectorError
from tests.emulator.operations.calendars import uid
from tests.end_to_end.tenant import TestTenant
from tests.end_to_end.worked_month import (
    CALENDAR,
    DEVELOPER,
    EVA,
    KIM,
    OCTOBER,
    assigned,
    connector_of,
    entry,
    serving_october,
)

if TYPE_CHECKING:
    from collections.abc import Iterator


SHIPPED = Path(__file__).resolve().parents[2] / "mappings" / "project-operations.toml"
WITHOUT_NAME = '"bookableresourcecategoryid"\nname = "contoso_name"'


@pytest.fixture
def month(tmp_path: Path) -> Iterator[TestTenant]:
    with serving_october(tmp_path) as served:
        yield served


def test_two_default_roles_of_one_resource_are_a_fault_that_names_it(month: TestTenant) -> None:
    month.emulator.seed({"bookableresourcecategoryassns": [assigned(9, EVA, DEVELOPER)]})

    with connector_of(month) as connector, pytest.raises(ConnectorError) as caught:
        connector.utilization(*OCTOBER)

    assert f"one default role of resource {uid(EVA)}" in str(caught.value)


def test_a_calendar_that_cannot_be_expanded_is_named(month: TestTenant) -> None:
    [rule] = [
        row for row in month.rows("calendarrules") if row["_calendarid_value"] == uid(CALENDAR)
    ]
    month.emulator.seed({"calendarrules": [{**rule, "pattern": "FREQ=MONTHLY"}]})

    with connector_of(month) as connector, pytest.raises(ConnectorError) as caught:
        connector.utilization(*OCTOBER)

    assert any(uid(CALENDAR) in note for note in caught.value.__notes__)


def test_a_unit_that_does_not_exist_is_a_fault_that_names_the_actual(month: TestTenant) -> None:
    month.emulator.seed(
        {"msdyn_actuals": [entry(1, KIM, "2020-10-05", 1, _msdyn_unit_value=uid(99))]}
    )

    with connector_of(month) as connector, pytest.raises(ConnectorError) as caught:
        connector.utilization(*OCTOBER)

    assert f"msdyn_actual {uid(5001)} column _msdyn_unit_value: expected a unit that" in str(
        caught.value
    )


def test_a_tenant_without_the_columns_of_utilization_is_told_all_of_them(tmp_path: Path) -> None:
    emulator = Emulator()
    with emulator.serve() as server:
        month = TestTenant(emulator=emulator, url=server.url, folder=tmp_path)
        mapping = tmp_path / "mapping.toml"
        text = SHIPPED.read_text(encoding="utf-8")
        text = text.replace('table = "bookableresource"', 'table = "contoso_people"')
        own = text.replace('"bookableresourcecategoryid"\nname = "name"', WITHOUT_NAME)
        mapping.write_text(own, encoding="utf-8")
        with (
            month.connector(DATAVERSE__MAPPING=str(mapping)) as connector,
            pytest.raises(ConnectorError) as caught,
        ):
            connector.utilization(*OCTOBER)
    emulator.close()

    assert "the tenant has no table 'contoso_people'" in str(caught.value)
    assert "'bookableresourcecategory' has no column 'contoso_name'" in str(caught.value)
