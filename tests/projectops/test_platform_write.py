"""What a lacking or refusing action means for the contract, and for those after it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from connector.dataverse.errors import NotFound
from connector.invoicing.choices import RunStatus
from connector.invoicing.ids import ContractId, CurrencyId, ScheduleRowId
from connector.invoicing.model import Currency
from connector.invoicing.plan import ContractPlan, ScheduleUpdate
from connector.projectops.platform_action import ScheduleAction
from connector.projectops.platform_write import PlatformWriter
from tests.dataverse.far_side import answer, client_of, error
from tests.projectops.small_tenant import small_tenant

if TYPE_CHECKING:
    from connector.dataverse.message import Request, Response
    from connector.invoicing.plan import InvoicePlan
    from connector.outcome import InvoiceOutcome
    from connector.projectops.written import Written
    from tests.dataverse.far_side import FarSide

CONTRACT, ROW = ContractId(UUID(int=1)), ScheduleRowId(UUID(int=2))
ETAG, NOT_RUN, SUCCESSFUL = 'W/"1"', 192350000, 192350001


class Silence:
    """A listener that does not care."""

    def begins(self, invoice: InvoicePlan) -> None:
        """Nothing."""

    def ended(self, outcome: InvoiceOutcome) -> None:
        """Nothing."""


class Tenant:
    """One schedule row, which runs after so many looks at it once the action was *answered*."""

    def __init__(self, answered: Response, looks: int = 0) -> None:
        self.answered = answered
        self.looks: int | None = None
        self._looks = looks

    def answer(self, request: Request) -> Response:
        if request.path.startswith("salesorders"):
            self.looks = self._looks
            return self.answered
        has_run = self.looks is not None and self.looks <= 0
        self.looks = self.looks and self.looks - 1
        row = {
            "@odata.etag": ETAG,
            "msdyn_contractlineinvoicescheduleid": str(ROW),
            "msdyn_invoicerunstatus": SUCCESSFUL if has_run else NOT_RUN,
            "msdyn_invoicerundate": "2020-10-05T00:00:00Z",
            "_msdyn_invoice_value": None,
        }
        return answer(200, {"value": [row]})


def plan() -> ContractPlan:
    update = ScheduleUpdate(row_id=ROW, status=RunStatus.SUCCESSFUL, invoice_id=None, etag=ETAG)
    return ContractPlan(
        contract_id=CONTRACT,
        contract_name="Adatum",
        currency=Currency(id=CurrencyId(UUID(int=3)), code="USD", precision=2),
        run_date=date(2020, 10, 5),
        invoices=(),
        schedule_updates=(update,),
        not_invoiced=(),
        warnings=(),
        source_etags=(),
    )


def write(tenant: Tenant) -> tuple[Written, FarSide]:
    client, far = client_of(tenant.answer)
    names = small_tenant()
    writer = PlatformWriter(client, names, ScheduleAction(client, names), lambda: None, Silence())
    return writer.write(plan()), far


@pytest.mark.parametrize("answered", [answer(200, {"IsSuccess": True}), answer(204)])
def test_an_action_that_answers_is_waited_for_until_its_rows_have_run(answered: Response) -> None:
    written, far = write(Tenant(answered, looks=3))

    assert written.halts is None
    assert far.slept == [1, 2, 4]
    assert [request.method.value for request in far.requests].count("POST") == 1


def test_a_tenant_without_the_action_halts_the_run() -> None:
    written, far = write(Tenant(error(404, "0x8006088a", "Resource not found for the segment.")))

    assert isinstance(written.halts, NotFound)
    assert far.slept == []


def test_a_refusal_is_that_contracts_own() -> None:
    written, _ = write(Tenant(error(400, "0x80040265", "a plug-in says no")))

    assert written.halts is None
