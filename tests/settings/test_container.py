"""The address of a blob container is taken as people copy it, and refused where it is none."""

from __future__ import annotations

import pytest

from connector.settings.container import container_address, looks_like_container, parted

AZURE = "https://acme.blob.core.windows.net/proforma-runs"


@pytest.mark.parametrize(
    ("text", "account_url", "account", "container"),
    [
        (AZURE, "https://acme.blob.core.windows.net", "acme", "proforma-runs"),
        (f"{AZURE}/", "https://acme.blob.core.windows.net", "acme", "proforma-runs"),
        (
            "https://ACME.blob.core.usgovcloudapi.net/runs",
            "https://acme.blob.core.usgovcloudapi.net",
            "acme",
            "runs",
        ),
        (
            "https://acme.z04.blob.storage.azure.net/runs",
            "https://acme.z04.blob.storage.azure.net",
            "acme",
            "runs",
        ),
        ("https://files.contoso.com/runs", "https://files.contoso.com", "files", "runs"),
        (
            "http://127.0.0.1:10000/devstoreaccount1/runs",
            "http://127.0.0.1:10000/devstoreaccount1",
            "devstoreaccount1",
            "runs",
        ),
        ("https://localhost:10000/mine/runs", "https://localhost:10000/mine", "mine", "runs"),
    ],
)
def test_account_and_container_are_read_from_an_address(
    text: str, account_url: str, account: str, container: str
) -> None:
    found = container_address(text)

    assert (found.account_url, found.account, found.container) == (account_url, account, container)
    assert found.url == f"{account_url}/{container}"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("https://acme.blob.core.windows.net", "has 0 pieces after its host"),
        ("https://acme.blob.core.windows.net/", "has 0 pieces"),
        (f"{AZURE}/2020/october", "has 3 pieces after its host"),
        ("http://127.0.0.1:10000/runs", "has 1 pieces after its host"),
        ("http://127.0.0.1:10000/devstoreaccount1/runs/more", "has 3 pieces"),
        ("https://acme.blob.core.windows.net//runs", "has 2 pieces"),
        ("https://acme.blob.core.windows.net/Runs", "'Runs' is no name of a container"),
        ("https://acme.blob.core.windows.net/ab", "'ab' is no name of a container"),
        ("https://acme.blob.core.windows.net/a--b", "is no name of a container"),
        ("https://acme.blob.core.windows.net/$web", "is no name of a container"),
        (f"https://acme.blob.core.windows.net/{'a' * 64}", "is no name of a container"),
        ("https://my_account.blob.core.windows.net/runs", "is no name of a storage account"),
        ("https://acme.dfs.core.windows.net/runs", r"use the one with \.blob\."),
        ("http://acme.blob.core.windows.net/runs", "plain http is for a loopback host only"),
        ("http://10.0.0.5:10000/devstoreaccount1/runs", "plain http is for a loopback host only"),
        ("ftp://acme.blob.core.windows.net/runs", "neither a folder nor a blob container"),
        ("https:///runs", "is no address"),
        ("https://acme.blob.core.windows.net:99999/runs", "is no address"),
        ("https://acme.blob.core.windows.net/runs\n", "is no address"),
        ("https://me@acme.blob.core.windows.net/runs", "carries more than host and path"),
        (f"{AZURE}#part", "carries more than host and path"),
        ("https://acme.blob.core.windows.net/ru%6Es", "carries more than host and path"),
    ],
)
def test_what_is_no_container_is_refused_with_what_was_expected(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        container_address(text)


def test_a_signature_is_parted_from_the_address_and_another_query_is_refused_unsaid() -> None:
    assert parted(AZURE) == (AZURE, None)
    assert parted(f"{AZURE}?sv=2024&sig=hush%3D") == (AZURE, "sv=2024&sig=hush%3D")
    with pytest.raises(ValueError, match="no shared access signature") as caught:
        parted(f"{AZURE}?token=hush")
    assert "hush" not in str(caught.value)


def test_only_plain_http_to_an_account_of_ones_own_needs_a_key() -> None:
    def needs(text: str) -> bool:
        return container_address(text).needs_a_key

    assert not needs(AZURE)
    assert not needs("http://127.0.0.1:10000/devstoreaccount1/runs")
    assert not needs("https://127.0.0.1:10000/mine/runs")
    assert needs("http://127.0.0.1:10000/mine/runs")


def test_an_address_without_its_scheme_is_no_folder() -> None:
    assert looks_like_container("acme.blob.core.windows.net/runs")
    assert looks_like_container("/etc/proforma/acme.blob.core.windows.net/runs")
    assert not looks_like_container("/var/blobs/core.runs")
    assert not looks_like_container(AZURE)
