"""The tenant's own action that bills invoice schedule rows, under the name that it has there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from connector.dataverse.errors import NotFound, Refused
from connector.dataverse.operations import row_path

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from connector.dataverse.client import DataverseClient
    from connector.dataverse.message import JsonValue, Row
    from connector.projectops.tenant import Tenant

_NO_SUCH_ACTION: Final = frozenset({404, 501})


class ScheduleAction:
    """
    Calls the action by the first of its names that the tenant knows, and keeps to that one.

    Which one that is differs between versions of the product.
    """

    def __init__(self, client: DataverseClient, tenant: Tenant) -> None:
        self._client = client
        self._tenant = tenant
        actions = tenant.mapping.actions
        self._names = (actions.create_from_schedule, *actions.create_from_schedule_otherwise)
        self._known: str | None = None

    def call(self, contract_id: UUID, row_ids: Sequence[UUID]) -> None:
        """
        Have the schedule rows *row_ids* of a contract billed.

        An answer does not say that they have run: the tenant may do it later. Raises `NotFound`
        when the tenant has the action under none of its names, `Refused` when the action says
        that it did not succeed, and `DataverseError` as any call does.
        """
        for name in self._names if self._known is None else (self._known,):
            try:
                answer = self._post(name, contract_id, row_ids)
            except Refused as refused:
                if not _is_missing(refused):
                    raise
                continue
            self._known = name
            if answer is not None and answer.get("IsSuccess") is False:
                message = "the tenant's action says that it did not succeed"
                raise Refused(message, request=None, status=200)
            return
        message = f"the tenant has none of the actions {', '.join(self._names)}; see [actions]"
        raise NotFound(message, request=None, status=404)

    def _post(self, name: str, contract_id: UUID, row_ids: Sequence[UUID]) -> Row | None:
        rows = self._tenant.mapping.schedule_row
        given: list[JsonValue] = [
            {"@odata.type": f"#Microsoft.Dynamics.CRM.{rows.table}", rows.id: str(row_id)}
            for row_id in row_ids
        ]
        target = row_path(self._tenant.mapping.contract.set, contract_id)
        action = f"Microsoft.Dynamics.CRM.{name}"
        return self._client.action(action, {"InvoiceSchedules": given}, target)


def _is_missing(refused: Refused) -> bool:
    """Whether it is the action that is missing, and not the contract."""
    is_row = isinstance(refused, NotFound) and refused.proven
    return refused.status in _NO_SUCH_ACTION and not is_row
