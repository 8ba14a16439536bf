"""Make the invoice schedule of a contract line from its invoice frequency, and write it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.dataverse.batch import ChangeSet
from connector.dataverse.message import Response
from connector.errors import ConnectorError
from connector.invoicing.schedule_rows import Generation, generate_schedule
from connector.projectops.find_contract import find_contract
from connector.projectops.frequencies import read_frequency
from connector.projectops.read_contracts import read_contract
from connector.projectops.schedule_rows import schedule_requests

if TYPE_CHECKING:
    from uuid import UUID

    from connector.invoicing.ids import ContractLineId
    from connector.invoicing.model import ContractLine
    from connector.usecases.environment import Environment


class GenerationRefused(ConnectorError):  # noqa: N818 - named by what happened
    """A contract line whose schedule cannot be made; says what is missing."""


def generate_for_line(
    environment: Environment, line_id: ContractLineId, *, write: bool
) -> Generation:
    """
    The schedule rows or periodic milestones that *line_id* still lacks (section 2.2, M7).

    With *write* they are created in one change set, each under a key of its own, so that writing
    twice makes nothing twice. Raises `GenerationRefused`, and `DataverseError` when refused.
    """
    found = find_contract(environment.client, environment.tenant, line_id)
    snapshot = read_contract(environment.client, environment.tenant, found.contract_id)
    line = next((item for item in snapshot.lines if item.id == line_id), None)
    frequency = read_frequency(environment.client, environment.tenant, _frequency_of(line, line_id))
    generation = generate_schedule(snapshot, line_id, frequency)
    if generation.faults:
        raise GenerationRefused(" ".join(generation.faults))
    if write and (generation.rows or generation.milestones):
        requests = schedule_requests(environment.tenant, snapshot, generation)
        answers = environment.client.batch((ChangeSet(requests=requests),))
        errors = [answer for answer in answers if not isinstance(answer, Response)]
        if errors:
            raise errors[0]
    return generation


def _frequency_of(line: ContractLine | None, line_id: UUID) -> UUID:
    if line is None:
        message = f"{line_id} is no contract line"
        raise GenerationRefused(message)
    if line.invoice_frequency_id is None:
        message = f"contract line {line.name!r} ({line.id}) has no invoice frequency"
        raise GenerationRefused(message)
    return line.invoice_frequency_id
