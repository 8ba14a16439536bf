"""The run store that the settings name: a folder, or a blob container."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from connector.runs.folder_store import FolderRunStore
from connector.runs.store import RunStoreError

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import ExitStack
    from datetime import datetime

    from connector.runs.blobs.sign_in import Credential
    from connector.runs.store import RunStore
    from connector.settings.container import ContainerAddress
    from connector.settings.settings import Settings


def open_store(settings: Settings, clock: Callable[[], datetime], resources: ExitStack) -> RunStore:
    """
    The store of *settings*; nothing is sent, and its connections are closed with *resources*.

    A container needs the libraries of the extra `azure`, which are imported here and only then.
    Raises `RunStoreError` when they are missing.
    """
    container = settings.run.container
    if container is None:
        return FolderRunStore(Path(settings.run.store))
    try:
        return _container_store(settings, container, clock, resources)
    except ModuleNotFoundError as error:
        if not (error.name or "").startswith("azure"):
            raise
        message = (
            f"[run] store = {container.url!r} needs the extra azure:"
            " pip install 'proforma-connector[azure]'"
        )
        raise RunStoreError(message) from error


def _container_store(
    settings: Settings,
    container: ContainerAddress,
    clock: Callable[[], datetime],
    resources: ExitStack,
) -> RunStore:
    from connector.runs.blobs.blob_store import BlobRunStore  # noqa: PLC0415 - an extra
    from connector.runs.blobs.service import BlobService  # noqa: PLC0415
    from connector.runs.blobs.sign_in import credential  # noqa: PLC0415

    def sign_in() -> Credential:
        return credential(settings, container, lambda: clock().timestamp())

    store = BlobRunStore(BlobService(container, sign_in))
    resources.callback(store.close)
    return store
