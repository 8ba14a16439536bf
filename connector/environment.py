"""One configured environment, opened when it is first used."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from connector.connection import open_client
from connector.extensions import load_rules
from connector.mapping import load_mapping
from connector.projectops.compose import Composer
from connector.projectops.tenant import Tenant, resolve_tenant
from connector.runs.store import FolderRunStore, RunStoreError

if TYPE_CHECKING:
    from connector.config import Settings
    from connector.dataverse.client import DataverseClient


class Environment:
    """Settings, mapping, client and what the tenant's metadata says; nothing is sent before use."""

    def __init__(self, settings: Settings, session: str) -> None:
        """Raises `MappingError` for the mapping, `ExtensionError` for an installed rule."""
        self.settings = settings
        self.mapping = load_mapping(settings.dataverse.mapping)
        self.rules = load_rules()
        self._session = session
        self._resources = ExitStack()
        self._client: DataverseClient | None = None
        self._tenant: Tenant | None = None

    @property
    def client(self) -> DataverseClient:
        """The client, opened on first use."""
        if self._client is None:
            opening = open_client(self.settings, self._session)
            self._client = self._resources.enter_context(opening)
        return self._client

    @property
    def tenant(self) -> Tenant:
        """The tenant's names, numbers and dates, read on first use."""
        if self._tenant is None:
            self._tenant = resolve_tenant(self.client, self.mapping, self.settings.run.zone)
        return self._tenant

    @property
    def composer(self) -> Composer:
        """What turns planned invoices into rows of this tenant."""
        owner = self.settings.dataverse.owner
        return Composer(self.tenant, None if owner is None else f"systemusers({owner})")

    @property
    def store(self) -> FolderRunStore:
        """Where plans and reports are kept; raises `RunStoreError` for what is no folder."""
        place = self.settings.run.store
        if "://" in place:
            message = f"[run] store = {place!r}: expected a folder; blob containers come later"
            raise RunStoreError(message)
        return FolderRunStore(Path(place))

    def close(self) -> None:
        """Close the connections; using the environment again opens it again."""
        self._client = self._tenant = None
        self._resources.close()
