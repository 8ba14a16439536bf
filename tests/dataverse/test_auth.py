"""Settings of a sign-in: complete or refused, each cloud at its own service."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import pytest

from connector.dataverse.auth import AuthMethod, AuthSettings, token_source
from connector.dataverse.errors import UnusableSettings
from tests.dataverse.far_side import serving
from tests.dataverse.sign_in import (
    ENVIRONMENT,
    SECRET,
    TENANT,
    Redirected,
    clock,
    directory,
    settings_for,
)


def test_no_sign_in_is_taken_for_this_machine_only() -> None:
    none = AuthSettings(method=AuthMethod.NONE)

    assert token_source(none, "http://127.0.0.1:80", now=clock).token() == ""
    with pytest.raises(UnusableSettings, match="this machine"):
        token_source(none, ENVIRONMENT, now=clock)


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        (AuthSettings(method=AuthMethod.CLIENT_SECRET), "tenant_id.*client_id.*client_secret"),
        (AuthSettings(method=AuthMethod.CERTIFICATE), "certificate_path is missing"),
        (
            settings_for(AuthMethod.CERTIFICATE, certificate_path=Path("nowhere.pem")),
            "nowhere.pem is no file",
        ),
        (AuthSettings(method=AuthMethod.DEVICE_CODE, tenant_id="t"), "client_id is missing"),
        (AuthSettings(method=AuthMethod.WORKLOAD_IDENTITY), "AZURE_FEDERATED_TOKEN_FILE"),
        (
            settings_for(
                AuthMethod.CLIENT_SECRET, client_secret="x", authority="http://login.example"
            ),
            "authority does not begin with https",
        ),
    ],
)
def test_incomplete_settings_are_refused_with_all_their_faults(
    settings: AuthSettings, named: str
) -> None:
    with pytest.raises(UnusableSettings, match=named):
        token_source(settings, ENVIRONMENT, now=clock, environ={})


def test_asking_for_a_source_neither_imports_msal_nor_sends() -> None:
    settings = settings_for(AuthMethod.CLIENT_SECRET, client_secret=SECRET)
    with serving(lambda handler: pytest.fail(handler.path)) as base:
        token_source(settings, ENVIRONMENT, now=clock, http_client=Redirected(base))


@pytest.mark.parametrize(
    ("environment", "login"),
    [
        ("https://org.crm.dynamics.com", "https://login.microsoftonline.com"),
        ("https://org.crm9.dynamics.com", "https://login.microsoftonline.com"),
        ("https://org.crm.microsoftdynamics.us", "https://login.microsoftonline.us"),
        ("https://org.crm.dynamics.cn", "https://login.partner.microsoftonline.cn"),
    ],
)
def test_each_national_cloud_signs_in_at_home(environment: str, login: str) -> None:
    seen: list[str] = []

    class Listening(Redirected):
        def _url(self, url: str) -> str:
            seen.append(url)
            return self._base + urlsplit(url).path

    settings = settings_for(AuthMethod.CLIENT_SECRET, client_secret=SECRET)
    with directory() as there:
        client = Listening(there.base)
        token_source(settings, environment, now=clock, http_client=client).token()

    assert seen[0].startswith(f"{login}/{TENANT}/")
