"""October 2020 of three people of two roles, with calendars and approved time."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING, Any

from connector.emulator import Emulator
from tests.emulator.operations.calendars import day_off, merged, uid, work_week
from tests.end_to_end.tenant import TestTenant

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from connector import Connector

#: 176 hours in October 2020: 22 working days of eight hours. Thursdays and Fridays fall on five.
CALENDAR, PART_TIME = 1000, 2000
KIM, DANA, EVA, GENERIC, NEW = 11, 12, 13, 14, 15
DEVELOPER, ANALYST = 21, 22
DAY = 31
CONTRACT = 41
COST, TIME = 192350000, 192350000
NON_CHARGEABLE, CHARGEABLE, COMPLIMENTARY, NOT_AVAILABLE = range(192350000, 192350004)
ADJUSTED = 192350001
OCTOBER = (date(2020, 10, 1), date(2020, 10, 31))


def entry(number: int, resource: int, day: str, hours: float, **columns: Any) -> dict[str, Any]:
    """The cost actual of an approved time entry, on a contract and chargeable if not said."""
    return {
        "msdyn_actualid": uid(5000 + number),
        "_msdyn_bookableresource_value": uid(resource),
        "_msdyn_salescontract_value": uid(CONTRACT),
        "msdyn_transactiontypecode": COST,
        "msdyn_transactionclassification": TIME,
        "msdyn_billingtype": CHARGEABLE,
        "msdyn_transactiondate": day,
        "msdyn_quantity": hours,
        "statecode": 0,
        **columns,
    }


def people() -> dict[str, Any]:
    """Kim and Dana are developers with a target of 80, Eva is an analyst with one of 60."""
    resources = ((KIM, "Kim", 3, CALENDAR), (DANA, "Dana", 3, PART_TIME), (EVA, "Eva", 2, CALENDAR))
    return {
        "bookableresourcecategories": [
            {
                "bookableresourcecategoryid": uid(DEVELOPER),
                "name": "Developer",
                "msdyn_targetutilization": 80,
            },
            {
                "bookableresourcecategoryid": uid(ANALYST),
                "name": "Analyst",
                "msdyn_targetutilization": 60,
            },
        ],
        "bookableresources": [
            *(
                {
                    "bookableresourceid": uid(number),
                    "name": name,
                    "resourcetype": kind,
                    "_calendarid_value": uid(calendar),
                }
                for number, name, kind, calendar in resources
            ),
            {"bookableresourceid": uid(GENERIC), "name": "Any developer", "resourcetype": 1},
            {
                "bookableresourceid": uid(NEW),
                "name": "New",
                "resourcetype": 3,
                "_calendarid_value": uid(CALENDAR),
            },
        ],
        "bookableresourcecategoryassns": [
            assigned(1, KIM, DEVELOPER),
            assigned(2, DANA, DEVELOPER),
            assigned(3, EVA, ANALYST),
            assigned(4, EVA, DEVELOPER, is_default=False),
            assigned(5, GENERIC, DEVELOPER),
        ],
        "uoms": [
            {"uomid": uid(DAY), "name": "Day (test)", "quantity": 8, "_baseuom_value": uid(DAY)}
        ],
        "salesorders": [{"salesorderid": uid(CONTRACT), "name": "A contract"}],
    }


def assigned(number: int, resource: int, role: int, *, is_default: bool = True) -> dict[str, Any]:
    """A role of a resource."""
    return {
        "bookableresourcecategoryassnid": uid(6000 + number),
        "_resource_value": uid(resource),
        "_resourcecategory_value": uid(role),
        "msdyn_isdefault": is_default,
    }


def calendars() -> dict[str, Any]:
    """
    Kim and Eva work 22 days of eight hours: 176. Dana works four hours a day: 88.

    Dana is off on 1 and 2 October: 80.
    """
    return merged(
        work_week(CALENDAR),
        work_week(PART_TIME, hours=((9, 13),)),
        day_off(PART_TIME, 20, "2020-09-30T22:00:00Z"),
        day_off(PART_TIME, 30, "2020-10-01T22:00:00Z"),
    )


def actuals() -> list[dict[str, Any]]:
    """
    What counts in October, then what does not.

    Kim: 100 chargeable hours as 12.5 days, 30 complimentary, 6 of no contract. Dana: 60
    chargeable on the last day. Eva: 110 chargeable on the first.
    """
    return [
        entry(1, KIM, "2020-10-05", 12.5, _msdyn_unit_value=uid(DAY)),
        entry(2, KIM, "2020-10-06", 30, msdyn_billingtype=COMPLIMENTARY),
        entry(
            3,
            KIM,
            "2020-10-07",
            6,
            msdyn_billingtype=NOT_AVAILABLE,
            _msdyn_salescontract_value=None,
        ),
        entry(4, DANA, "2020-10-31", 60),
        entry(5, EVA, "2020-10-01", 110),
        entry(6, NEW, "2020-10-01", 7),
        # The same hours on the unbilled side, an expense, a corrected one, and other months.
        entry(7, KIM, "2020-10-05", 100, msdyn_transactiontypecode=192350005),
        entry(8, KIM, "2020-10-05", 100, msdyn_transactionclassification=192350001),
        entry(9, KIM, "2020-10-05", 100, msdyn_adjustmentstatus=ADJUSTED),
        entry(10, KIM, "2020-09-30", 100),
        entry(11, KIM, "2020-11-01", 100),
    ]


def october() -> dict[str, Any]:
    """All of it as a seed."""
    return merged(people(), calendars(), {"msdyn_actuals": actuals()})


@contextmanager
def serving_october(folder: Path) -> Iterator[TestTenant]:
    """A tenant that holds it, on a loopback port."""
    emulator = Emulator()
    emulator.seed(october())
    with emulator.serve() as server:
        yield TestTenant(emulator=emulator, url=server.url, folder=folder)
    emulator.close()


def connector_of(month: TestTenant) -> Connector:
    """A connector to it in the zone of its calendars."""
    return month.connector(RUN__TIME_ZONE="Europe/Berlin")


def stored_roles(month: TestTenant) -> dict[Any, tuple[Any, Any, Any]]:
    """Name, target and percent of each stored row, by role."""
    return {
        row["_msdyn_role_value"]: (
            row["msdyn_name"],
            row["msdyn_targetutilpercent"],
            row["msdyn_utilpercent"],
        )
        for row in month.rows("msdyn_roleutilizations")
    }


def config_of(month: TestTenant) -> str:
    """A configuration file for the command line."""
    config = month.folder / "own.toml"
    config.write_text(
        f'[dataverse]\nurl = "{month.url}"\n[run]\ntime_zone = "Europe/Berlin"\n', encoding="utf-8"
    )
    return str(config)
