"""
Cassettes: what a client and a tenant said to each other, as evidence that outlives an afternoon.

`Recorder` stands between the two and writes, `Replayer` answers from what was written, and
`compare_cassette` sends the same requests to an emulator and tells where it answers otherwise.
"""

from __future__ import annotations

from connector.cassette.compare import compare_cassette
from connector.cassette.exchange import Cassette, CassetteError, read_cassette
from connector.cassette.recorder import Recorder
from connector.cassette.replayer import Replayer

__all__ = [
    "Cassette",
    "CassetteError",
    "Recorder",
    "Replayer",
    "compare_cassette",
    "read_cassette",
]
