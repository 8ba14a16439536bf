"""What a check found: a broken invariant or bound, as a value."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from connector.invoicing.ids import ContractId


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """An invariant or bound that a plan breaks; *subject* is the record that shows it."""

    code: str
    text: str
    contract_id: ContractId | None = None
    subject: UUID | None = None
