"""`config.example.toml` explains every key, and what it shows is accepted."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from connector import load_settings
from connector.settings.load import SECTIONS

EXAMPLE = Path(__file__).resolve().parents[2] / "config.example.toml"
TEXT = EXAMPLE.read_text(encoding="utf-8")
#: The example with every commented key switched on.
IN_FULL = re.sub(r"^# (\w+ = )", r"\1", TEXT, flags=re.MULTILINE)
EVERY_KEY = [(name, key) for name, section in SECTIONS.items() for key in section.model_fields]


def test_the_example_loads_as_it_is() -> None:
    assert load_settings(EXAMPLE, {}).dataverse.url.startswith("http://127.0.0.1:")


@pytest.mark.parametrize(("section", "key"), EVERY_KEY)
def test_every_key_is_shown_below_an_explanation(section: str, key: str) -> None:
    assert key in tomllib.loads(IN_FULL)[section]
    paragraph = re.search(
        rf"((?:^#.*\n)+)(?:^\w+ = .*\n|^# \w+ = .*\n)*?^{key} = ", IN_FULL, re.MULTILINE
    )
    assert paragraph is not None


def test_every_key_that_is_shown_is_accepted(tmp_path: Path) -> None:
    everything = tmp_path / "config.toml"
    everything.write_text(IN_FULL, encoding="utf-8")
    for name in re.findall(r'^(?:mapping|certificate) = "(.+)"', IN_FULL, re.MULTILINE):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()

    settings = load_settings(everything, {})

    assert settings.auth.client_id == "66666666-7777-8888-9999-000000000000"
