from __future__ import annotations

import itertools
import time
from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from connector.conform import CHECKS, Evidence, Verdict, run_checks
from connector.conform.probe import Probe
from connector.dataverse.auth import AuthMethod, AuthSettings, token_source
from connector.dataverse.errors import DataverseError
from connector.dataverse.retry import RetryPolicy
from connector.dataverse.transport import RequestsTransport
from connector.emulator import Emulator, FaultKind, ScriptedFault
from connector.sample_tenant import sample_seed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from connector.conform import Outcome
    from connector.conform.check import Check

SECOND_USER = {
    "systemusers": [
        {"systemuserid": "50000000-0000-4000-8000-000000000002", "fullname": "Second User"}
    ]
}


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    made = Emulator(seed=sample_seed())
    yield made
    made.close()


@pytest.fixture
def probe(emulator: Emulator) -> Iterator[Probe]:
    with emulator.serve() as server:
        tokens = token_source(AuthSettings(method=AuthMethod.NONE), server.url, now=time.time)
        numbers = itertools.count()
        transport = RequestsTransport(
            f"{server.url}/api/data/v9.2/",
            tokens,
            ids=lambda: UUID(int=next(numbers)),
            clock=time.monotonic,
            sleep=time.sleep,
        )
        yield Probe(transport, RetryPolicy(attempts=1, throttled_attempts=1))
        transport.close()


def differing(outcomes: Iterator[Outcome]) -> dict[str, Outcome]:
    return {one.check.name: one for one in outcomes if one.verdict is Verdict.DIFFERS}


def test_the_emulator_answers_every_check_as_expected(emulator: Emulator, probe: Probe) -> None:
    emulator.seed(SECOND_USER)
    outcomes = tuple(run_checks(probe))
    assert {one.check.name: one.differences for one in outcomes if one.differences} == {}
    assert {one.check.name for one in outcomes if one.skipped} == set()


def test_the_checks_write_nothing(emulator: Emulator, probe: Probe) -> None:
    before = emulator.dump()
    tuple(run_checks(probe))
    assert emulator.dump() == before
    written = {one.method for one in emulator.trace if not one.target.endswith("$batch")}
    assert written == {"GET"}


def test_an_environment_without_a_second_user_cannot_show_pages(probe: Probe) -> None:
    skipped = {one.check.name: one.skipped for one in run_checks(probe) if one.skipped}
    name = "A page is as long as asked for, and its link leads to other rows"
    assert skipped == {name: "there is only one user"}


def test_a_wrong_error_code_is_named_with_its_request(emulator: Emulator, probe: Probe) -> None:
    emulator.plan(
        ScriptedFault(
            kind=FaultKind.STATUS, path="nothings", status=404, code="0x80060888", message="No."
        )
    )
    found = differing(run_checks(probe))
    [outcome] = found.values()
    assert outcome.check.name == "What no entity set is called is 404 with 0x8006088a"
    assert [(one.request, one.what) for one in outcome.differences] == [
        ("GET nothings", "error code"),
        ("GET nothings", "message"),
    ]
    assert outcome.differences[0].expected == "'0x8006088a'"
    assert outcome.differences[0].found == "0x80060888"


def test_an_answer_that_is_not_json_is_a_difference(emulator: Emulator, probe: Probe) -> None:
    emulator.plan(ScriptedFault(kind=FaultKind.GARBLED, path=r"RetrieveVersion"))
    [outcome] = differing(run_checks(probe)).values()
    assert outcome.check.name == "RetrieveVersion answers a version of the ninth generation"
    assert "is not JSON" in outcome.differences[0].found


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.name)
def test_every_check_notices_an_environment_that_refuses_everything(
    emulator: Emulator, probe: Probe, check: Check
) -> None:
    emulator.seed(SECOND_USER)
    emulator.plan(
        ScriptedFault(kind=FaultKind.STATUS, status=418, code="0x0", message="No.", times=100)
    )
    [outcome] = run_checks(probe, (check,))
    assert outcome.verdict is not Verdict.AGREES


def test_an_unreachable_environment_raises(emulator: Emulator) -> None:
    with emulator.serve() as server:
        url = server.url
    tokens = token_source(AuthSettings(method=AuthMethod.NONE), url, now=time.time)
    transport = RequestsTransport(
        f"{url}/api/data/v9.2/",
        tokens,
        ids=lambda: UUID(int=1),
        clock=time.monotonic,
        sleep=time.sleep,
    )
    probe = Probe(transport, RetryPolicy(attempts=1))
    with pytest.raises(DataverseError):
        next(run_checks(probe))
    transport.close()


def test_checks_have_names_of_their_own_and_evidence() -> None:
    assert len({check.name for check in CHECKS}) == len(CHECKS) >= 45
    assert {check.evidence for check in CHECKS} <= set(Evidence)
