from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
import trustme

from connector.emulator import TlsFiles
from tests.conformance.tenant import tenant

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from connector.emulator import Emulator


def pytest_report_header() -> str:
    """Say what is run only where somebody has it."""
    example = os.environ.get("SDK_EXAMPLE")
    said = example or "NOT RUN; SDK_EXAMPLE=FILE names a copy, see docs/conformance.md"
    return f"Microsoft's functional example: {said}"


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    """A tenant of its own for every scenario."""
    made = tenant()
    yield made
    made.close()


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with `authority.pem`, and `server.pem` and `key.pem` for 127.0.0.1."""
    folder = tmp_path_factory.mktemp("certificates")
    authority = trustme.CA()
    issued = authority.issue_cert("127.0.0.1", "localhost")
    authority.cert_pem.write_to_path(folder / "authority.pem")
    issued.cert_chain_pems[0].write_to_path(folder / "server.pem")
    issued.private_key_pem.write_to_path(folder / "key.pem")
    return folder


@pytest.fixture
def secure_url(
    emulator: Emulator, certificates: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[str]:
    """The tenant over TLS, trusted by every client that uses requests."""
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificates / "authority.pem"))
    tls = TlsFiles(certificate=certificates / "server.pem", key=certificates / "key.pem")
    with emulator.serve(tls=tls) as server:
        yield server.url
