"""A run that is wrong by its size stops before it writes, unless somebody gives a reason."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from connector import Connector, ExitCode
from connector.invoicing.policy import Bounds
from connector.usecases.bounds import CODES, Override, OverrideRefused, PlanRejected

if TYPE_CHECKING:
    from connector import RunReport
    from tests.end_to_end.tenant import TestTenant

DAY = date(2020, 10, 7)
BROKEN: dict[str, dict[str, Any]] = {
    "amount-per-invoice": {"amount_per_invoice": Decimal(1)},
    "lowest-amount-per-invoice": {"lowest_amount_per_invoice": Decimal(1_000_000)},
    "amount-per-run": {"amount_per_run": Decimal(1)},
    "invoices-per-run": {"invoices_per_run": 1},
    "details-per-invoice": {"details_per_invoice": 1},
    "months-ahead": {"months_ahead": 1},
    "deviation": {"deviation_factor": Decimal("0.001")},
}


def bounded(
    tenant: TestTenant, code: str, *overrides: Override, today: date = date(2020, 8, 15)
) -> RunReport:
    """A run on 7 October, with one bound, as if it were *today*."""
    with tenant.connector() as plain:
        settings = replace(plain._environment.settings, bounds=Bounds(**BROKEN[code]))
    instant = datetime(today.year, today.month, today.day, 12, tzinfo=UTC)
    with Connector(settings, clock=lambda: instant) as connector:
        return connector.run(DAY, run_id="bounded", overrides=overrides)


@pytest.fixture
def with_history(tenant: TestTenant) -> TestTenant:
    """The customers of that day have been billed small sums before."""
    report = tenant.run(DAY, dry_run=True)
    tenant.emulator.seed(
        {
            "invoices": [
                {
                    "invoiceid": f"00000000-0000-4000-8000-00000000000{number}",
                    "name": "before",
                    "_salesorderid_value": str(outcome.invoice.contract_id),
                    "_customerid_value": str(outcome.invoice.customer.id),
                    "_customerid_value@Microsoft.Dynamics.CRM.lookuplogicalname": (
                        outcome.invoice.customer.kind.value
                    ),
                    "msdyn_projectinvoicestatus": 192350002,
                    "totalamount": 100,
                }
                for number, outcome in enumerate(report.outcomes)
            ]
        }
    )
    return tenant


@pytest.mark.parametrize("code", CODES)
def test_a_broken_bound_stops_the_run_and_nothing_is_written(
    with_history: TestTenant, code: str
) -> None:
    before = with_history.emulator.dump()

    with pytest.raises(PlanRejected, match=rf"\[{code}\]") as caught:
        bounded(with_history, code)

    assert caught.value.exit_code is ExitCode.PLAN_REJECTED
    assert with_history.emulator.dump() == before


@pytest.mark.parametrize("code", CODES)
def test_a_bound_is_lifted_for_a_reason_that_stays_in_the_report(
    with_history: TestTenant, code: str
) -> None:
    report = bounded(with_history, code, Override(code=code, reason="agreed with Ms Ames"))

    assert report.exit_code is ExitCode.DONE
    assert report.outcomes
    lifted = [w for w in report.warnings if w.code == "bound-overridden"]
    assert lifted
    assert all("agreed with Ms Ames" in warning.text for warning in lifted)


def test_another_override_does_not_lift_a_bound(with_history: TestTenant) -> None:
    with pytest.raises(PlanRejected):
        bounded(with_history, "deviation", Override(code="months-ahead", reason="why not"))


def test_a_run_date_of_this_month_is_not_ahead(tenant: TestTenant) -> None:
    assert bounded(tenant, "months-ahead", today=DAY).outcomes


@pytest.mark.parametrize(("code", "reason"), [("amount", "because"), ("deviation", " ")])
def test_an_override_needs_a_known_bound_and_a_reason(code: str, reason: str) -> None:
    with pytest.raises(OverrideRefused, match=code):
        Override(code=code, reason=reason)
