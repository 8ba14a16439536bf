"""A tenant that is one function from a path to an answer, batches taken apart."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import unquote

from connector.dataverse.message import Request, Response
from tests.dataverse.far_side import client_of, multipart

if TYPE_CHECKING:
    from connector.dataverse.client import DataverseClient
    from tests.dataverse.far_side import FarSide

Answers = Callable[[str], Response]

_PART = re.compile(rb"^GET (\S+) HTTP", re.MULTILINE)


def tenant_of(answers: Answers) -> tuple[DataverseClient, FarSide]:
    """A client of a tenant that answers each GET, alone or in a batch, by its readable path."""

    def app(request: Request) -> Response:
        if request.path != "$batch":
            return answers(unquote(request.path))
        paths = (unquote(found.decode()) for found in _PART.findall(request.body or b""))
        return multipart(*(answers(path.split("/v9.2/")[-1]) for path in paths))

    return client_of(app)
