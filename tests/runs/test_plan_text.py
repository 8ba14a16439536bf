"""Values as lines of JSON: exact, the same for equal values, and refused where they do not fit."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from hypothesis import given

from connector.errors import ExitCode
from connector.invoicing.planning import plan_contract
from connector.invoicing.policy import Policy
from connector.runs.plan_text import PlanFileError, contract_of, contract_text, decoded, encoded
from connector.scope import Override, Scope
from connector.summary import PlanTotals
from tests.invoicing.tenants import LAST, snapshots
from tests.runs.planned import RUN_DATE

if TYPE_CHECKING:
    from connector.invoicing.model import ContractSnapshot


@given(snapshot=snapshots())
def test_a_planned_contract_comes_back_equal_and_is_one_line(
    snapshot: ContractSnapshot,
) -> None:
    plan = plan_contract(snapshot, LAST, Policy())
    text = contract_text(plan)

    assert contract_of(text, "it") == plan
    assert contract_text(contract_of(text, "it")) == text
    assert b"\n" not in text


@pytest.mark.parametrize("number", ["0", "-0.00", "12.50", "1E+3", "0.000000000000000001"])
def test_a_number_keeps_every_digit(number: str) -> None:
    assert repr(decoded(encoded(Decimal(number)), Decimal, "it")) == repr(Decimal(number))


@pytest.mark.parametrize("text", [b"", b"{", b"[]", b'{"run_date":"tomorrow"}', b"\xff", b"null"])
def test_text_that_does_not_fit_is_refused_by_name(text: bytes) -> None:
    with pytest.raises(PlanFileError, match=r"^the scope cannot be used: ") as caught:
        decoded(text, Scope, "the scope")

    assert caught.value.exit_code is ExitCode.USAGE


def test_what_a_value_checks_of_itself_is_checked_when_it_is_read() -> None:
    scope = Scope(run_date=RUN_DATE, overrides=(Override(code="deviation", reason="x"),))
    text = encoded(scope).replace(b"deviation", b"anything")

    with pytest.raises(Exception, match="no bound 'anything'"):
        decoded(text, Scope, "the scope")


def test_defaults_are_written_out() -> None:
    assert encoded(PlanTotals()).startswith(b'{"contracts":0,"invoices":0,"lines":0,"details":0')
