"""The example of docs/client.md runs as it stands, against an emulator."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest

    from connector.emulator import Emulator

PAGE = Path(__file__).parents[2] / "docs" / "client.md"


def test_the_example_of_the_documentation_runs(
    emulator: Emulator, capsys: pytest.CaptureFixture[str]
) -> None:
    emulator.seed(
        {
            "accounts": [
                {"accountid": f"a0000000-0000-4000-8000-{n:012d}", "name": name, "creditlimit": n}
                for n, name in enumerate(("Brian & sons", "Other", "O'Brian"))
            ]
        }
    )
    (example,) = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)

    with emulator.serve() as server:
        source = example.replace("http://127.0.0.1:8080", server.url)
        exec(compile(source, str(PAGE), "exec"), {})  # noqa: S102 - the point of this test

    lines = [line.rpartition(" ") for line in capsys.readouterr().out.splitlines()]
    assert [(name, float(limit)) for name, _, limit in lines] == [
        ("Brian & sons", 0),
        ("O'Brian", 2),
    ]
