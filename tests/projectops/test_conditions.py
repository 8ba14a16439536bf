"""The mapping's conditions over a fake client: what is asked, and what is told."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from connector.dataverse.errors import BadRequest
from connector.invoicing.ids import OrganizationId
from connector.mapping import load_mapping
from connector.mapping.model import Conditions, CopyRules
from connector.projectops.choices import resolve_choices
from connector.projectops.conditions import condition_faults
from connector.projectops.tenant import Tenant

if TYPE_CHECKING:
    from connector.dataverse.client import DataverseClient
    from connector.dataverse.query import Query

MAPPING = load_mapping()
TABLES = ("msdyn_actual", "salesorder")


@dataclass
class FakeClient:
    """A client that refuses every query whose filter names *unknown*."""

    unknown: str = "contoso_onhold"
    asked: list[str] = field(default_factory=list)

    def read_all(self, query: Query) -> tuple[()]:
        self.asked.append(query.path())
        if query.filter is not None and self.unknown in query.filter.text:
            message = f"Could not find a property named '{self.unknown}'"
            raise BadRequest(message, request=None, status=400)
        return ()


def faults(client: FakeClient, **conditions: str) -> list[str]:
    tenant = Tenant(
        organization_id=OrganizationId(UUID(int=1)),
        mapping=MAPPING.model_copy(update={"conditions": Conditions(**conditions)}),
        choices=resolve_choices(MAPPING.choices, {}),
        zone=ZoneInfo("UTC"),
        columns=dict.fromkeys(TABLES, frozenset()),
        behaviours={},
        copies=CopyRules(),
        payment_terms={},
    )
    return list(condition_faults(cast("DataverseClient", client), tenant))


def test_nothing_is_asked_where_there_is_no_condition() -> None:
    client = FakeClient()

    assert faults(client) == []
    assert client.asked == []


def test_each_condition_is_tried_by_itself_with_one_row() -> None:
    client = FakeClient()

    assert faults(client, contract="name ne 'x'", actual="statecode eq 0") == []
    assert client.asked == [
        "salesorders?$select=salesorderid&$filter=name%20ne%20'x'&$top=1",
        "msdyn_actuals?$select=msdyn_actualid&$filter=statecode%20eq%200&$top=1",
    ]


def test_a_refused_condition_is_told_with_key_text_and_refusal() -> None:
    (fault,) = faults(FakeClient(), contract="name ne 'x'", actual="contoso_onhold ne true")

    assert fault == (
        "[conditions] actual = 'contoso_onhold ne true':"
        " Could not find a property named 'contoso_onhold'"
    )


def test_a_condition_on_a_table_that_the_tenant_lacks_is_left_alone() -> None:
    client = FakeClient()

    assert faults(client, retainer="contoso_onhold ne true") == []
    assert client.asked == []


def test_an_empty_condition_is_refused_with_the_mapping() -> None:
    with pytest.raises(ValidationError, match="at least 1 character"):
        Conditions(actual="  ")
