"""What is typed on a page is found, and an answer that differs from what is shown is noticed."""

from __future__ import annotations

import pytest

from tests.docs.typed import Typed, is_shown, said, typed

PAGE = """
```sh
# a remark
proforma check
az group create \\
  --name x
```
```console
$ proforma run --run-date 2020-10-05  # exit code 3
rejected
$ proforma runs
```
```python
proforma = 1
```
"""


def test_commands_come_in_the_order_of_the_page() -> None:
    assert list(typed(PAGE)) == [
        Typed(command="proforma check"),
        Typed(command="az group create    --name x"),
        Typed(command="proforma run --run-date 2020-10-05", shown=("rejected",), exit_code=3),
        Typed(command="proforma runs"),
    ]


def test_a_program_is_named_without_its_folder() -> None:
    assert Typed(command=".venv/bin/proforma check").program == "proforma"


def test_run_ids_and_durations_are_alike() -> None:
    assert said("20261128T165617Z-9f2af5e7   done   0:07 \n\n") == ["RUN   done   TOOK"]


@pytest.mark.parametrize(
    ("shown", "is_so"),
    [
        (["a", "b", "c", "d"], True),
        (["a", "…", "d"], True),
        (["…", "c", "d"], True),
        (["a", "…"], True),
        (["a", "b"], False),
        (["…", "c"], False),
        (["b", "…"], False),
        (["a", "…", "x", "…"], False),
        (["a", "b", "c", "…", "c", "d"], False),
    ],
)
def test_a_shown_answer_is_compared_whole_save_what_is_left_out(
    shown: list[str],
    is_so: bool,  # noqa: FBT001 - the expectation of a case
) -> None:
    assert is_shown(shown, ["a", "b", "c", "d"]) is is_so
