"""Settings of a sign-in as values."""

from __future__ import annotations

from connector.dataverse.auth import AuthMethod, AuthSettings
from tests.dataverse.sign_in import SECRET


def test_no_secret_shows_in_the_settings() -> None:
    settings = AuthSettings(
        method=AuthMethod.CLIENT_SECRET, client_secret=SECRET, certificate_password=SECRET
    )

    assert SECRET not in repr(settings)
    assert SECRET not in str(settings)
