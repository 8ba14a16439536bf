"""A tag on every write, which plug-ins of the tenant find among their shared variables."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import quote

from connector.dataverse.batch import ChangeSet
from connector.dataverse.message import Method

if TYPE_CHECKING:
    from connector.dataverse.batch import BatchItem
    from connector.dataverse.message import Request


def tagged(item: BatchItem, tag: str) -> BatchItem:
    """*item* with the query option `tag` on each request that writes; nothing for an empty tag."""
    if isinstance(item, ChangeSet):
        return replace(item, requests=tuple(tagged_request(each, tag) for each in item.requests))
    return tagged_request(item, tag)


def tagged_request(request: Request, tag: str) -> Request:
    """*request* with the query option `tag` where it writes."""
    if not tag or request.method is Method.GET:
        return request
    separator = "&" if "?" in request.path else "?"
    return replace(request, path=f"{request.path}{separator}tag={quote(tag, safe='')}")
