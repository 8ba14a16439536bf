"""What `docs/emulator.md` says of seeds and of the tables that come with the package."""

from __future__ import annotations

from typing import Final

from connector.emulator.provenance.markdown import table
from connector.emulator.schema.load import load_schema

_HEAD: Final = """\
## Seeds and snapshots

An export of a tenant is a seed. A source is one of these; several are loaded together, all of
them or none (`--seed` is repeatable, `Emulator.seed` takes several, `proforma emulator seed` too):

"""
_SOURCES: Final = (
    (
        "JSON",
        (
            '`{"entityset": [row, ...]}`, each row as the Web API shows it;'
            " `emulator snapshot` writes it"
        ),
    ),
    (
        "OData page",
        (
            '`{"@odata.context": "…$metadata#accounts", "value": [row, ...]}`; a list of pages; one'
            " row with its context. Without a context the file is named after its table"
        ),
    ),
    (
        "CSV",
        (
            "one file for one table, named after it (`accounts.csv`, `account.csv`); UTF-8; commas,"
            " semicolons or tabs; the first line names the columns"
        ),
    ),
    ("`data.xml`", "of the Configuration Migration tool; its zip archive as well"),
    ("zip, folder", "of files of these kinds"),
)
_RULES: Final = """
- Columns go by their name on the wire (`_primarycontactid_value`) or their logical name.
- `@Microsoft.Dynamics.CRM.lookuplogicalname` says which table a lookup leads to; without it, the
  table of the schema that has the row; of an owner, what `_owninguser_value` and
  `_owningteam_value` beside it say. `nav@odata.bind` with an id is a lookup too, and rows that
  `$expand` put into others are rows of their own tables.
- A lookup to a row that neither the seed nor the store has is kept with its id, table and label
  (`@OData.Community.Display.V1.FormattedValue`), and counted. Strict seeds refuse each of them.
- Numbers may be texts (`IEEE754Compatible=true`). In CSV and XML a choice is its number or its
  label, several choices are separated by semicolons or commas, two options are `true`, `false`,
  `1`, `0`, `yes`, `no` or their labels, dates and instants are as ISO 8601 has them, decimals have
  a point, a lookup is an id or `accounts(id)`, and an empty cell is null.
- A missing primary key is made up. Annotations and read-only columns may stay in. A row that
  exists gets the values of the seed. Seeds are stored as they are: no rule of a pack runs.

A seed with a fault is refused whole, with a sentence for each: file, table, row, column, value,
and what would be accepted; a column that the table lacks is told once, with the nearest known
name. Lenient seeds load the rest and list what they left out. Not read: links of many-to-many
relationships and activity parties inside a `data.xml`, contents of file columns, managed
properties (`iscustomizable`).
"""


def seeds() -> str:
    """What is a seed, and how it is read."""
    return _HEAD + table(("Source", "Form"), _SOURCES) + _RULES


def tables() -> str:
    """The entity sets that come with the package."""
    found = load_schema().tables
    columns = sum(len(one.columns) for one in found.values())
    names = ", ".join(f"`{one.entity_set}`" for _, one in sorted(found.items()))
    return (
        f"{len(found)} tables with {columns:,} columns come with the package; a tenant's own are"
        f" added by its `$metadata`. Columns of other products are not among them.\n\n{names}.\n"
    )
