"""The tag: every write carries it, no read does, and the tenant writes as it always does."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from connector.dataverse.batch import ChangeSet
from connector.dataverse.client import DataverseClient
from connector.dataverse.errors import MalformedAnswer
from connector.dataverse.limiter import Limiter
from connector.dataverse.operations import request_create_with_id, request_get
from tests.dataverse.far_side import FarSide, answer, scripted
from tests.end_to_end.tenant import serving

if TYPE_CHECKING:
    from pathlib import Path

ROW = UUID(int=7)


def test_a_single_write_carries_the_tag_and_a_read_does_not() -> None:
    far = FarSide(scripted(answer(204)))
    client = DataverseClient(far, None, Limiter(1), tag="night run")

    client.update("accounts", ROW, {"name": "A"})
    client.send(request_get("accounts", ROW, ("name",)))

    assert [request.path for request in far.requests] == [
        f"accounts({ROW})?tag=night%20run",
        f"accounts({ROW})?$select=name",
    ]


def test_each_write_of_a_change_set_carries_the_tag() -> None:
    far = FarSide(scripted(answer(200, b"no batch")))
    client = DataverseClient(far, None, Limiter(1), tag="proforma")
    writes = tuple(request_create_with_id("accounts", UUID(int=n), {}) for n in (1, 2))

    with pytest.raises(MalformedAnswer):
        client.batch([ChangeSet(requests=writes), request_get("accounts", ROW)])

    body = (far.requests[0].body or b"").decode()
    assert body.count("?tag=proforma HTTP/1.1") == 2
    assert far.requests[0].path == "$batch"


def test_without_a_tag_nothing_is_added() -> None:
    far = FarSide(scripted(answer(204)))

    DataverseClient(far, None, Limiter(1)).update("accounts", ROW, {"name": "A"})

    assert far.requests[0].path == f"accounts({ROW})"


def test_a_tagged_run_writes_what_an_untagged_one_writes(tmp_path: Path) -> None:
    with serving(tmp_path) as plain, serving(tmp_path) as tagged:
        plain.run(date(2020, 10, 5))
        with tagged.connector(DATAVERSE__TAG="proforma") as connector:
            connector.run(date(2020, 10, 5), run_id="tagged")

        assert [r["invoiceid"] for r in tagged.rows("invoices")] == [
            r["invoiceid"] for r in plain.rows("invoices")
        ]
