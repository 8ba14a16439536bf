"""Names for people: read with the actuals, so that no right on other tables is needed."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING
from uuid import UUID

from connector.emulator import Emulator
from connector.invoicing.ids import ResourceId
from connector.projectops.people import name_of_user, names_of_people
from connector.sample_tenant import sample_seed
from tests.end_to_end.tenant import TestTenant

if TYPE_CHECKING:
    from pathlib import Path


def test_everyone_whose_work_is_named_has_the_name_of_the_tenant(tmp_path: Path) -> None:
    with closing(Emulator(seed=sample_seed())) as emulator, emulator.serve() as server:
        tenant = TestTenant(emulator=emulator, url=server.url, folder=tmp_path)
        known = {row["bookableresourceid"]: row["name"] for row in tenant.rows("bookableresources")}
        with tenant.connector() as connector:
            asked = {
                ResourceId(UUID(person)): UUID(row["msdyn_actualid"])
                for row in tenant.rows("msdyn_actuals")
                if (person := row["_msdyn_bookableresource_value"]) is not None
            }
            environment = connector._environment
            found = names_of_people(environment.client, environment.tenant, asked)
            user = name_of_user(environment.client)

    assert len(found) == len(asked) > 1
    assert {key: known[str(key)] for key in found} == found
    assert user == "Emulator User"
