"""How the platform's own logic refuses: a plug-in error with words of ours."""

from __future__ import annotations

from connector.emulator.faults import DataverseFault


def refused(message: str) -> DataverseFault:
    """Return the refusal of a server-side rule (400, 0x80040265)."""
    return DataverseFault(status=400, code="0x80040265", message=message)


def actual_is_protected(columns: str) -> DataverseFault:
    """Return the refusal of a direct change of an actual."""
    return refused(
        f"Actuals cannot be changed directly ({columns}). Use a correction journal, or "
        "msdyn_MarkActualReadyToInvoiceOrNot for the billing status."
    )


def actual_is_made_by_journal() -> DataverseFault:
    """Return the refusal of a direct creation of an actual."""
    return refused("Actuals cannot be created directly. Use an entry journal.")


def actual_stays() -> DataverseFault:
    """Return the refusal of a deletion of an actual."""
    return refused("Actuals cannot be deleted.")


def invoice_is_final() -> DataverseFault:
    """Return the refusal of a change below a confirmed invoice."""
    return refused("A confirmed invoice and what belongs to it can neither be changed nor deleted.")


def confirming_is_an_action() -> DataverseFault:
    """Return the refusal of a confirmation by a plain update."""
    return refused("An invoice is confirmed by msdyn_PostInvoice, not by changing its status.")
