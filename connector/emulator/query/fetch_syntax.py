"""FetchXML read into inert values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from connector.emulator import faults

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

MAX_LINKS: Final = 15
MAX_DEPTH: Final = 40
_INVALID: Final = "0x80041102"


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchAttribute:
    """A column to return, grouped by or aggregated when the query aggregates."""

    name: str
    alias: str | None = None
    aggregate: str | None = None
    distinct: bool = False
    group_by: bool = False
    date_grouping: str | None = None
    user_time_zone: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchOrder:
    """An order by a column or, when the query aggregates, by an alias."""

    attribute: str | None
    alias: str | None
    descending: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchCondition:
    """One condition with its values as text, or with the column that stands in their place."""

    attribute: str
    operator: str
    values: tuple[str, ...]
    entity: str | None = None
    value_of: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchFilter:
    """Conditions, filters and links that filter, joined by ``and`` or ``or``."""

    is_or: bool
    parts: tuple[FetchPart, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchEntity:
    """The table of a query or of a link, with all that belongs to it."""

    name: str
    attributes: tuple[FetchAttribute, ...] = ()
    all_attributes: bool = False
    filters: tuple[FetchFilter, ...] = ()
    orders: tuple[FetchOrder, ...] = ()
    links: tuple[FetchLink, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchLink:
    """A joined table: its column *source* equals the parent's column *target*."""

    entity: FetchEntity
    source: str
    target: str
    alias: str
    kind: str

    @property
    def is_outer(self) -> bool:
        """Whether rows without a partner stay."""
        return self.kind == "outer"

    @property
    def only_filters(self) -> bool:
        """Whether the link brings no rows and no columns, but says which rows stay."""
        return self.kind not in _JOINS


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetch:
    """A whole query."""

    entity: FetchEntity
    top: int | None = None
    count: int | None = None
    page: int = 1
    cookie: str | None = None
    distinct: bool = False
    aggregate: bool = False
    total_count: bool = False


FetchPart = FetchCondition | FetchFilter | FetchLink


def parse_fetch(text: str) -> Fetch:
    """
    The query that a FetchXML document states.

    Raises 400 (0x80041102) for what is no FetchXML, 501 by name for elements, attributes and
    link types that are not supported.
    """
    try:
        root = fromstring(text)
    except (ParseError, DefusedXmlException, ValueError) as error:
        msg = f"Invalid XML: {error}"
        raise invalid(msg) from error
    if root.tag != "fetch":
        msg = "The root element is not fetch."
        raise invalid(msg)
    _only(root, _FETCH)
    entities = [child for child in root if child.tag == "entity"]
    if len(entities) != 1 or len(list(root)) != 1:
        msg = "A fetch has exactly one entity."
        raise invalid(msg)
    names = _LinkNames()
    return Fetch(
        entity=_entity(entities[0], names, 0),
        top=_number(root, "top"),
        count=_number(root, "count"),
        page=_number(root, "page") or 1,
        cookie=root.get("paging-cookie") or None,
        distinct=_flag(root, "distinct"),
        aggregate=_flag(root, "aggregate"),
        total_count=_flag(root, "returntotalrecordcount"),
    )


def invalid(reason: str) -> faults.DataverseFault:
    """The 400 for a query that is no valid FetchXML."""
    return faults.DataverseFault(400, _INVALID, f"Invalid FetchXML: {reason[:300]}")


class _LinkNames:
    """Gives links without an alias one of their own and refuses an alias used twice."""

    def __init__(self) -> None:
        self._used: set[str] = set()

    def name(self, link: Element) -> str:
        alias = link.get("alias") or f"{link.get('name')}{len(self._used) + 1}"
        if alias in self._used:
            msg = f"The alias '{alias}' is used twice."
            raise invalid(msg)
        self._used.add(alias)
        if len(self._used) > MAX_LINKS:
            msg = f"More than {MAX_LINKS} links."
            raise invalid(msg)
        return alias


def _entity(node: Element, names: _LinkNames, depth: int) -> FetchEntity:
    if depth > MAX_DEPTH:
        msg = "Links are nested too deeply."
        raise invalid(msg)
    unknown = {child.tag for child in node} - _PARTS
    if unknown:
        raise faults.unsupported(feature=f"the FetchXML element '{min(unknown)}'")
    return FetchEntity(
        name=_required(node, "name"),
        attributes=tuple(_attribute(child) for child in node if child.tag == "attribute"),
        all_attributes=any(child.tag == "all-attributes" for child in node),
        filters=tuple(_filter(child, names, 0) for child in node if child.tag == "filter"),
        orders=tuple(_order(child) for child in node if child.tag == "order"),
        links=tuple(
            _link(child, names, depth, _BESIDE) for child in node if child.tag == "link-entity"
        ),
    )


def _attribute(node: Element) -> FetchAttribute:
    _only(node, _ATTRIBUTE)
    return FetchAttribute(
        name=_required(node, "name"),
        alias=node.get("alias"),
        aggregate=node.get("aggregate"),
        distinct=_flag(node, "distinct"),
        group_by=_flag(node, "groupby"),
        date_grouping=node.get("dategrouping"),
        user_time_zone=_flag(node, "usertimezone", default=True),
    )


def _order(node: Element) -> FetchOrder:
    _only(node, _ORDER)
    return FetchOrder(
        attribute=node.get("attribute"),
        alias=node.get("alias"),
        descending=_flag(node, "descending"),
    )


def _filter(node: Element, names: _LinkNames, depth: int) -> FetchFilter:
    _only(node, _FILTER)
    kind = node.get("type", "and")
    if kind not in ("and", "or") or depth > MAX_DEPTH:
        msg = f"A filter of the type '{kind}' or nested too deeply."
        raise invalid(msg)
    parts = tuple(_part(child, names, depth) for child in node)
    return FetchFilter(is_or=kind == "or", parts=parts)


def _part(node: Element, names: _LinkNames, depth: int) -> FetchPart:
    if node.tag == "filter":
        return _filter(node, names, depth + 1)
    if node.tag == "link-entity":
        return _link(node, names, depth, _WITHIN_FILTERS)
    if node.tag != "condition":
        raise faults.unsupported(feature=f"the FetchXML element '{node.tag}' in a filter")
    _only(node, _CONDITION)
    given = node.get("value")
    listed = [child.text or "" for child in node if child.tag == "value"]
    return FetchCondition(
        attribute=_required(node, "attribute"),
        operator=_required(node, "operator"),
        values=tuple(listed if given is None else [given]),
        entity=node.get("entityname"),
        value_of=node.get("valueof"),
    )


def _link(node: Element, names: _LinkNames, depth: int, allowed: frozenset[str]) -> FetchLink:
    _only(node, _LINK)
    kind = node.get("link-type", "inner")
    if kind not in _BESIDE | _WITHIN_FILTERS:
        raise faults.unsupported(feature=f"the FetchXML link type '{kind}'")
    if kind not in allowed:
        place = "within" if kind in _WITHIN_FILTERS else "outside of"
        msg = f"A link of the type '{kind}' stands {place} filters."
        raise invalid(msg)
    alias = names.name(node)
    link = FetchLink(
        entity=_entity(node, names, depth + 1),
        source=_required(node, "from"),
        target=_required(node, "to"),
        alias=alias,
        kind=kind,
    )
    if link.only_filters:
        _check_only_filters(link)
    if link.is_outer and any(one.only_filters for one in link.entity.links):
        raise faults.unsupported(feature="a link that only filters below an outer link")
    return link


def _check_only_filters(link: FetchLink) -> None:
    """Refuse what a link brings that is there to filter, and links that join below it."""
    entity = link.entity
    if entity.attributes or entity.all_attributes or entity.orders:
        raise faults.unsupported(
            feature=f"columns and orders of a FetchXML link of the type '{link.kind}'"
        )
    if any(one.is_outer for one in entity.links):
        raise faults.unsupported(feature=f"an outer link below one of the type '{link.kind}'")


def _only(node: Element, known: frozenset[str]) -> None:
    unknown = set(node.keys()) - known
    if unknown:
        raise faults.unsupported(feature=f"the FetchXML attribute '{min(unknown)}' of {node.tag}")


def _required(node: Element, name: str) -> str:
    value = node.get(name)
    if not value:
        msg = f"The element {node.tag} needs the attribute '{name}'."
        raise invalid(msg)
    return value


def _flag(node: Element, name: str, *, default: bool = False) -> bool:
    value = node.get(name, str(default)).lower()
    if value not in ("true", "false", "1", "0"):
        msg = f"The attribute '{name}' is neither true nor false."
        raise invalid(msg)
    return value in ("true", "1")


def _number(node: Element, name: str) -> int | None:
    value = node.get(name)
    if value is None:
        return None
    if not (value.isascii() and value.isdecimal() and 0 < int(value[:10]) <= 10**9):
        msg = f"The attribute '{name}' is no positive number."
        raise invalid(msg)
    return int(value)


_FETCH: Final = frozenset(
    {"version", "output-format", "mapping", "no-lock", "latematerialize", "utc-offset"}
    | {"top", "count", "page", "paging-cookie", "distinct", "aggregate"}
    | {"returntotalrecordcount", "savedqueryid"}
)
_PARTS: Final = frozenset({"attribute", "all-attributes", "filter", "order", "link-entity"})
_ATTRIBUTE: Final = frozenset(
    {"name", "alias", "aggregate", "distinct", "groupby", "dategrouping", "usertimezone"}
)
_FILTER: Final = frozenset({"type"})
_JOINS: Final = frozenset({"inner", "outer"})
_BESIDE: Final = _JOINS | {"exists", "in"}
_WITHIN_FILTERS: Final = frozenset({"any", "not any", "all", "not all"})
_ORDER: Final = frozenset({"attribute", "alias", "descending"})
_CONDITION: Final = frozenset(
    {"attribute", "operator", "value", "valueof", "entityname", "uiname", "uitype"}
)
_LINK: Final = frozenset({"name", "from", "to", "alias", "link-type", "intersect", "visible"})
