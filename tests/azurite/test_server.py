"""Azurite starts on free ports, answers as the storage service does, and ends with its block."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from azure.storage.blob import BlobServiceClient

from tests.azurite.server import AzuriteNotStartedError, running_azurite

if TYPE_CHECKING:
    from pathlib import Path

    from tests.azurite.server import Azurite

pytestmark = pytest.mark.cloud


def test_a_blob_comes_back_from_azurite(azurite: Azurite) -> None:
    with BlobServiceClient.from_connection_string(azurite.connection_string) as service:
        container = service.create_container("comes-back")
        container.upload_blob("a/b.txt", b"text")

        assert container.download_blob("a/b.txt").readall() == b"text"


def test_what_is_kept_in_a_folder_outlives_azurite(tmp_path: Path) -> None:
    with (
        running_azurite(tmp_path) as first,
        BlobServiceClient.from_connection_string(first.connection_string) as service,
    ):
        service.create_container("outlives").upload_blob("kept", b"text")
    with (
        running_azurite(tmp_path) as second,
        BlobServiceClient.from_connection_string(second.connection_string) as service,
    ):
        kept = service.get_blob_client("outlives", "kept").download_blob().readall()

    assert kept == b"text"
    assert first.process.poll() is not None


def test_an_option_that_it_does_not_know_is_told() -> None:
    with pytest.raises(AzuriteNotStartedError, match="such-option"):
        running_azurite(options=("--no-such-option",)).__enter__()
