from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.conformance.state import row
from tests.conformance.tenant import ADATUM

if TYPE_CHECKING:
    from pathlib import Path

    from PowerPlatform.Dataverse.client import DataverseClient

    from connector.emulator import Emulator

# Larger than a chunk, and no multiple of one.
LARGE = bytes(range(256)) * 20_000 + b"end"


def held(emulator: Emulator) -> tuple[str, bytes | None]:
    """The name and the bytes of the account's scan."""
    account = emulator.store.schema.table("account")
    shown = row(emulator, "accounts", ADATUM)
    with emulator.store.reading() as tx:
        (found,) = [one for one in tx.rows(account) if str(one.id) == ADATUM]
        file_id = found.values["new_scan"]
        return str(shown["new_scan_name"]), tx.files.content(file_id)  # type: ignore[arg-type]


@pytest.mark.parametrize("mode", ["small", "chunk"])
def test_a_file_is_uploaded_into_a_column_that_the_client_makes(
    client: DataverseClient, emulator: Emulator, tmp_path: Path, mode: str
) -> None:
    path = tmp_path / "scan of invoice.pdf"
    path.write_bytes(LARGE)
    client.files.upload("account", ADATUM, "new_Scan", str(path), mode=mode)
    assert held(emulator) == ("scan of invoice.pdf", LARGE)


# The SDK's `if_none_match` sends "If-None-Match: null", as every documented sample does; to the
# service that is no condition.
@pytest.mark.parametrize("if_none_match", [True, False])
@pytest.mark.parametrize("mode", ["small", "chunk"])
def test_a_second_file_takes_the_place_of_the_first(
    client: DataverseClient,
    emulator: Emulator,
    tmp_path: Path,
    mode: str,
    *,
    if_none_match: bool,
) -> None:
    first, second = tmp_path / "first.txt", tmp_path / "second.txt"
    first.write_bytes(b"first")
    second.write_bytes(b"second")
    client.files.upload("account", ADATUM, "new_Scan", str(first))
    client.files.upload(
        "account", ADATUM, "new_Scan", str(second), mode=mode, if_none_match=if_none_match
    )
    assert held(emulator) == ("second.txt", b"second")
