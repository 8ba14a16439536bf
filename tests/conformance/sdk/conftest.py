from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

import pytest
from azure.core.credentials import AccessToken
from PowerPlatform.Dataverse.client import DataverseClient

if TYPE_CHECKING:
    from collections.abc import Iterator


#: Microsoft's functional example is in no distribution: without a copy there is nothing to run.
collect_ignore = [] if os.environ.get("SDK_EXAMPLE") else ["test_functional_example.py"]


class AnyToken:
    """A credential of azure-core's protocol whose token the emulator takes."""

    def get_token(self, *_scopes: str, **_options: object) -> AccessToken:
        return AccessToken("conformance", int(time.time()) + 3600)


@pytest.fixture
def client(secure_url: str) -> Iterator[DataverseClient]:
    """Microsoft's SDK, signed in to the tenant over TLS."""
    with DataverseClient(secure_url, AnyToken()) as made:
        yield made
