"""The Azure Functions runtime, installed once for the tests of this folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.azure.install_runtime import install

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="session")
def runtime() -> Path:
    """The folder of the runtime; a test that cannot get it fails with what pip said."""
    return install()
