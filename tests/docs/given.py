"""What a reader has before they follow a page, by the page: their own settings, exports, files."""

from __future__ import annotations

import json
import zipfile
from typing import TYPE_CHECKING, Any, Final

import requests

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.docs.reader import Reader

ACCOUNTS = {"accounts": [{"name": "Adatum Corporation", "accountnumber": "C-1"}]}


def nothing(_reader: Reader) -> None:
    """For a page that begins from a checkout."""


def settings(reader: Reader) -> None:
    """Settings of one's own, that point to the sample tenant."""
    text = (reader.folder / "config.example.toml").read_text("utf-8")
    (reader.folder / "config.toml").write_text(text, encoding="utf-8")


def billed(reader: Reader) -> None:
    """The run of 2020-10-05 was made."""
    settings(reader)
    called(reader, "proforma run --run-date 2020-10-05")


def a_case(reader: Reader) -> None:
    """A contract was captured from the tenant."""
    settings(reader)
    called(reader, "proforma capture --contract PC-1001 --out case.json")


def rows_to_load(reader: Reader) -> None:
    """Exports of a tenant: rows in every form, and its model."""
    folder, api = reader.folder, f"http://127.0.0.1:{reader.ports['8742']}/api/data/v9.2"
    (folder / "export").mkdir()
    put(folder / "export" / "0000.json", ACCOUNTS)
    put(folder / "rows.json", {"contacts": [{"fullname": "Bo Li", "lastname": "Li"}]})
    put(folder / "my-export.json", ACCOUNTS)
    table = "name,accountnumber\nFabrikam,C-2\n"
    (folder / "accounts.csv").write_text(table, encoding="utf-8")
    (folder / "contacts.csv").write_text("lastname\nLi\n", encoding="utf-8")
    with zipfile.ZipFile(folder / "data.zip", "w") as archive:
        archive.writestr("data.xml", DATA)
    model = requests.get(f"{api}/$metadata?annotations=true", timeout=60)
    (folder / "model.xml").write_bytes(model.content)
    one = "EntityDefinitions(LogicalName='account')?$expand=Attributes,Keys"
    put(folder / "tables.json", requests.get(f"{api}/{one}", timeout=60).json())
    sets = requests.get(f"{api}/GlobalOptionSetDefinitions", timeout=60)
    put(folder / "sets.json", sets.json())


def a_recording(reader: Reader) -> None:
    """The sandbox is the sample tenant."""
    settings(reader)
    here = f"http://127.0.0.1:{reader.ports['8742']}"
    reader.addresses["https://contoso-dev.crm4.dynamics.com"] = here


def called(reader: Reader, command: str) -> None:
    from tests.docs.typed import Typed  # noqa: PLC0415 - a page's own commands are typed elsewhere

    ended = reader.follow(Typed(command=command))
    assert ended.code == 0, ended.err


def put(path: Any, document: Mapping[str, Any]) -> None:
    path.write_text(json.dumps(document), encoding="utf-8")


DATA: Final = """\
<entities><entity name="account"><records>
<record id="a0000000-0000-0000-0000-000000000009"><field name="name" value="Litware" /></record>
</records></entity></entities>
"""

#: By the page's path; the one without a name is for every other page.
GIVEN: Final[Mapping[str, Callable[[Reader], None]]] = {
    "": settings,
    "README.md": nothing,
    "docs/command-line.md": billed,
    "docs/looking-ahead.md": a_case,
    "docs/other-languages.md": rows_to_load,
    "docs/recording.md": a_recording,
    "docs/testing-your-scripts.md": rows_to_load,
    "docs/tutorials/consultant.md": nothing,
    "docs/tutorials/controller.md": nothing,
    "docs/tutorials/operator.md": nothing,
    "docs/tutorials/script-author.md": nothing,
}
