"""Flags of a command bundled into one value, which every program of ours does."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Final, TypeAlias

import click

Command: TypeAlias = Callable[..., int]

FILE: Final = click.Path(path_type=Path, dir_okay=False)


def gathered(bundle: type, name: str) -> Callable[[Command], Command]:
    """Pass the parameters that are fields of the dataclass *bundle* as one value called *name*."""
    names = [field.name for field in fields(bundle)]

    def decorate(command: Command) -> Command:
        @functools.wraps(command)
        def call(**values: object) -> int:
            found = {key: values.pop(key) for key in names if key in values}
            return command(**{name: bundle(**found)}, **values)

        return call

    return decorate
