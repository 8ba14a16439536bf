"""Carrying out `$batch`: operations one after the other, change sets all or nothing."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from connector.emulator.faults import DataverseFault
from connector.emulator.protocol import batch_codec, batch_faults
from connector.emulator.protocol.batch_codec import Answer, ChangeSet, ChangeSetAnswer, Operation
from connector.emulator.protocol.exchange import Request, Response, failure
from connector.emulator.protocol.json_text import dumps, loads

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from connector.emulator.storage.store import Transaction

_REFERENCE: Final = re.compile(r"/?(\$[^/?()]+)(.*)", re.DOTALL)
_REPRESENTED: Final = (200, 201)
_FIRST_FAILURE: Final = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchSettings:
    """
    How faithful a batch is where tenants were seen to differ.

    *strict_line_ends* refuses bare line feeds; *nested_failures* wraps the single
    failure of a change set into a `changesetresponse_` part, as Microsoft's own
    clients expect, instead of the bare part that the OData text describes.
    """

    strict_line_ends: bool = False
    nested_failures: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchOutcome:
    """The answer to a batch and the number of operations that it held."""

    response: Response
    operations: int


@dataclass(slots=True, kw_only=True)
class BatchRunner:
    """
    Carries out one batch.

    *standalone* answers one operation in a transaction of its own; *atomically*
    gives a transaction that is rolled back when an exception leaves it;
    *carry_out* performs one operation inside such a transaction.
    """

    request: Request
    settings: BatchSettings
    standalone: Callable[[Request], Response]
    carry_out: Callable[[Request, Transaction], Response]
    atomically: Callable[[], Any]
    next_id: Callable[[], str]
    _items: list[Answer | ChangeSetAnswer] = field(default_factory=list)

    def run(self) -> BatchOutcome:
        """
        Carry out the batch.

        Without continue-on-error the first failure ends it and its status becomes
        the status of the whole answer. Raises the fault of a batch that cannot be
        read or is too large, before anything was carried out.
        """
        items = batch_codec.decode(
            self.request.header("content-type") or "",
            self.request.body,
            strict_line_ends=self.settings.strict_line_ends,
        )
        count = sum(len(one.operations) if isinstance(one, ChangeSet) else 1 for one in items)
        if count > batch_faults.MAXIMUM_OPERATIONS:
            raise batch_faults.too_many(count)
        _refuse_nested(items)
        status = self._carry_out_all(items)
        return BatchOutcome(response=self._answer(status), operations=count)

    def _carry_out_all(self, items: tuple[Operation | ChangeSet, ...]) -> int:
        goes_on = self.request.preferences.continue_on_error
        for item in items:
            status = self._item(item)
            if status >= _FIRST_FAILURE and not goes_on:
                return status
        return 200

    def _answer(self, status: int) -> Response:
        content_type, body = batch_codec.encode(self._items, iter(self.next_id, None))
        headers = (("Content-Type", content_type), ("OData-Version", "4.0"))
        return Response(status=status, headers=headers, body=body)

    def _item(self, item: Operation | ChangeSet) -> int:
        return self._change_set(item) if isinstance(item, ChangeSet) else self._single(item)

    def _single(self, operation: Operation) -> int:
        response = self._identified(self.standalone(self._as_request(operation)))
        self._items.append(Answer(response=response, content_id=operation.content_id))
        return response.status

    def _change_set(self, change_set: ChangeSet) -> int:
        answers: list[Answer] = []
        try:
            with self.atomically() as tx:
                answers.extend(self._answers(change_set, tx))
        except _ChangeSetFailure as failed:
            self._items.append(self._failure(failed.answer))
            return failed.answer.response.status
        self._items.append(ChangeSetAnswer(answers=tuple(answers)))
        return 200

    def _failure(self, answer: Answer) -> Answer | ChangeSetAnswer:
        return ChangeSetAnswer(answers=(answer,)) if self.settings.nested_failures else answer

    def _answers(self, change_set: ChangeSet, tx: Transaction) -> Iterator[Answer]:
        addresses: dict[str, str] = {}
        seen: set[str] = set()
        for operation in change_set.operations:
            content_id = operation.content_id or ""
            try:
                if content_id in seen:
                    raise batch_faults.content_id_repeated(content_id)
                resolved = _resolve(operation, addresses)
                response = self.carry_out(self._as_request(resolved), tx)
            except DataverseFault as fault:
                response = self._identified(failure(fault))
                failed = Answer(response=response, content_id=content_id)
                raise _ChangeSetFailure(failed) from fault
            address = _address_of(response, resolved, self.request.service_root)
            if address is not None:
                addresses[f"${content_id}"] = address
            seen.add(content_id)
            yield Answer(response=response, content_id=content_id)

    def _identified(self, response: Response) -> Response:
        """Add the request id that failures inside a batch carry."""
        if response.status < _FIRST_FAILURE:
            return response
        return response.with_headers(("REQ_ID", self.next_id()))

    def _as_request(self, operation: Operation) -> Request:
        return replace(
            self.request,
            method=operation.method,
            path=operation.path,
            query=operation.query,
            headers=_inherited(self.request) | dict(operation.headers),
            body=operation.body,
            content_id=operation.content_id,
        )


class _ChangeSetFailure(Exception):  # noqa: N818  it carries an answer out of the transaction
    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.response.status)
        self.answer = answer


def _inherited(request: Request) -> dict[str, str]:
    """Return the headers of the batch that hold for each of its operations."""
    names = ("authorization", "callerobjectid", "mscrmcallerid")
    return {name: request.headers[name] for name in names if name in request.headers}


def _refuse_nested(items: tuple[Operation | ChangeSet, ...]) -> None:
    for item in items:
        operations = item.operations if isinstance(item, ChangeSet) else (item,)
        if any(operation.path == "$batch" for operation in operations):
            raise batch_faults.nested_batch()


def _resolve(operation: Operation, addresses: dict[str, str]) -> Operation:
    """Replace `$n` references in address and body by what they stand for."""
    path = operation.path
    if path.lstrip("/").startswith("$"):
        path = _replaced(path, addresses)
    body = operation.body
    if b"$" in body and "json" in operation.headers.get("content-type", "json"):
        body = dumps(_resolved_value(loads(body), addresses, is_link=False))
    return replace(operation, path=path, body=body)


def _resolved_value(value: Any, addresses: dict[str, str], *, is_link: bool) -> Any:  # noqa: ANN401
    if isinstance(value, dict):
        return {
            name: _resolved_value(
                member, addresses, is_link=name.endswith(("@odata.bind", "@odata.id"))
            )
            for name, member in value.items()
        }
    if isinstance(value, list):
        return [_resolved_value(member, addresses, is_link=is_link) for member in value]
    if is_link and isinstance(value, str) and value.lstrip("/").startswith("$"):
        return _replaced(value, addresses)
    return value


def _replaced(text: str, addresses: dict[str, str]) -> str:
    match = _REFERENCE.fullmatch(text)
    if match is None or match.group(1) not in addresses:
        raise batch_faults.unknown_reference(match.group(1) if match else text)
    return addresses[match.group(1)] + match.group(2)


def _address_of(response: Response, operation: Operation, service_root: str) -> str | None:
    """
    Return the address, relative to the service root, of the row that an operation wrote.

    A row that came back as its representation has none: its answer lacks the
    header that references are made from.
    """
    if response.status in _REPRESENTED:
        return None
    url = response.header("OData-EntityId")
    return operation.path if url is None else url.removeprefix(service_root)
