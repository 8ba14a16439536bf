"""
Microsoft's own functional example of the SDK, unmodified.

It is in the SDK's repository (`examples/basic/functional_testing.py`) and in none of its
distributions: SDK_EXAMPLE=FILE names a copy of it. What it asks a person for, the sign-in in a
browser and the address, is answered for it; everything else happens as it is written.
"""

from __future__ import annotations

import builtins
import os
import runpy
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import azure.identity
import pytest

from connector.testing import mount

if TYPE_CHECKING:
    from connector.emulator import Emulator

ENVIRONMENT = "https://contoso.crm4.dynamics.com"
DIRECTORY = "11111111-1111-1111-1111-111111111111"
EXAMPLE = Path(os.environ["SDK_EXAMPLE"])


def signed_in() -> azure.identity.ClientSecretCredential:
    return azure.identity.ClientSecretCredential(DIRECTORY, "example", "any secret")


def answer(question: str = "") -> str:
    return ENVIRONMENT if "URL" in question else "y"


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # it calls what the SDK has replaced
def test_the_functional_example_succeeds_and_leaves_nothing_behind(
    emulator: Emulator, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(azure.identity, "InteractiveBrowserCredential", signed_in)
    monkeypatch.setattr(builtins, "input", answer)
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    before = set(emulator.store.schema.tables)

    with mount(emulator):
        runpy.run_path(str(EXAMPLE), run_name="__main__")

    said = capsys.readouterr().out
    assert "Your PowerPlatform Dataverse Client SDK is fully functional!" in said
    assert not [line for line in said.splitlines() if "[ERR]" in line or "[WARN]" in line]
    assert "Test table deleted successfully" in said
    assert set(emulator.store.schema.tables) == before
