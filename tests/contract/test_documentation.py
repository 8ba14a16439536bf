"""The examples of docs/client.md run as they stand, against an emulator."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest

    from connector.emulator import Emulator

PAGE = Path(__file__).parents[2] / "docs" / "client.md"


def test_the_examples_of_the_documentation_run(
    emulator: Emulator, capsys: pytest.CaptureFixture[str]
) -> None:
    emulator.seed(
        {
            "accounts": [
                {
                    "accountid": f"a0000000-0000-4000-8000-{n:012d}",
                    "name": name,
                    "creditlimit": n,
                    "createdon": f"2020-10-0{n + 1}T08:00:00Z",
                }
                for n, name in enumerate(("Brian & sons", "Other", "O'Brian"))
            ]
        }
    )
    examples = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    names: dict[str, object] = {"__name__": "examples"}

    with emulator.serve() as server:
        source = "\n".join(examples).replace("http://127.0.0.1:8080", server.url)
        exec(compile(source, str(PAGE), "exec", dont_inherit=True), names)  # noqa: S102 - the point

    lines = [line.rpartition(" ") for line in capsys.readouterr().out.splitlines()]
    assert [(name, float(limit)) for name, _, limit in lines] == [
        ("Brian & sons", 0),
        ("O'Brian", 2),
    ]
    assert sorted(names["limits"]) == [0, 2]  # type: ignore[call-overload]
