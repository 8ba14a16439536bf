"""Many-to-many relationships of a tenant's files."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from connector.emulator.schema.load import load_schema
from connector.emulator.schema.malformed import SchemaError

if TYPE_CHECKING:
    from pathlib import Path

    from connector.emulator.schema.model import Schema

HEAD = """<?xml version="1.0"?>
<edmx:Edmx Version="4.0" xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx"><edmx:DataServices>
<Schema Namespace="Microsoft.Dynamics.CRM" Alias="mscrm"
 xmlns="http://docs.oasis-open.org/odata/ns/edm">"""
TAIL = """<EntityContainer Name="System">%s</EntityContainer>
</Schema></edmx:DataServices></edmx:Edmx>"""


def side(name: str, navigation: str, target: str, partner: str) -> str:
    return (
        f'<EntityType Name="{name}"><Key><PropertyRef Name="{name}id"/></Key>'
        f'<Property Name="{name}id" Type="Edm.Guid"/>'
        f'<NavigationProperty Name="{navigation}" Type="Collection(mscrm.{target})"'
        f' Partner="{partner}"/></EntityType>'
    )


def between(name: str, *columns: str) -> str:
    properties = "".join(f'<Property Name="{one}" Type="Edm.Guid"/>' for one in columns)
    return (
        f'<EntityType Name="{name}"><Key><PropertyRef Name="{name}id"/></Key>'
        f'<Property Name="{name}id" Type="Edm.Guid"/>{properties}</EntityType>'
    )


SHIP = side("ship", "ship_crew_association", "sailor", "sailor_ships")
SAILOR = side("sailor", "sailor_ships", "ship", "ship_crew_association")
CREW = between("ship_crew", "shipid", "sailorid")
TOLD = {
    "SchemaName": "ship_crew_association",
    "IntersectEntityName": "crewlist",
    "Entity1LogicalName": "ship",
    "Entity1IntersectAttribute": "vessel",
    "Entity1NavigationPropertyName": "ship_crew_association",
    "Entity2LogicalName": "sailor",
    "Entity2IntersectAttribute": "hand",
    "Entity2NavigationPropertyName": "sailor_ships",
    "IsCustomRelationship": True,
}


def load(folder: Path, *types: str, answers: list[dict[str, object]] | None = None) -> Schema:
    """The schema of a model of *types*, and of saved answers about relationships."""
    names = [one.partition('Name="')[2].partition('"')[0] for one in types]
    sets = "".join(f'<EntitySet Name="{n}s" EntityType="mscrm.{n}"/>' for n in names)
    model, saved = folder / "model.xml", folder / "answers.json"
    model.write_text(HEAD + "".join(types) + TAIL % sets, encoding="utf-8")
    context = "https://x/api/data/v9.2/$metadata#RelationshipDefinitions"
    rows = [
        {"@odata.type": "#Microsoft.Dynamics.CRM.ManyToManyRelationshipMetadata", **one}
        for one in answers or []
    ]
    saved.write_text(json.dumps({"@odata.context": context, "value": rows}), encoding="utf-8")
    return load_schema(model, definitions=[saved], merged=False)


def test_a_pair_of_collections_meets_in_the_type_of_their_name(tmp_path: Path) -> None:
    schema = load(tmp_path, SHIP, SAILOR, CREW)
    (made,) = schema.many_to_many.values()
    assert (made.name, made.intersect) == ("ship_crew_association", "ship_crew")
    there, back = schema.table("ship").links, schema.table("sailor").links
    assert there["ship_crew_association"].table == "sailor"
    assert back["sailor_ships"].own_column == "sailorid"
    assert schema.table("ship_crew").is_intersect


@pytest.mark.parametrize("third", [(), (between("ship_crew", "shipid"),)])
def test_where_no_type_fits_a_table_is_made_up(tmp_path: Path, third: tuple[str, ...]) -> None:
    schema = load(tmp_path, SHIP, SAILOR, *third)
    (made,) = schema.many_to_many.values()
    table = schema.table(made.intersect)
    assert table.is_intersect
    assert {"shipid", "sailorid"} <= set(table.columns)


def test_saved_answers_name_the_table_between_and_its_columns(tmp_path: Path) -> None:
    crew = between("crewlist", "vessel", "hand")
    schema = load(tmp_path, SHIP, SAILOR, crew, answers=[TOLD])
    (made,) = schema.many_to_many.values()
    assert (made.intersect, made.custom) == ("crewlist", True)
    assert [end.column for end in made.ends] == ["vessel", "hand"]


def test_a_table_between_that_lacks_a_column_is_named(tmp_path: Path) -> None:
    with pytest.raises(SchemaError, match="'crewlist' has no column 'hand'"):
        load(tmp_path, SHIP, SAILOR, between("crewlist", "vessel"), answers=[TOLD])


def test_an_answer_without_its_names_is_refused(tmp_path: Path) -> None:
    answer = {name: value for name, value in TOLD.items() if name != "Entity2IntersectAttribute"}
    with pytest.raises(SchemaError, match="many-to-many"):
        load(tmp_path, SHIP, SAILOR, answers=[answer])


def test_a_relationship_to_a_table_that_is_not_there_is_left_out(tmp_path: Path) -> None:
    schema = load(tmp_path, SHIP, SAILOR, answers=[{**TOLD, "Entity2LogicalName": "captain"}])
    assert "crewlist" not in schema.tables
    assert TOLD["SchemaName"] not in schema.many_to_many
