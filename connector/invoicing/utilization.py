"""
What UpdateRoleUtilization computes: billable time over capacity, by role (section 12, DR-24).

It is no part of invoicing, though the same dialog offers it (U1).
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from connector.invoicing.choices import BillingType

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from connector.invoicing.ids import ResourceId, RoleId

_ZERO: Final = Decimal(0)
_PERCENT: Final = Decimal(100)
#: Percentage points below the target down to which a resource is yellow (U6).
_YELLOW: Final = Decimal(20)


class Colour(StrEnum):
    """How utilization stands to its target (U6)."""

    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """A resource role; *target* is in percent, None where none is set."""

    id: RoleId
    name: str
    target: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """
    A bookable resource of a period.

    *role* is its default role (U5), *target* its own target in percent. *capacity* are its work
    hours of the period without time off and days that are not worked (U3).
    """

    id: ResourceId
    name: str
    role: Role
    target: int | None
    capacity: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkedTime:
    """
    The hours of one approved time entry: a cost actual (U4, U7).

    *billing_type* is None where the actual has none; *is_internal* says that it belongs to no
    sales contract.
    """

    resource: ResourceId
    hours: Decimal
    billing_type: BillingType | None
    is_internal: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """
    Hours by what they count as (U3).

    Internal hours are those without a sales contract, whatever their billing type: an hour may
    count as non-billable and as internal.
    """

    capacity: Decimal = _ZERO
    billable: Decimal = _ZERO
    non_billable: Decimal = _ZERO
    internal: Decimal = _ZERO

    def __add__(self, other: Hours) -> Hours:
        """Both together."""
        return Hours(
            capacity=self.capacity + other.capacity,
            billable=self.billable + other.billable,
            non_billable=self.non_billable + other.non_billable,
            internal=self.internal + other.internal,
        )

    def percent(self, hours: Decimal) -> Decimal:
        """*hours* in percent of the capacity, exact; the capacity must not be 0."""
        return hours * _PERCENT / self.capacity


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceUtilization:
    """One resource; *target* is its own, else that of its default role (U5)."""

    resource: Resource
    hours: Hours
    target: int | None

    @property
    def billable(self) -> Decimal:
        """Billable utilization in percent."""
        return self.hours.percent(self.hours.billable)

    @property
    def colour(self) -> Colour | None:
        """How it stands to the target; None without a target (U6)."""
        if self.target is None:
            return None
        if self.billable >= self.target:
            return Colour.GREEN
        is_near = self.billable >= self.target - _YELLOW
        return Colour.YELLOW if is_near else Colour.RED


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleUtilization:
    """
    One role: the hours of its resources over their capacity (DR-24).

    *resources* are those that are shown: with chargeable time in the period (U6).
    """

    role: Role
    hours: Hours
    resources: tuple[ResourceUtilization, ...]

    @property
    def billable(self) -> Decimal:
        """Billable utilization in percent, exact."""
        return self.hours.percent(self.hours.billable)

    @property
    def stored_percent(self) -> int:
        """The same as its column holds it: whole, rounded half up, 0 to 100 (U2)."""
        whole = int(self.billable.quantize(Decimal(1), ROUND_HALF_UP))
        return max(0, min(100, whole))

    @property
    def difference(self) -> int | None:
        """Utilization less target, both as stored; None without a target. The sign is ours (U2)."""
        return None if self.role.target is None else self.stored_percent - self.role.target


@dataclass(frozen=True, slots=True, kw_only=True)
class Utilization:
    """
    The utilization of a period.

    *without_capacity* are roles of which no row comes, because no resource of theirs has any
    capacity (U7). *unknown_hours* are those of resources that are not among the given ones: they
    count nowhere.
    """

    roles: tuple[RoleUtilization, ...]
    without_capacity: tuple[Role, ...] = ()
    unknown_hours: Decimal = _ZERO


def utilization_by_role(resources: Sequence[Resource], worked: Iterable[WorkedTime]) -> Utilization:
    """
    The utilization of *resources* who have *worked*; both are of one period.

    Every resource counts with its capacity, also one that has not worked at all: an idle person is
    capacity. Sorted by name.
    """
    hours: dict[ResourceId, Hours] = defaultdict(Hours)
    for entry in worked:
        hours[entry.resource] += _counted(entry)
    known = {resource.id for resource in resources}
    by_role: dict[RoleId, list[Resource]] = defaultdict(list)
    for resource in resources:
        by_role[resource.role.id].append(resource)
    found = sorted(by_role.values(), key=lambda group: (group[0].role.name, group[0].role.id))
    roles = [_role(group, hours) for group in found]
    return Utilization(
        roles=tuple(role for role in roles if role.hours.capacity > 0),
        without_capacity=tuple(role.role for role in roles if role.hours.capacity <= 0),
        unknown_hours=sum((_all(hours[key]) for key in hours.keys() - known), _ZERO),
    )


def _counted(entry: WorkedTime) -> Hours:
    """Complimentary hours are not billable in Project Operations (U7)."""
    is_billable = entry.billing_type is BillingType.CHARGEABLE
    return Hours(
        billable=entry.hours if is_billable else _ZERO,
        non_billable=_ZERO if is_billable else entry.hours,
        internal=entry.hours if entry.is_internal else _ZERO,
    )


def _all(hours: Hours) -> Decimal:
    return hours.billable + hours.non_billable


def _role(group: Sequence[Resource], hours: Mapping[ResourceId, Hours]) -> RoleUtilization:
    together = Hours()
    for resource in group:
        together += Hours(capacity=resource.capacity) + hours.get(resource.id, Hours())
    return RoleUtilization(
        role=group[0].role, hours=together, resources=tuple(_shown(group, hours))
    )


def _shown(
    group: Sequence[Resource], hours: Mapping[ResourceId, Hours]
) -> Iterator[ResourceUtilization]:
    for resource in sorted(group, key=lambda item: (item.name, item.id)):
        own = Hours(capacity=resource.capacity) + hours.get(resource.id, Hours())
        if own.billable > 0 and own.capacity > 0:
            target = resource.role.target if resource.target is None else resource.target
            yield ResourceUtilization(resource=resource, hours=own, target=target)
