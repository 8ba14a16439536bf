"""One operation on its way: the transaction it runs in, its request, and who asks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from connector.emulator.operations.shaping import Shaper
from connector.emulator.protocol.exchange import Response, applied
from connector.emulator.protocol.formats import PLAIN, read_format
from connector.emulator.protocol.json_text import dumps

if TYPE_CHECKING:
    from collections.abc import Mapping

    from connector.emulator.protocol.exchange import Request
    from connector.emulator.protocol.formats import Format
    from connector.emulator.rows.hooks import Action
    from connector.emulator.rows.writer import Writer
    from connector.emulator.schema.model import Schema, Table
    from connector.emulator.storage.store import Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What an operation may use."""

    request: Request
    tx: Transaction
    schema: Schema
    writer: Writer
    actions: Mapping[str, Action]
    maximum_page_size: int = 5000

    @property
    def root(self) -> str:
        """The service root, with its slash."""
        return self.request.service_root

    def json(
        self, value: Mapping[str, object], status: int = 200, table: Table | None = None
    ) -> Response:
        """Answer with a JSON document in the form that is asked for, of rows of *table* if any."""
        form = self.form
        if form != PLAIN:
            value = Shaper(self.schema, self.root, form).document(value, table)
        return self.encoded(dumps(value), status)

    @property
    def form(self) -> Format:
        """The form of JSON that is asked for."""
        return read_format(self.request.header("accept") or "")

    def encoded(self, body: bytes, status: int = 200) -> Response:
        """Answer with a JSON document that is encoded already, in the form that is asked for."""
        headers = (("Content-Type", self.form.content_type), ("OData-Version", "4.0"))
        granted = applied(self.request.preferences)
        return Response(status=status, headers=headers + granted, body=body)

    def text(self, text: str) -> Response:
        """Answer with plain text."""
        headers = (("Content-Type", "text/plain; charset=utf-8"), ("OData-Version", "4.0"))
        return Response(status=200, headers=headers, body=text.encode("utf-8"))


NO_CONTENT = Response(status=204, headers=(("OData-Version", "4.0"),))
