"""A tenant with several due contracts, the app with small parts, and instances that are killed."""

from __future__ import annotations

import os
import shutil
import threading
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from io import BytesIO
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from azure.core.credentials import AzureNamedKeyCredential
from azure.storage.blob import ContainerClient

from connector.connector import Connector
from connector.emulator import Emulator, EmulatorOptions
from connector.emulator.serving.server import serve
from connector.settings.load import load_settings
from tests.azure.test_function_app import APP, moved, today
from tests.azurite.server import ACCOUNT, KEY
from tests.end_to_end.copies import copies
from tests.end_to_end.tenant import TestTenant

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from tests.azure.durable_host import Activity
    from tests.azure.functions_host import FunctionsHost
    from tests.azurite.server import Azurite

FUNCTION = "create_draft_invoices"
#: The day of the sample tenant on which two contracts of each copy have three drafts.
BUSY_DAY = date(2020, 11, 20)

_NUMBERS = count(1)

SMALL_PARTS = """
import connector.usecases.environment as environment

environment.CONTRACTS_PER_PART = {}
"""


class Passage:
    """The WSGI application of an emulator, and what happens when writes pass."""

    def __init__(self, app: Callable[..., Iterable[bytes]]) -> None:
        self.app = app
        self.before: Callable[[], None] = lambda: None
        self.after: Callable[[], None] = lambda: None

    def __call__(self, environ: Any, start: Any) -> Iterable[bytes]:
        if not environ["PATH_INFO"].endswith("/$batch"):
            return self.app(environ, start)
        body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
        is_write = b'boundary="changeset' in body
        if is_write:
            self.before()
        answer = self.app({**environ, "wsgi.input": BytesIO(body)}, start)
        if is_write:
            self.after()
        return answer


@dataclass(frozen=True, slots=True, kw_only=True)
class CloudTenant:
    """An emulated tenant with its settings of the function app."""

    emulator: Emulator
    passage: Passage
    url: str
    folder: Path
    settings: Mapping[str, str]

    def configured(self, **settings: str) -> CloudTenant:
        """The same with other settings."""
        return replace(self, settings={**self.settings, **settings})

    @property
    def seen(self) -> TestTenant:
        """The same for those who look at rows."""
        return TestTenant(emulator=self.emulator, url=self.url, folder=self.folder)

    def connector(self) -> Connector:
        """A connector of this machine to the same tenant and the same run store."""
        return Connector(load_settings(None, self.settings))


@cache
def seeded(number: int, day: date) -> bytes:
    """The tables of *number* copies of the sample tenant, whose *day* is today."""
    with closing(Emulator(seed=moved(copies(number), today() - day))) as emulator:
        return emulator.snapshot()


@contextmanager
def tenant_of(
    number: int, options: EmulatorOptions | None = None, day: date = BUSY_DAY
) -> Iterator[CloudTenant]:
    """*number* copies of the sample tenant on its *day*, served for the length of the block."""
    emulator = Emulator(options=options)
    emulator.restore(seeded(number, day))
    passage = Passage(emulator.app)
    with closing(emulator), serve(passage) as server, TemporaryDirectory() as folder:
        given = {
            "PROFORMA_SCHEDULE": "0 5 * * * *",
            "PROFORMA__DATAVERSE__URL": server.url,
            "PROFORMA__AUTH__METHOD": "none",
            "PROFORMA__RUN__TIME_ZONE": "UTC",
            "PROFORMA__RUN__STORE": str(Path(folder) / "runs"),
        }
        yield CloudTenant(
            emulator=emulator,
            passage=passage,
            url=server.url,
            folder=Path(folder),
            settings=given,
        )


@contextmanager
def container(azurite: Azurite) -> Iterator[str]:
    """The address of an empty container."""
    name = f"cloud-run-{os.getpid()}-{next(_NUMBERS)}"
    key = AzureNamedKeyCredential(ACCOUNT, KEY)
    with ContainerClient(azurite.blobs, name, credential=key) as client:
        client.create_container()
        yield f"{azurite.blobs}/{name}"
        client.delete_container()


def app_of_small_parts(folder: Path, contracts: int) -> Path:
    """The function app, whose parts have so many contracts."""
    app = folder / "app"
    shutil.copytree(APP, app, ignore=shutil.ignore_patterns("__pycache__", "infra", "*.whl"))
    main = app / "function_app.py"
    text = main.read_text(encoding="utf-8")
    mark = "from __future__ import annotations\n"
    assert text.count(mark) == 1
    main.write_text(text.replace(mark, mark + SMALL_PARTS.format(contracts)), encoding="utf-8")
    return app


@dataclass(slots=True)
class Killer:
    """
    Kills the instance of the activities called *name*, once each for the numbers in *parts*.

    It does so while the first change set after the activity's begin passes, before the tenant acts
    or *after* it acted. Nothing else is written meanwhile where parts go one after the other.
    """

    passage: Passage
    name: str
    parts: tuple[int, ...]
    after: bool = False
    aimed_at: set[int] = field(default_factory=set)
    killed: int = 0
    _victim: FunctionsHost | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        if self.after:
            self.passage.after = self.strike
        else:
            self.passage.before = self.strike

    def before(self, activity: Activity, host: FunctionsHost) -> None:
        """Aim at *host* where *activity* is to be killed."""
        is_it = activity.name == self.name and activity.document["number"] in self.parts
        if is_it and activity.document["number"] not in self.aimed_at:
            with self._lock:
                self.aimed_at.add(activity.document["number"])
                self._victim = host

    def strike(self) -> None:
        """A request passes: the end of who sent it."""
        with self._lock:
            victim, self._victim = self._victim, None
        if victim is not None:
            victim.worker.kill()
            victim.worker.wait()
            self.killed += 1
