"""What the platform does by itself when rows are written: one pack per kind of tenant."""

from __future__ import annotations

from connector.emulator.rows.hooks import Behaviour

__all__ = ["Behaviour", "behaviour_named"]


def behaviour_named(
    name: str, *, protects_actuals: bool = True, time_zone: str = "UTC", rounds: bool = False
) -> Behaviour:
    """
    Return the pack of a name; raises `ValueError` naming the known ones.

    *protects_actuals*, *time_zone* and *rounds* are for the Project Operations pack alone.
    """
    from connector.emulator.behaviours.project_operations import (  # noqa: PLC0415  cycle of types
        ProjectOperations,
    )

    packs = {
        pack.name: pack
        for pack in (
            Behaviour(),
            ProjectOperations(
                protects_actuals=protects_actuals, time_zone=time_zone, rounds=rounds
            ),
        )
    }
    if name not in packs:
        message = f"there is no behaviour '{name}'; known are {', '.join(sorted(packs))}"
        raise ValueError(message)
    return packs[name]
