"""A container is opened at first use, and tried again while it fails for a moment."""

from __future__ import annotations

import logging

import pytest
from azure.core.credentials import AzureSasCredential

from connector.dataverse.errors import SignInFailed, UnusableSettings
from connector.errors import ExitCode
from connector.runs.blobs.blob_store import BlobRunStore
from connector.runs.blobs.service import BlobService
from connector.runs.store import RunStoreError, RunStoreUnreachable
from connector.settings.container import container_address
from tests.runs.blobs.answering import Answer, answering

BUSY = Answer(status=503, code="ServerBusy")
FOUND = Answer(status=206, text="kept")
SECRET = "Zm9yZ290dGVu"


def opened(url: str, pauses: list[float]) -> BlobRunStore:
    signature = AzureSasCredential(f"sv=2024-11-04&sig={SECRET}")
    address = container_address(f"{url}/runs")
    return BlobRunStore(BlobService(address, lambda: signature, sleep=pauses.append))


def test_a_busy_service_is_asked_again_with_growing_pauses() -> None:
    pauses: list[float] = []
    with answering(BUSY, BUSY, BUSY, BUSY, FOUND) as service:
        store = opened(service.url, pauses)
        assert store.get("runs/R1/run.json") == b"kept"
        store.close()

    assert pauses == [0.5, 1, 2, 4]
    assert len(service.requests) == 5


def test_after_five_attempts_it_is_told() -> None:
    pauses: list[float] = []
    with answering(BUSY) as service:
        store = opened(service.url, pauses)
        with pytest.raises(RunStoreUnreachable, match="answered 503 ServerBusy"):
            store.get("runs/R1/run.json")
        store.close()

    assert len(service.requests) == 5


def test_a_service_that_never_answered_is_not_waited_for_as_long() -> None:
    pauses: list[float] = []
    store = opened("http://127.0.0.1:9/devstoreaccount1", pauses)

    with pytest.raises(RunStoreUnreachable, match=r"nothing answers at 127\.0\.0\.1:9"):
        store.get("runs/R1/run.json")
    store.close()

    assert pauses == [0.5, 1]


def test_a_service_that_went_away_is_asked_once_until_it_answers_again() -> None:
    pauses: list[float] = []
    with answering(FOUND, BUSY) as service:
        store = opened(service.url, pauses)
        store.get("runs/R1/run.json")
    for _ in range(3):
        with pytest.raises(RunStoreUnreachable, match="nothing answers"):
            store.get("runs/R1/run.json")
    assert pauses == [0.5, 1, 2, 4]

    pauses.clear()
    with answering(BUSY, FOUND) as service:
        store.service.address = container_address(f"{service.url}/runs")
        store.close()
        assert store.get("runs/R1/run.json") == b"kept"
    store.close()
    assert pauses == [0.5]


def test_a_refusal_is_not_asked_for_twice() -> None:
    with answering(Answer(status=403, code="AuthorizationFailure")) as service:
        store = opened(service.url, [])
        with pytest.raises(RunStoreUnreachable):
            store.names("runs/")
        store.close()

    assert len(service.requests) == 1


def test_a_closed_store_opens_again_when_it_is_used() -> None:
    with answering(FOUND) as service:
        store = opened(service.url, [])
        store.get("runs/R1/run.json")
        store.close()
        assert store.get("runs/R1/run.json") == b"kept"
        store.close()


def test_the_signature_is_in_no_debug_line_of_the_http_library(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.DEBUG), answering(FOUND) as service:
        store = opened(service.url, [])
        store.get("runs/R1/run.json")
        store.close()

    assert SECRET in service.requests[0]
    assert "sig=***" in caplog.text
    assert SECRET not in caplog.text
    assert SECRET not in repr(store)


def test_a_sign_in_that_fails_is_told_as_one_and_wrong_settings_as_such() -> None:
    address = container_address("https://127.0.0.1:1/devstoreaccount1/runs")

    def failing(error: Exception) -> BlobRunStore:
        def sign_in() -> AzureSasCredential:
            raise error

        return BlobRunStore(BlobService(address, sign_in, sleep=lambda _: None))

    with pytest.raises(RunStoreUnreachable, match=r"cannot read .*/runs/R1/run.json: no token"):
        failing(SignInFailed("no token")).get("runs/R1/run.json")
    with pytest.raises(RunStoreError, match="certificate is missing") as caught:
        failing(UnusableSettings("certificate is missing")).get("runs/R1/run.json")
    assert caught.value.exit_code == ExitCode.USAGE
