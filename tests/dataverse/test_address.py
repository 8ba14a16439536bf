"""Addresses: what people copy into a configuration, and links that lead away."""

from __future__ import annotations

import pytest

from connector.dataverse.address import (
    ForeignAddressError,
    absolute_url,
    is_loopback,
    resource_url,
    service_root,
)
from connector.dataverse.errors import UnusableSettings

ROOT = "https://org.crm.dynamics.com/api/data/v9.2/"


@pytest.mark.parametrize(
    "url",
    [
        "https://org.crm.dynamics.com",
        "https://org.crm.dynamics.com/",
        "https://ORG.crm.dynamics.com",
        "https://org.crm.dynamics.com/api/data/v9.2/",
        "https://org.crm.dynamics.com/api/data/v9.1",
    ],
)
def test_every_form_that_people_copy_gives_the_same_root(url: str) -> None:
    assert service_root(url) == ROOT


def test_the_environment_is_what_tokens_are_issued_for() -> None:
    assert resource_url("https://org.crm.dynamics.com/") == "https://org.crm.dynamics.com"


@pytest.mark.parametrize("host", ["127.0.0.1:80", "localhost:1", "[::1]:5", "127.9.9.9"])
def test_plain_http_is_taken_for_this_machine(host: str) -> None:
    assert service_root(f"http://{host}") == f"http://{host}/api/data/v9.2/"


@pytest.mark.parametrize(
    "url",
    [
        "http://org.crm.dynamics.com",
        "http://localhost.example.com",
        "http://127.0.0.1.example.com",
        "http://10.0.0.1",
        "ftp://org",
        "org.crm.dynamics.com",
        "",
        "https://",
        "https://user:secret@org.crm.dynamics.com",
        "https://org.crm.dynamics.com/main.aspx?appid=1",
        "https://org.crm.dynamics.com/#x",
        "https://org:99999",
        "https://org .com\\",
    ],
)
def test_an_address_with_which_no_safe_request_can_be_made_is_refused(url: str) -> None:
    with pytest.raises(UnusableSettings, match="url"):
        service_root(url)


@pytest.mark.parametrize("version", ["", "9", "v9.2/..", "latest"])
def test_a_version_that_is_no_number_is_refused(version: str) -> None:
    with pytest.raises(UnusableSettings, match="api_version"):
        service_root("https://org.crm.dynamics.com", version)


def test_a_relative_path_goes_below_the_root() -> None:
    assert absolute_url(ROOT, "accounts?$filter=a eq '://'") == ROOT + "accounts?$filter=a eq '://'"


@pytest.mark.parametrize(
    "link",
    [
        "https://org.crm.dynamics.com/api/data/v9.2/a?$skiptoken=%253ccookie%2520",
        "HTTPS://ORG.crm.dynamics.com:443/api/data/v9.2/a?$skiptoken=%253ccookie%2520",
    ],
)
def test_a_link_below_the_tenant_stays_as_it_is(link: str) -> None:
    assert absolute_url(ROOT, link) == ROOT + "a?$skiptoken=%253ccookie%2520"


@pytest.mark.parametrize(
    "link",
    [
        "https://evil.example.com/api/data/v9.2/a",
        "https://org.crm.dynamics.com.evil.example.com/a",
        "https://org.crm.dynamics.com@evil.example.com/a",
        "https://org.crm.dynamics.com\\@evil.example.com/a",
        "http://org.crm.dynamics.com/a",
        "https://org.crm.dynamics.com:444/a",
        "file:///etc/passwd",
        "https:///a",
    ],
)
def test_a_link_that_leads_away_is_refused(link: str) -> None:
    with pytest.raises(ForeignAddressError, match="leads away"):
        absolute_url(ROOT, link)


def test_a_name_that_only_begins_like_this_machine_is_another() -> None:
    assert not is_loopback("http://localhost.example.com")
    assert not is_loopback("http://127.0.0.1.example.com")
