"""Facts of well-known tables from their pages in the entity reference."""

from __future__ import annotations

import pytest

from connector.emulator.schema.table_facts import TableFacts, facts_of, type_code_of


@pytest.mark.parametrize(
    ("name", "schema_name", "code"),
    [
        ("account", "Account", 1),
        ("contact", "Contact", 2),
        ("systemuser", "SystemUser", 8),
        ("role", "Role", 1036),
        ("salesorder", "SalesOrder", 1088),
        ("invoice", "Invoice", 1090),
        ("task", "Task", 4212),
    ],
)
def test_standard_tables_have_the_codes_of_their_reference_pages(
    name: str, schema_name: str, code: int
) -> None:
    found = facts_of(name)
    assert (found.schema_name, found.code, type_code_of(name)) == (schema_name, code, code)


def test_a_table_is_known_by_what_hangs_on_it() -> None:
    account, task, currency = facts_of("account"), facts_of("task"), facts_of("transactioncurrency")
    assert (account.notes, account.activities, account.party, account.email) == (True,) * 4
    assert (task.activity, account.activity) == (True, False)
    assert (currency.notes, currency.activities) == (False, False)


def test_no_two_tables_share_a_code() -> None:
    codes = [facts_of(name).code for name in ("account", "contact", "lead", "quote", "invoice")]
    assert len(set(codes)) == len(codes)


def test_of_another_table_nothing_is_known() -> None:
    assert facts_of("contoso_thing") == TableFacts()


def test_other_tables_have_a_code_of_their_own_above_those_of_the_platform() -> None:
    codes = {type_code_of(name) for name in ("msdyn_actual", "msdyn_project", "new_thing")}

    assert len(codes) == 3
    assert min(codes) >= 10_000
