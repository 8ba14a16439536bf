"""Parameters of a command that are fields of a value reach it as that value."""

from __future__ import annotations

from dataclasses import dataclass

import click
from click.testing import CliRunner

from connector.flag_bundles import gathered


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    left: str
    right: int


def test_fields_are_gathered_and_the_rest_passes() -> None:
    @click.command()
    @click.option("--left")
    @click.option("--right", type=int)
    @click.option("--other")
    @gathered(Pair, "pair")
    def command(*, pair: Pair, other: str) -> int:
        click.echo(f"{pair!r} {other}")
        return 0

    shown = CliRunner().invoke(command, ["--left", "a", "--right", "2", "--other", "b"]).output

    assert "Pair(left='a', right=2) b" in shown
