"""
What the shell completes: run ids and contracts, from the run store alone.

Completion never signs in and never fails: where the store is not to be had there is nothing to
offer.
"""

from __future__ import annotations

import contextlib
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import click
    from click.shell_completion import CompletionItem

    from connector.runs.store import RunStore

#: Where the shell's script says which shell it is; click names it after the program.
_VARIABLE: Final = "_PROFORMA_COMPLETE"
#: What bash would take for something else than a letter; other shells quote by themselves.
_SPECIAL: Final = re.compile(r"[^\w@%+=:,./-]")
#: Runs, and parts of them, whose contracts are offered.
_RUNS: Final = 20
_PARTS: Final = 20


def completed_runs(
    context: click.Context, _parameter: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """The runs of the store that begin so, the newest first."""
    return [*_items(_found_runs(context), incomplete)]


def completed_contracts(
    context: click.Context, _parameter: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """The contracts of the last runs whose name begins so."""
    return [*_items(sorted(set(_found_contracts(context))), incomplete)]


def _items(words: Iterable[str], incomplete: str) -> Iterator[CompletionItem]:
    from click.shell_completion import CompletionItem  # noqa: PLC0415 - help does without it

    beginning, shell = incomplete.casefold(), os.environ.get(_VARIABLE, "").partition("_")[0]
    for word in words:
        if word.casefold().startswith(beginning) and _can_be_typed(word, shell):
            yield CompletionItem(_for_bash(word) if shell == "bash" else word)


def _for_bash(word: str) -> str:
    """Each special character behind two backslashes: the script of click reads one away."""
    return _SPECIAL.sub(r"\\\\\g<0>", word)


def _can_be_typed(word: str, shell: str) -> bool:
    """Fish takes what stands before a comma; nobody can type a control character."""
    return word.isprintable() and not (shell == "fish" and "," in word)


def _found_runs(context: click.Context) -> list[str]:
    from connector.runs.names import RUNS, run_id_of  # noqa: PLC0415 - slow to import

    with _quietly():
        return [run_id_of(folder) for folder in reversed(_store(context).names(RUNS))]
    return []


def _found_contracts(context: click.Context) -> list[str]:
    from connector.runs.contract_names import kept_names  # noqa: PLC0415 - slow to import

    with _quietly():
        store, runs = _store(context), _found_runs(context)[:_RUNS]
        return [name for run in runs for name in kept_names(store, run, _PARTS)]
    return []


def _store(context: click.Context) -> RunStore:
    """The run store of the settings; only a folder is looked into, which needs no sign-in."""
    from connector.runs.folder_store import FolderRunStore  # noqa: PLC0415 - slow to import
    from connector.settings.load import load_settings  # noqa: PLC0415 - slow to import

    given = context.params.get("config")
    config = given if isinstance(given, Path) else Path(given) if isinstance(given, str) else None
    place = load_settings(config, os.environ).run.store
    if "://" in place:
        raise LookupError(place)
    return FolderRunStore(Path(place))


def _quietly() -> contextlib.suppress:
    """A shell that completes has no place for a message."""
    from connector.errors import ConnectorError  # noqa: PLC0415 - help does without it

    return contextlib.suppress(ConnectorError, OSError, LookupError)
