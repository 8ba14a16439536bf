"""A line stands in its file once, wherever an answer was lost and whoever else adds lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from connector.runs.blobs.lines import LONGEST, Lines
from connector.runs.store import RunStoreError
from tests.azurite.relay import Loss

if TYPE_CHECKING:
    from azure.storage.blob import ContainerClient

    from connector.runs.blobs.blob_store import BlobRunStore
    from tests.azurite.relay import Relay

pytestmark = pytest.mark.cloud

NAME = "runs/R1/part-0001.progress"


@pytest.mark.parametrize("loss", list(Loss))
@pytest.mark.parametrize("number", [0, 1, 2])
def test_a_line_whose_answer_was_lost_stands_once(
    behind_relay: BlobRunStore, relay: Relay, loss: Loss, number: int
) -> None:
    for line in range(3):
        if line == number:
            relay.lose(loss, containing="comp=appendblock", times=3)
        behind_relay.append(NAME, f"line {line}".encode())

    assert behind_relay.get(NAME) == b"line 0\nline 1\nline 2\n"


@pytest.mark.parametrize("loss", list(Loss))
def test_a_file_whose_making_was_lost_gets_its_line_once(
    behind_relay: BlobRunStore, relay: Relay, loss: Loss
) -> None:
    relay.lose(loss, containing="HEAD")
    relay.lose(loss, containing="PUT")

    behind_relay.append(NAME, b"line")

    assert behind_relay.get(NAME) == b"line\n"


@pytest.mark.parametrize("loss", list(Loss))
def test_a_line_goes_behind_what_another_has_added_while_its_answer_was_lost(
    behind_relay: BlobRunStore, relay: Relay, store: BlobRunStore, loss: Loss
) -> None:
    behind_relay.append(NAME, b"ours 1")
    store.append(NAME, b"theirs 1")
    relay.lose(loss, containing="comp=appendblock")
    behind_relay.append(NAME, b"ours 2")
    store.append(NAME, b"theirs 2")

    assert store.get(NAME) == b"ours 1\ntheirs 1\nours 2\ntheirs 2\n"


def test_a_full_blob_goes_on_in_the_next_one_as_one_file(
    store: BlobRunStore, container: ContainerClient
) -> None:
    store.lines = Lines(store.service, blocks=3)
    lines = [str(number).encode() for number in range(8)]
    for line in lines[:5]:
        store.append(NAME, line)
    store.lines = Lines(store.service, blocks=3)  # another process, which has to look
    for line in lines[5:]:
        store.append(NAME, line)

    assert (store.get(NAME) or b"").split() == lines
    assert list(container.list_blob_names()) == [NAME, f"{NAME}~0002", f"{NAME}~0003"]
    assert store.names("runs/R1/") == (NAME,)
    store.delete(NAME)
    assert list(container.list_blob_names()) == []
    store.append(NAME, b"anew")
    assert store.get(NAME) == b"anew\n"


@pytest.mark.parametrize("loss", list(Loss))
def test_the_last_line_of_a_full_blob_stands_once_too(
    behind_relay: BlobRunStore, relay: Relay, loss: Loss
) -> None:
    behind_relay.lines = Lines(behind_relay.service, blocks=2)
    behind_relay.append(NAME, b"0")
    relay.lose(loss, containing="comp=appendblock")
    behind_relay.append(NAME, b"1")
    relay.lose(loss, containing="comp=appendblock")
    behind_relay.append(NAME, b"2")

    assert behind_relay.get(NAME) == b"0\n1\n2\n"


def test_a_line_goes_into_a_new_file_where_another_has_deleted_the_old_one(
    store: BlobRunStore, container: ContainerClient
) -> None:
    store.append(NAME, b"before")
    container.delete_blob(NAME)
    store.append(NAME, b"after")

    assert store.get(NAME) == b"after\n"


def test_a_line_that_is_too_long_for_one_block_is_refused(store: BlobRunStore) -> None:
    store.append(NAME, b"x" * (LONGEST - 1))

    with pytest.raises(RunStoreError, match="4194305 bytes: at most 4194304"):
        store.append(NAME, b"x" * LONGEST)


def test_a_line_for_what_is_no_file_of_lines_is_refused(store: BlobRunStore) -> None:
    store.put(NAME, (b"text",))

    with pytest.raises(RunStoreError, match="a blob of another type"):
        store.append(NAME, b"line")
