"""`config.example.toml` explains every key, and what it shows is accepted."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from connector.settings.load import SECTIONS, ConfigError, load_settings

EXAMPLE = Path(__file__).resolve().parents[2] / "config.example.toml"
TEXT = EXAMPLE.read_text(encoding="utf-8")
#: The example with every commented key switched on.
IN_FULL = re.sub(r"^# (\w+ = )", r"\1", TEXT, flags=re.MULTILINE)
KEY = re.compile(r"^(?:# )?([a-z_]+) = ", re.MULTILINE)
EVERY_KEY = [(name, key) for name, section in SECTIONS.items() for key in section.model_fields]


def test_the_example_loads_as_it_is() -> None:
    dataverse = load_settings(EXAMPLE, {}).dataverse

    assert dataverse.is_on_loopback
    assert dataverse.url.startswith("http://127.0.0.1:")


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


def sections() -> dict[str, str]:
    parts = re.split(r"^\[([a-z]+)\]$", TEXT, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def test_every_key_is_in_the_example_and_the_example_has_no_other() -> None:
    explained = {name: sorted(KEY.findall(text)) for name, text in sections().items()}

    assert explained == {name: sorted(model.model_fields) for name, model in SECTIONS.items()}


def test_every_key_of_the_example_follows_a_comment() -> None:
    bare = re.findall(r"^(?!#).*\n(?:# )?([a-z_]+) = ", TEXT, re.MULTILINE)

    assert set(bare) <= {"client_id", "certificate_password"}  # explained with the key above


def test_the_example_shows_the_defaults() -> None:
    document = tomllib.loads(TEXT)
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
    path.write_text(IN_FULL, encoding="utf-8")

    with pytest.raises(ConfigError) as caught:
        load_settings(path, {})

    assert [fault.partition(": there is no file")[0] for fault in caught.value.faults] == [
        "[dataverse] mapping",
        "[auth] certificate",
    ]
