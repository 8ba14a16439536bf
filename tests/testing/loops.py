"""The end of a loop in which connections over TLS were closed."""

from __future__ import annotations

import asyncio


async def all_closed(limit: float = 5.0) -> None:
    """
    Wait until TLS has said its farewell on every connection of this loop.

    Libraries close their connections without waiting for it; whoever ends the loop before loses
    sockets, which Python reports whenever it collects them, in whatever test that is.
    """
    loop = asyncio.get_running_loop()
    selector = vars(loop).get("_selector")
    end = loop.time() + limit
    while selector is not None and len(selector.get_map()) > 1 and loop.time() < end:  # noqa: ASYNC110  nobody tells
        await asyncio.sleep(0.01)
