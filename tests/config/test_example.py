"""`config.example.toml` explains every key there is, and nothing else."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from connector.settings.load import SECTIONS, ConfigError, load_settings

EXAMPLE = Path(__file__).resolve().parents[2] / "config.example.toml"
KEY = re.compile(r"^(?:# )?([a-z_]+) = ", re.MULTILINE)
COMMENTED_KEY = re.compile(r"^# ([a-z_]+ = )", re.MULTILINE)


def example() -> str:
    return EXAMPLE.read_text(encoding="utf-8")


def sections() -> dict[str, str]:
    parts = re.split(r"^\[([a-z]+)\]$", example(), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def test_every_key_is_in_the_example_and_the_example_has_no_other() -> None:
    explained = {name: sorted(KEY.findall(text)) for name, text in sections().items()}

    assert explained == {name: sorted(model.model_fields) for name, model in SECTIONS.items()}


def test_every_key_of_the_example_follows_a_comment() -> None:
    bare = re.findall(r"^(?!#).*\n(?:# )?([a-z_]+) = ", example(), re.MULTILINE)

    assert set(bare) <= {"client_id", "certificate_password"}  # explained with the key above


def test_the_example_loads_as_it_is() -> None:
    assert load_settings(EXAMPLE, {}).dataverse.is_on_loopback


def test_the_example_shows_the_defaults() -> None:
    document = tomllib.loads(example())
    shown = {
        (section, key): value
        for section, table in document.items()
        for key, value in table.items()
        if (section, key) not in {("dataverse", "url"), ("run", "time_zone")}
    }

    defaults = {(s, k): SECTIONS[s].model_fields[k].default for s, k in shown}

    assert shown == {key: "off" if value is None else value for key, value in defaults.items()}


def test_every_key_that_is_commented_out_loads_too(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text(COMMENTED_KEY.sub(r"\1", example()), encoding="utf-8")

    with pytest.raises(ConfigError) as caught:
        load_settings(path, {})

    assert [fault.partition(": there is no file")[0] for fault in caught.value.faults] == [
        "[dataverse] mapping",
        "[auth] certificate",
    ]
