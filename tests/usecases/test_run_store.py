"""The settings decide between a folder and a container, and the libraries come with the latter."""

from __future__ import annotations

import subprocess
import sys
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from connector.runs.folder_store import FolderRunStore
from connector.settings.load import load_settings
from connector.usecases.run_store import open_store

if TYPE_CHECKING:
    from pathlib import Path

LOOPBACK = {"PROFORMA__DATAVERSE__URL": "http://127.0.0.1:1", "PROFORMA__RUN__TIME_ZONE": "UTC"}
#: Opens the store of a container in a process of its own, without what the argument names.
PROGRAM = """
import sys
from contextlib import ExitStack
from datetime import UTC, datetime
from connector.settings.load import load_settings
from connector.usecases.run_store import open_store
for name in sys.argv[2:]:
    sys.modules[name] = None
settings = load_settings(None, {
    "PROFORMA__DATAVERSE__URL": "http://127.0.0.1:1", "PROFORMA__RUN__TIME_ZONE": "UTC",
    "PROFORMA__RUN__STORE": sys.argv[1],
})
with ExitStack() as resources:
    try:
        store = open_store(settings, lambda: datetime.now(UTC), resources)
        print(type(store).__name__)
        store.get("runs/R1/run.json")
    except Exception as error:
        print(type(error).__name__, getattr(error, "exit_code", None), error)
print([name for name in sys.modules if name.startswith("azure") and sys.modules[name]])
"""


def opened(store: str, *missing: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, store, *missing], capture_output=True, text=True, check=True
    )
    return done.stdout.splitlines()


def test_a_folder_needs_no_library_of_the_extra(tmp_path: Path) -> None:
    assert opened(str(tmp_path)) == ["FolderRunStore", "[]"]


def test_a_container_without_the_extra_says_what_to_install() -> None:
    said, loaded = opened("https://acme.blob.core.windows.net/runs", "azure", "azure.storage.blob")

    assert said == (
        "RunStoreError 2 [run] store = 'https://acme.blob.core.windows.net/runs' needs the extra"
        " azure: pip install 'proforma-connector[azure]'"
    )
    assert loaded == "[]"


def test_a_container_without_a_way_to_sign_in_says_what_to_set_or_install() -> None:
    kind, said, _ = opened("https://acme.blob.core.windows.net/runs", "azure.identity")

    assert kind == "BlobRunStore"
    assert said.startswith("RunStoreError 2 the run store https://acme.blob.core.windows.net/runs")
    assert "set [run] store_key or store_sas, or an [auth] method" in said
    assert "pip install 'proforma-connector[azure]'" in said


def test_a_folder_is_where_the_settings_say(tmp_path: Path) -> None:
    settings = load_settings(None, LOOPBACK | {"PROFORMA__RUN__STORE": str(tmp_path / "runs")})

    with ExitStack() as resources:
        store = open_store(settings, lambda: datetime(2020, 10, 5, tzinfo=UTC), resources)

    assert store == FolderRunStore(tmp_path / "runs")
