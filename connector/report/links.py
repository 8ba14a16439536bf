"""Where a record opens in the browser of somebody who may see it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import quote

if TYPE_CHECKING:
    from uuid import UUID

#: Logical names of the tables whose records reports link to; those of sources are in the plan.
CONTRACT: Final = "salesorder"
INVOICE: Final = "invoice"


def record_link(environment_url: str, table_logical_name: str, record_id: UUID) -> str:
    """
    The address of a record's form in the environment at *environment_url*.

    As "Open forms, views, dialogs, and reports with a URL" of the Power Apps documentation has it:
    the form that opens is the one that the reader's own app shows.
    """
    table = quote(table_logical_name, safe="")
    page = f"etn={table}&pagetype=entityrecord&id={record_id}"
    return f"{environment_url.rstrip('/')}/main.aspx?{page}"
