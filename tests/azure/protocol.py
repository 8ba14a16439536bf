"""The FunctionRpc protocol of Azure Functions, from the wheel that carries it as its test data."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import Any

FOLDER = Path("tests", "protos")
NAME = "functions_rpc"


def load_protocol(runtime: Path) -> Any:
    """
    The generated modules, imported once under a name of their own.

    The wheel keeps them in a top-level package `tests`, which must not hide ours.
    """
    if NAME not in sys.modules:
        import_from(runtime / FOLDER)
    return sys.modules[NAME]


def import_from(folder: Path) -> None:
    spec = importlib.util.spec_from_file_location(
        NAME, folder / "__init__.py", submodule_search_locations=[str(folder)]
    )
    if spec is None or spec.loader is None:
        message = f"no FunctionRpc protocol in {folder}"
        raise ImportError(message)
    sys.modules[NAME] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(sys.modules[NAME])
