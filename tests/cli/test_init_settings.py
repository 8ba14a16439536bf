"""What `init` has gathered becomes settings, and never shows its secret."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from connector.cli.init_settings import Answers, other_variables, write_settings, zone_doubt
from connector.projectops.zone_check import UsersZone
from connector.settings.load import ConfigError, load_settings
from connector.usecases.sign_in import SignedIn

ANSWERS = Answers(
    url="https://contoso.crm.dynamics.com",
    method="client-secret",
    time_zone="Europe/Berlin",
    tenant_id="directory",
    client_id="application",
    client_secret="s3cr3t",
)


def signed_in(zone: str | None, because: str | None = None) -> SignedIn:
    found = UsersZone(users=3, looked_at=4, windows_name="Some Standard Time", zone=zone)
    return SignedIn(
        user_id=UUID(int=1),
        organization_id=UUID(int=2),
        zone=None if because else found,
        because=because,
    )


def test_the_answers_never_show_their_secret() -> None:
    assert "s3cr3t" not in repr(ANSWERS)
    assert "s3cr3t" not in ANSWERS.text(with_secret=False)


def test_a_certificate_is_named_by_its_whole_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "own.pem").touch()
    answers = Answers(
        url="https://contoso.crm.dynamics.com",
        method="certificate",
        time_zone="UTC",
        tenant_id="directory",
        client_id="application",
        certificate=Path("own.pem"),
    )

    (tmp_path / "elsewhere").mkdir()
    write_settings(tmp_path / "elsewhere" / "config.toml", answers, with_secret=False)

    loaded = load_settings(tmp_path / "elsewhere" / "config.toml", {})
    assert loaded.auth.certificate == tmp_path / "own.pem"


def test_a_place_that_cannot_be_written_is_left_without_a_trace(tmp_path: Path) -> None:
    taken = tmp_path / "own" / "config.toml"
    taken.mkdir(parents=True)

    with pytest.raises(ConfigError, match="cannot be written"):
        write_settings(taken, ANSWERS, with_secret=False)

    assert [path.name for path in taken.parent.iterdir()] == ["config.toml"]


def test_a_zone_is_doubted_unless_it_shows_the_time_that_most_people_keep() -> None:
    assert zone_doubt("Europe/Berlin", signed_in("Europe/Paris")) is None
    assert ZoneInfo("Europe/Paris") != ZoneInfo("Europe/Berlin")
    doubt = zone_doubt("Asia/Tokyo", signed_in("Europe/Paris"))
    assert doubt is not None
    assert doubt.startswith("3 of 4 users looked at keep 'Some Standard Time' (Europe/Paris), not")
    unknown = zone_doubt("Asia/Tokyo", signed_in(None, because="they are out of reach"))
    assert unknown == "whether Asia/Tokyo is the tenant's zone is not known: they are out of reach"


def test_variables_of_secrets_are_no_surprise_and_others_are_named() -> None:
    names = ("PATH", "PROFORMA__AUTH__CLIENT_SECRET", "proforma__log__level")

    assert list(other_variables(dict.fromkeys(names, "x"))) == ["proforma__log__level"]
