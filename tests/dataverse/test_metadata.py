"""Table definitions from the documents that the Web API's metadata resources give."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from connector.dataverse.errors import DataverseError, Forbidden, MalformedAnswer
from connector.dataverse.message import Request, Response
from connector.dataverse.metadata import AttributeInfo
from connector.dataverse.values import DateBehaviour
from tests.dataverse.far_side import App, answer, client_of, error, multipart

if TYPE_CHECKING:
    from collections.abc import Iterator


def label(*texts: str) -> dict[str, object]:
    found = [{"Label": text, "LanguageCode": 1033 + at} for at, text in enumerate(texts)]
    return {"LocalizedLabels": found, "UserLocalizedLabel": found[-1] if found else None}


def options(**labels: int) -> dict[str, object]:
    return {"Options": [{"Value": value, "Label": label(name)} for name, value in labels.items()]}


DEFINITION = {
    "LogicalName": "invoice",
    "EntitySetName": "invoices",
    "PrimaryIdAttribute": "invoiceid",
    "Attributes": [
        {"LogicalName": name, "AttributeType": kind}
        for name, kind in [
            ("invoiceid", "Uniqueidentifier"),
            ("duedate", "DateTime"),
            ("statecode", "State"),
            ("prioritycode", "Picklist"),
            ("customerid", "Customer"),
            ("name", "String"),
            ("totalamount", "Money"),
        ]
    ],
}
DATES = [{"LogicalName": "duedate", "DateTimeBehavior": {"Value": "DateOnly"}}]
PICKLISTS = [
    {"LogicalName": "prioritycode", "OptionSet": None, "GlobalOptionSet": options(Low=1, High=2)}
]
STATES = [{"LogicalName": "statecode", "OptionSet": options(Active=0)}]
LENGTHS = [{"LogicalName": "name", "MaxLength": 300}]
PRECISIONS = [{"LogicalName": "totalamount", "Precision": 2}]
LOOKUPS = [
    {
        "ReferencingAttribute": "customerid",
        "ReferencingEntityNavigationPropertyName": f"customerid_{target}",
        "ReferencedEntity": target,
    }
    for target in ("account", "contact")
]


def page(*rows: object) -> Response:
    return answer(200, {"value": list(rows)})


def tenant(definitions: list[object] | None = None, dates: list[object] | None = None) -> App:
    """A tenant that knows invoices; tables that it does not know answer 404."""
    found = page(*(definitions if definitions is not None else [DEFINITION]))
    choices = (page(*PICKLISTS), page(*STATES), page())
    sizes = (page(*LENGTHS), page(), page(), page(*PRECISIONS))
    parts = (page(*(dates or DATES)), *choices, *sizes, page(*LOOKUPS))
    missing = error(404, "0x80060888", "Could not find an entity with the specified name.")

    def app(request: Request) -> Response:
        tables = (request.body or b"").count(b"/ManyToOneRelationships")
        return multipart(found, *parts, *[missing] * (len(parts) * (tables - 1)))

    return app


def test_a_table_tells_columns_choices_dates_and_binding_names() -> None:
    client, _ = client_of(tenant())

    table = client.metadata.tables(["invoice"])["invoice"]

    assert (table.entity_set, table.primary_id) == ("invoices", "invoiceid")
    assert table.attributes["duedate"] == AttributeInfo(
        type="DateTime", date_behaviour=DateBehaviour.DATE_ONLY
    )
    assert table.attributes["prioritycode"].options == {1: "Low", 2: "High"}
    assert table.attributes["statecode"].options == {0: "Active"}
    assert table.attributes["invoiceid"] == AttributeInfo(type="Uniqueidentifier")
    assert table.lookups == {
        "customerid": {"account": "customerid_account", "contact": "customerid_contact"}
    }


def test_a_column_tells_how_long_and_how_exact_its_values_are() -> None:
    client, _ = client_of(tenant())

    table = client.metadata.tables(["invoice"])["invoice"]

    assert table.attributes["name"] == AttributeInfo(type="String", max_length=300)
    assert table.attributes["totalamount"] == AttributeInfo(type="Money", precision=2)
    assert table.navigations == {"customerid_account", "customerid_contact"}


def test_several_tables_cost_one_request_and_known_ones_none() -> None:
    client, far = client_of(tenant())

    client.metadata.tables(["invoice", "absent"])
    client.metadata.tables(["invoice"])

    assert len(far.requests) == 1


def test_a_table_that_the_tenant_does_not_have_is_not_in_the_answer() -> None:
    client, _ = client_of(tenant())

    assert list(client.metadata.tables(["invoice", "absent"])) == ["invoice"]


def test_a_choice_is_labelled_in_the_users_language_else_in_any() -> None:
    unlabelled = {"LocalizedLabels": [{"Label": "Only"}], "UserLocalizedLabel": None}
    sets = {
        "Options": [
            {"Value": 1, "Label": label("Low", "Niedrig")},
            {"Value": 2, "Label": unlabelled},
            {"Value": 3, "Label": label()},
        ]
    }
    picklists = [{"LogicalName": "prioritycode", "OptionSet": sets, "GlobalOptionSet": None}]
    parts = (page(DEFINITION), page(*DATES), page(*picklists), *[page()] * 7)
    client, _ = client_of(lambda _: multipart(*parts))

    table = client.metadata.tables(["invoice"])["invoice"]

    assert table.attributes["prioritycode"].options == {1: "Niedrig", 2: "Only", 3: ""}
    assert table.attributes["prioritycode"].labels == {1: ("Niedrig", "Low"), 2: ("Only",), 3: ()}


def test_a_refused_definition_raises() -> None:
    refused = error(403, "0x80040220", "no privilege")
    client, _ = client_of(lambda _: multipart(*[refused] * 10))

    with pytest.raises(Forbidden):
        client.metadata.tables(["invoice"])


@pytest.mark.parametrize(
    "app",
    [
        tenant(dates=[{"LogicalName": "duedate", "DateTimeBehavior": {"Value": "Sometimes"}}]),
        tenant(dates=[{"LogicalName": "duedate"}]),
        tenant(definitions=[{**DEFINITION, "EntitySetName": None}]),
        tenant(definitions=[{**DEFINITION, "Attributes": "all"}]),
        tenant(definitions=["invoice"]),
        lambda _: multipart(*[answer(200, b"<html>")] * 10),
    ],
)
def test_a_definition_of_another_shape_raises(app: App) -> None:
    client, _ = client_of(app)

    with pytest.raises(MalformedAnswer):
        client.metadata.tables(["invoice"])


def test_what_failed_is_read_again_next_time() -> None:
    outcomes: Iterator[Response | App] = iter([multipart(*[error(503)] * 10), tenant()])

    def app(request: Request) -> Response | DataverseError:
        outcome = next(outcomes)
        return outcome if isinstance(outcome, Response) else outcome(request)

    client, _ = client_of(app)
    with pytest.raises(DataverseError):
        client.metadata.tables(["invoice"])

    assert "invoice" in client.metadata.tables(["invoice"])


def test_tables_read_one_after_the_other_are_all_kept() -> None:
    outcomes = iter(
        tenant(definitions=[{**DEFINITION, "LogicalName": name}]) for name in ("one", "two")
    )

    def app(request: Request) -> Response | DataverseError:
        return next(outcomes)(request)

    client, far = client_of(app)

    client.metadata.tables(["one"])
    client.metadata.tables(["two"])

    assert list(client.metadata.tables(["one", "two"])) == ["one", "two"]
    assert len(far.requests) == 2
