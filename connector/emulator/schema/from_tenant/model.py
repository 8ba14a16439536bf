"""Reading `$metadata`: the entity types of a tenant as their XML declares them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final, TypeVar
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from connector.emulator.schema.malformed import malformed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_COMPUTED: Final = "Org.OData.Core.V1.Computed"
_COLLECTION: Final = "Collection("
Named = TypeVar("Named")


@dataclass(frozen=True, slots=True, kw_only=True)
class Property:
    """A property; *computed* says that clients cannot write it, where the model is annotated."""

    name: str
    type: str
    computed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A navigation property to *target*; single ones name the property that holds the id."""

    name: str
    target: str
    is_collection: bool
    partner: str | None
    property: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EntityType:
    """An entity type with what it inherits, in the order of the document."""

    name: str
    base: str | None = None
    is_abstract: bool = False
    key: str | None = None
    entity_set: str | None = None
    properties: Mapping[str, Property] = field(default_factory=dict)
    links: Mapping[str, Link] = field(default_factory=dict)

    @property
    def place(self) -> str:
        """How faults name it."""
        return f"entity '{self.name}'"


Model = dict[str, EntityType]


def read_model(content: bytes) -> Model:
    """
    The entity types of a `$metadata` document by name.

    Raises SchemaError naming entity and property for what is declared twice or not at all.
    """
    try:
        root = fromstring(content)
    except (ParseError, DefusedXmlException, ValueError) as error:
        raise malformed(place="$metadata", reason=f"not XML: {error}") from error
    declared: Model = {}
    for element in _all(root, "EntityType"):
        found = _entity_type(element)
        if found.name in declared:
            raise malformed(place=found.place, reason="declared twice")
        declared[found.name] = found
    if not declared:
        raise malformed(place="$metadata", reason="it declares no entity types")
    sets = _entity_sets(root, declared)
    model = {
        name: replace(_inherited(declared, name), entity_set=sets.get(name)) for name in declared
    }
    for one in model.values():
        _check(model, one)
    return model


def _entity_type(element: Element) -> EntityType:
    name = _attribute(element, "Name", "an EntityType")
    place = f"entity '{name}'"
    properties = [_property(one, place) for one in _children(element, "Property")]
    links = [_link(one, place) for one in _children(element, "NavigationProperty")]
    base = element.get("BaseType")
    references = list(_all(element, "PropertyRef"))
    return EntityType(
        name=name,
        base=None if base is None else _bare(base),
        is_abstract=element.get("Abstract") == "true",
        key=_attribute(references[0], "Name", f"{place}, Key") if references else None,
        properties=_by_name(place, {one.name: one for one in properties}, len(properties)),
        links=_by_name(place, {one.name: one for one in links}, len(links)),
    )


def _by_name(place: str, found: dict[str, Named], count: int) -> dict[str, Named]:
    if len(found) < count:
        raise malformed(place=place, reason="a property is declared twice")
    return found


def _property(element: Element, place: str) -> Property:
    name = _attribute(element, "Name", f"{place}, a Property")
    annotations = _children(element, "Annotation")
    return Property(
        name=name,
        type=_attribute(element, "Type", f"{place}, property '{name}'"),
        computed=any(
            one.get("Term") == _COMPUTED and one.get("Bool") == "true" for one in annotations
        ),
    )


def _link(element: Element, place: str) -> Link:
    name = _attribute(element, "Name", f"{place}, a NavigationProperty")
    kind = _attribute(element, "Type", f"{place}, property '{name}'")
    is_collection = kind.startswith(_COLLECTION)
    constraints = [
        _attribute(one, "Property", f"{place}, property '{name}'")
        for one in _children(element, "ReferentialConstraint")
    ]
    return Link(
        name=name,
        target=_bare(kind.removeprefix(_COLLECTION).removesuffix(")")),
        is_collection=is_collection,
        partner=element.get("Partner"),
        property=constraints[0] if constraints and not is_collection else None,
    )


def _entity_sets(root: Element, declared: Model) -> dict[str, str]:
    found: dict[str, str] = {}
    for element in _all(root, "EntitySet"):
        name = _attribute(element, "Name", "an EntitySet")
        kind = _bare(_attribute(element, "EntityType", f"entity set '{name}'"))
        if kind not in declared:
            raise malformed(
                place=f"entity set '{name}'", reason=f"there is no entity type '{kind}'"
            )
        found.setdefault(kind, name)
    return found


def _inherited(declared: Model, name: str) -> EntityType:
    """A type with everything of its bases; those without a declaration have nothing to give."""
    chain = [declared[name]]
    while (base := chain[-1].base) is not None and base in declared:
        if any(one.name == base for one in chain):
            raise malformed(place=chain[0].place, reason="it is its own base type")
        chain.append(declared[base])
    properties: dict[str, Property] = {}
    links: dict[str, Link] = {}
    for one in reversed(chain):
        properties.update(one.properties)
        links.update(one.links)
    keys = [one.key for one in chain if one.key is not None]
    return replace(chain[0], key=keys[0] if keys else None, properties=properties, links=links)


def _check(model: Model, one: EntityType) -> None:
    if one.key is not None and one.key not in one.properties:
        raise malformed(place=one.place, reason=f"its key '{one.key}' is no property of it")
    for link in one.links.values():
        place = f"{one.place}, property '{link.name}'"
        if link.target not in model:
            raise malformed(place=place, reason=f"there is no entity type '{link.target}'")
        if link.property is not None and link.property not in one.properties:
            raise malformed(place=place, reason=f"there is no property '{link.property}'")


def _attribute(element: Element, name: str, place: str) -> str:
    found = element.get(name)
    if not found:
        raise malformed(place=place, reason=f"it has no {name}")
    return found


def _bare(type_name: str) -> str:
    return type_name.rpartition(".")[2]


def _all(element: Element, name: str) -> Iterator[Element]:
    return (one for one in element.iter() if _local(one) == name)


def _children(element: Element, name: str) -> list[Element]:
    return [one for one in element if _local(one) == name]


def _local(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]
