"""A tenant is resolved when its conditions have been tried too, over a fake client."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast
from zoneinfo import ZoneInfo

import pytest

from connector.dataverse.errors import BadRequest
from connector.mapping import MappingError, load_mapping
from connector.mapping.model import Conditions
from connector.projectops.resolve import resolve_tenant
from tests.projectops.tables import described
from tests.projectops.test_tenant import FakeClient

if TYPE_CHECKING:
    from connector.dataverse.client import DataverseClient
    from connector.dataverse.query import Query
    from connector.projectops.tenant import Tenant

MAPPING = load_mapping()


class RefusingClient(FakeClient):
    """A client that refuses every filter of a column that starts with `contoso`."""

    def read_all(self, query: Query) -> tuple[()]:
        if query.filter is not None and query.filter.text.startswith("contoso"):
            message = "no such property"
            raise BadRequest(message, request=None, status=400)
        return ()


def resolved(**conditions: str) -> Tenant:
    mapping = MAPPING.model_copy(update={"conditions": Conditions(**conditions)})
    client = cast("DataverseClient", RefusingClient(described(MAPPING)))
    return resolve_tenant(client, mapping, ZoneInfo("UTC"))


def test_a_tenant_with_conditions_that_hold_is_resolved() -> None:
    assert resolved(actual="statecode eq 0").mapping.conditions.actual == "statecode eq 0"


def test_every_refused_condition_is_told_at_once() -> None:
    with pytest.raises(MappingError) as refused:
        resolved(actual="contoso_a eq 1", contract="statecode eq 0", milestone="contoso_b eq 1")

    assert refused.value.faults == (
        "- [conditions] milestone = 'contoso_b eq 1': no such property",
        "- [conditions] actual = 'contoso_a eq 1': no such property",
    )
