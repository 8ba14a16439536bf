"""Every question about a tenant is answered by reads alone."""

from __future__ import annotations

import os
from datetime import date
from typing import TYPE_CHECKING

from connector import Connector
from connector.usecases.questions import TenantQuestions
from tests.end_to_end.tenant import serving

if TYPE_CHECKING:
    from pathlib import Path


def test_no_question_needs_more_than_reads(tmp_path: Path) -> None:
    day = date(2020, 10, 5)
    with serving(tmp_path) as tenant, tenant.connector() as connector:
        before = tenant.emulator.dump()
        with connector._environment.guard.reading_only():
            contracts = connector.contracts_called(["Adatum shop floor portal"])
            line = connector.line_called("Implementation work", contracts)
            asked = {
                "sign_in": connector.sign_in(),
                "check": connector.check(),
                "role": connector.role(),
                "contracts_called": contracts,
                "line_called": line,
                "record_called": connector.record_called(str(line)),
                "forecast": connector.forecast(day, day, contracts=contracts),
                "compare": connector.compare(day),
                "rehearse": connector.rehearse(day, run_id="tried"),
                "capture": connector.capture(contracts, secret=os.urandom(4).hex()),
            }
        assert tenant.emulator.dump() == before

    questions = {name for name in vars(TenantQuestions) if not name.startswith("_")}
    assert set(asked) == questions
    assert all(answer is not None for answer in asked.values())


def test_a_connector_answers_them() -> None:
    assert issubclass(Connector, TenantQuestions)
