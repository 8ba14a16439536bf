"""The form in which a tenant takes rows: tried after a refusal that may be about it, remembered."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from connector.dataverse.errors import (
    Ambiguous,
    BadRequest,
    DataverseError,
    Duplicate,
    PreconditionFailed,
    Refused,
    ServerFault,
)
from connector.projectops.change_sets import ChangeSetPlan, Claim, PlannedRow, RowGroup, WriteForm
from connector.projectops.write_dialect import (
    KnownDialect,
    WriteDialect,
    dialect_text,
    known_dialect,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

PATCHED = WriteForm()
FORM = BadRequest("no", request=None, status=400, code="0x80060888")
PLUG_IN = BadRequest("no", request=None, status=400, code="0x80040265")


def change_set(*sets: str, claims: bool = False) -> ChangeSetPlan:
    rows = tuple(
        PlannedRow(set=name, key="id", id=UUID(int=number), row={})
        for number, name in enumerate(sets)
    )
    claimed = (Claim(set="actuals", id=UUID(int=9), row={}),) if claims else ()
    return ChangeSetPlan(groups=(RowGroup(rows=rows, claims=claimed),), last=())


def forms(trials: Iterable[WriteForm]) -> list[tuple[list[str], bool]]:
    return [(sorted(trial.posted), trial.claims) for trial in trials]


def refused(status: int, kind: type[Refused] = Refused) -> Refused:
    return kind("no", request=None, status=status)


def test_what_was_known_comes_back_from_its_text_and_nothing_from_another() -> None:
    known = KnownDialect(posted=frozenset({"invoices"}), claims_refused=True)

    assert known_dialect(dialect_text(known)) == known
    assert dialect_text(known).endswith("\n")
    assert known_dialect(None) == KnownDialect()
    assert known_dialect('{"posted": 7}') == KnownDialect()
    assert known_dialect("no JSON") == KnownDialect()


def test_what_is_known_of_the_tenant_is_the_form_to_write_in() -> None:
    known = KnownDialect(posted=frozenset({"invoices"}))

    assert WriteDialect(known, claims=True).current() == WriteForm(
        posted=frozenset({"invoices"}), claims=True
    )
    assert WriteDialect(known, claims=False).current() == WriteForm(posted=frozenset({"invoices"}))


def test_claims_that_the_tenant_refused_are_neither_written_nor_forgotten() -> None:
    known = KnownDialect(claims_refused=True)

    assert not WriteDialect(known, claims=True).current().claims
    assert WriteDialect(known, claims=True).claims_were_refused
    assert not WriteDialect(known, claims=False).claims_were_refused
    assert not WriteDialect(KnownDialect(), claims=True).claims_were_refused


def test_one_table_more_is_posted_each_time() -> None:
    dialect = WriteDialect(KnownDialect(), claims=False)
    trials = dialect.fallbacks(change_set("invoices", "lines", "details"), PATCHED, FORM)

    assert forms(trials) == [
        (["invoices"], False),
        (["invoices", "lines"], False),
        (["details", "invoices", "lines"], False),
    ]


def test_a_table_whose_usual_form_has_worked_is_not_tried_in_another() -> None:
    dialect = WriteDialect(KnownDialect(), claims=False)
    dialect.confirm(PATCHED, change_set("invoices"))

    assert forms(dialect.fallbacks(change_set("invoices", "lines"), PATCHED, FORM)) == [
        (["lines"], False)
    ]


def test_a_table_that_is_posted_already_is_no_further_step() -> None:
    posted = WriteForm(posted=frozenset({"invoices"}))
    dialect = WriteDialect(KnownDialect(posted=posted.posted), claims=False)

    assert forms(dialect.fallbacks(change_set("invoices", "lines"), posted, FORM)) == [
        (["invoices", "lines"], False)
    ]


@pytest.mark.parametrize(
    ("refusal", "tried"),
    [
        (FORM, True),
        (refused(405), True),
        (refused(428), True),
        (refused(501), True),
        (PLUG_IN, False),
        (refused(403), False),
        (refused(409), False),
        (refused(412, Duplicate), False),
        (refused(412, PreconditionFailed), False),
        (Ambiguous("lost"), False),
        (ServerFault("broken", request=None, status=500), False),
    ],
)
def test_another_form_is_tried_only_where_the_refusal_may_be_about_it(
    refusal: DataverseError, *, tried: bool
) -> None:
    dialect = WriteDialect(KnownDialect(), claims=False)

    assert bool(forms(dialect.fallbacks(change_set("details"), PATCHED, refusal))) is tried


@pytest.mark.parametrize(
    ("refusal", "tried"),
    [
        (PLUG_IN, [([], False)]),
        (refused(403), [([], False)]),
        (FORM, [(["details"], True), ([], False), (["details"], False)]),
        (refused(412, Duplicate), []),
        (refused(412, PreconditionFailed), []),
        (Ambiguous("lost"), []),
    ],
)
def test_claims_are_left_out_where_a_refusal_may_be_about_them(
    refusal: DataverseError, tried: list[tuple[list[str], bool]]
) -> None:
    dialect = WriteDialect(KnownDialect(), claims=True)
    claiming = dialect.current()

    assert forms(dialect.fallbacks(change_set("details", claims=True), claiming, refusal)) == tried
    assert forms(dialect.fallbacks(change_set("details"), claiming, PLUG_IN)) == []


def test_claims_that_have_worked_are_not_given_up() -> None:
    dialect = WriteDialect(KnownDialect(), claims=True)
    claiming = dialect.current()
    dialect.confirm(claiming, change_set("details", claims=True))

    assert forms(dialect.fallbacks(change_set("details", claims=True), claiming, PLUG_IN)) == []


def test_the_form_that_was_taken_is_remembered_for_its_tables_and_its_claims() -> None:
    dialect = WriteDialect(KnownDialect(), claims=True)

    dialect.confirm(
        WriteForm(posted=frozenset({"details", "others"})), change_set("details", claims=True)
    )

    assert dialect.known == KnownDialect(posted=frozenset({"details"}), claims_refused=True)


def test_a_change_set_without_claims_says_nothing_about_them() -> None:
    dialect = WriteDialect(KnownDialect(claims_refused=True), claims=True)

    dialect.confirm(PATCHED, change_set("details"))

    assert dialect.known == KnownDialect(claims_refused=True)
