"""The first word with a tenant: who is signed in, and which time zone its people keep."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from connector.dataverse.errors import DataverseError
from connector.projectops.zone_check import UsersZone, users_zone

if TYPE_CHECKING:
    from uuid import UUID

    from connector.usecases.environment import Environment


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """
    Who is signed in, and where.

    *zone* is that of most people of the tenant; None where it cannot be known, *because* of what
    that says.
    """

    user_id: UUID
    organization_id: UUID
    zone: UsersZone | None
    because: str | None = None


def sign_in(environment: Environment) -> SignedIn:
    """Try the address and the sign-in; raises `DataverseError` when they do not work."""
    user = environment.client.who_am_i()
    zone, because = None, "no person's settings show one"
    try:
        zone = users_zone(environment.client)
    except DataverseError as failure:
        because = f"the users' own time zones could not be read: {failure}"
    return SignedIn(
        user_id=user.user_id,
        organization_id=user.organization_id,
        zone=zone,
        because=None if zone else because,
    )
