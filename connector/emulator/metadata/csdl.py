"""`$metadata`: the whole schema as CSDL, the XML that generic OData clients reflect."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final
from xml.sax.saxutils import quoteattr

from connector.emulator.schema.values import EDM_TYPES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from connector.emulator.schema.model import Collection, Column, Link, Schema, Table

_NAMESPACE: Final = "Microsoft.Dynamics.CRM"
_HEAD: Final = (
    '<?xml version="1.0" encoding="utf-8"?>\n'
    '<edmx:Edmx Version="4.0" xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx">'
    "<edmx:DataServices>"
    f'<Schema Namespace="{_NAMESPACE}" Alias="mscrm" '
    'xmlns="http://docs.oasis-open.org/odata/ns/edm">'
)
_TAIL: Final = "</Schema></edmx:DataServices></edmx:Edmx>"
_FUNCTIONS: Final = (
    '<ComplexType Name="WhoAmIResponse">'
    '<Property Name="BusinessUnitId" Type="Edm.Guid" Nullable="false"/>'
    '<Property Name="UserId" Type="Edm.Guid" Nullable="false"/>'
    '<Property Name="OrganizationId" Type="Edm.Guid" Nullable="false"/></ComplexType>'
    '<ComplexType Name="RetrieveVersionResponse">'
    '<Property Name="Version" Type="Edm.String" Unicode="false"/></ComplexType>'
    '<Function Name="WhoAmI"><ReturnType Type="mscrm.WhoAmIResponse" Nullable="false"/></Function>'
    '<Function Name="RetrieveVersion">'
    '<ReturnType Type="mscrm.RetrieveVersionResponse" Nullable="false"/></Function>'
)
_FACETS: Final = {"Edm.Decimal": ' Scale="Variable"', "Edm.String": ' Unicode="false"'}
_COMPUTED: Final = (
    '<Annotation Term="Org.OData.Core.V1.Computed" Bool="true"/>'
    '<Annotation Term="Org.OData.Core.V1.Permissions">'
    "<EnumMember>Org.OData.Core.V1.PermissionType/Read</EnumMember></Annotation>"
)
_IMPORTS: Final = (
    '<FunctionImport Name="WhoAmI" Function="mscrm.WhoAmI"/>'
    '<FunctionImport Name="RetrieveVersion" Function="mscrm.RetrieveVersion"/>'
)


@lru_cache(maxsize=4)
def csdl(schema: Schema, *, annotated: bool = False) -> str:
    """
    The CSDL document of a schema, made once.

    *annotated* marks what clients cannot write as computed and read-only. Navigation
    properties to tables that the schema lacks are left out; owners are given as users, the
    only principals with rows of their own in a new store.
    """
    parts = [_HEAD, '<EntityType Name="crmbaseentity" Abstract="true"/>']
    for table in schema.tables.values():
        parts.extend(_entity_type(schema, table, annotated=annotated))
    parts.append(_FUNCTIONS)
    parts.append('<EntityContainer Name="System">')
    for table in schema.tables.values():
        parts.extend(_entity_set(schema, table))
    parts += [_IMPORTS, "</EntityContainer>", _TAIL]
    return "".join(parts)


def _entity_type(schema: Schema, table: Table, *, annotated: bool) -> Iterator[str]:
    name = quoteattr(table.logical_name)
    yield f'<EntityType Name={name} BaseType="mscrm.crmbaseentity">'
    yield f"<Key><PropertyRef Name={quoteattr(table.primary_id)}/></Key>"
    for column in table.columns.values():
        yield _property(table, column, annotated=annotated)
    for navigation, target in _single_navigations(schema, table):
        column = table.navigations[navigation].column
        partner = _partner(schema, table, column, target)
        yield (
            f"<NavigationProperty Name={quoteattr(navigation)} Type={_type(target)}{partner}>"
            f"<ReferentialConstraint Property={quoteattr(column.property_name)} "
            f"ReferencedProperty={quoteattr(schema.tables[target].primary_id)}/>"
            "</NavigationProperty>"
        )
    for collection in table.collections.values():
        if collection.table in schema.tables:
            kind = quoteattr(f"Collection(mscrm.{collection.table})")
            name, partner = quoteattr(collection.name), _lookup(schema, table, collection)
            yield f"<NavigationProperty Name={name} Type={kind}{partner}/>"
    for link in table.links.values():
        kind = quoteattr(f"Collection(mscrm.{link.table})")
        partner = quoteattr(_other_side(schema, link))
        yield f"<NavigationProperty Name={quoteattr(link.name)} Type={kind} Partner={partner}/>"
    yield "</EntityType>"


def _partner(schema: Schema, table: Table, column: Column, target: str) -> str:
    """The collection on the other side of a lookup, as an XML attribute; empty without one."""
    wanted = (table.logical_name, column.logical_name)
    for one in schema.tables[target].collections.values():
        if (one.table, one.column) == wanted:
            return f" Partner={quoteattr(one.name)}"
    return ""


def _other_side(schema: Schema, link: Link) -> str:
    """The navigation property that leads back."""
    ends = schema.many_to_many[link.relationship].ends
    return next(end.navigation for end in ends if end.column == link.other_column)


def _lookup(schema: Schema, table: Table, collection: Collection) -> str:
    """The lookup that fills a collection, as an XML attribute; empty without one."""
    column = schema.tables[collection.table].columns[collection.column]
    for name, target in column.navigations.items():
        if target == table.logical_name:
            return f" Partner={quoteattr(name)}"
    return ""


def _single_navigations(schema: Schema, table: Table) -> Iterator[tuple[str, str]]:
    for navigation in table.navigations.values():
        target = "systemuser" if navigation.target == "principal" else navigation.target
        if target in schema.tables:
            yield navigation.name, target


def _property(table: Table, column: Column, *, annotated: bool) -> str:
    name, kind = quoteattr(column.property_name), EDM_TYPES[column.kind]
    is_key = column.logical_name == table.primary_id
    facets = ' Nullable="false"' if is_key else _FACETS.get(kind, "")
    start = f'<Property Name={name} Type="{kind}"{facets}'
    is_computed = column.is_lookup or column.read_only
    return f"{start}>{_COMPUTED}</Property>" if annotated and is_computed else f"{start}/>"


def _entity_set(schema: Schema, table: Table) -> Iterator[str]:
    yield f"<EntitySet Name={quoteattr(table.entity_set)} EntityType={_type(table.logical_name)}>"
    targets = [*_single_navigations(schema, table)]
    targets += [(one.name, one.table) for one in table.collections.values()]
    targets += [(one.name, one.table) for one in table.links.values()]
    for navigation, target in targets:
        if target in schema.tables:
            entity_set = quoteattr(schema.tables[target].entity_set)
            path = quoteattr(navigation)
            yield f"<NavigationPropertyBinding Path={path} Target={entity_set}/>"
    yield "</EntitySet>"


def _type(logical_name: str) -> str:
    return quoteattr(f"mscrm.{logical_name}")
