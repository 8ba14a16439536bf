"""What is lost without each name that a tenant may lack: every one has its sentence."""

from __future__ import annotations

from connector.mapping import DateColumn, load_mapping
from connector.projectops.losses import LOSSES, TABLE_LOSSES, loss_of, loss_of_table
from connector.projectops.mapped_names import OPTIONAL_TABLES, mapped_tables

OPTIONAL = {
    f"{word}.{field}"
    for word, table in mapped_tables(load_mapping())
    for field, definition in type(table).model_fields.items()
    if not definition.is_required() and isinstance(getattr(table, field), str | DateColumn)
}


def test_every_optional_name_and_no_other_has_a_sentence() -> None:
    assert set(LOSSES) == OPTIONAL
    assert set(TABLE_LOSSES) == OPTIONAL_TABLES


def test_a_loss_says_what_to_do_about_the_line() -> None:
    assert loss_of("actual.tax") == (
        "actuals are billed without tax; remove the key to be rid of this line"
    )
    assert loss_of("copy.actual_to_detail").startswith("this value is not copied to the invoice")
    assert loss_of_table("retainer") == "there are no retainers to bill, to apply or to report"
