"""The tables that utilization by role is computed from and written to (section 12)."""

from __future__ import annotations

from connector.mapping.tables import STATE, Entry, Name, Table


class ResourceTable(Table):
    """
    Bookable resource; *kinds* are the numbers of `kind` that stand for somebody who works.

    Without the others a generic resource, a crew, a facility or a pool would be capacity.
    """

    table: Name = "bookableresource"
    set: Name = "bookableresources"
    id: Name = "bookableresourceid"
    name: Name = "name"
    kind: Name = "resourcetype"
    kinds: tuple[int, ...] = (2, 3, 4, 5)
    target: Name = "msdyn_targetutilization"
    calendar: Name = "calendarid"
    state: Name = STATE


class RoleTable(Table):
    """Resource role."""

    table: Name = "bookableresourcecategory"
    set: Name = "bookableresourcecategories"
    id: Name = "bookableresourcecategoryid"
    name: Name = "name"
    target: Name = "msdyn_targetutilization"


class RoleAssignmentTable(Table):
    """Which resource has which role, and which of them is the default (U5)."""

    table: Name = "bookableresourcecategoryassn"
    set: Name = "bookableresourcecategoryassns"
    id: Name = "bookableresourcecategoryassnid"
    resource: Name = "resource"
    role: Name = "resourcecategory"
    is_default: Name = "msdyn_isdefault"
    state: Name = STATE


class RoleUtilizationTable(Table):
    """What the chart Utilization by Role shows: a row a role (U2)."""

    table: Name = "msdyn_roleutilization"
    set: Name = "msdyn_roleutilizations"
    id: Name = "msdyn_roleutilizationid"
    name: Name = "msdyn_name"
    role: Name = "msdyn_role"
    role_navigation: Name = "msdyn_role"
    target: Name = "msdyn_targetutilpercent"
    percent: Name = "msdyn_utilpercent"
    state: Name = STATE


class UnitTable(Table):
    """Unit of measure; *factor* is how many base units it is, which are hours for time."""

    table: Name = "uom"
    set: Name = "uoms"
    id: Name = "uomid"
    factor: Name = "quantity"


class UtilizationTables(Entry):
    """
    All of them, and the columns of an actual that only utilization needs.

    *calendars* is the entity set of the calendars, *expand_calendar* the function that tells the
    work hours of one.
    """

    resource: ResourceTable = ResourceTable()
    role: RoleTable = RoleTable()
    role_assignment: RoleAssignmentTable = RoleAssignmentTable()
    role_utilization: RoleUtilizationTable = RoleUtilizationTable()
    unit: UnitTable = UnitTable()
    actual_resource: Name = "msdyn_bookableresource"
    actual_unit: Name = "msdyn_unit"
    calendars: Name = "calendars"
    expand_calendar: Name = "ExpandCalendar"
