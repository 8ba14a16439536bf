"""What a request to seed asks for, and what it is answered."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl

from connector.emulator import faults
from connector.emulator.rows.seed import SeedRules

if TYPE_CHECKING:
    from connector.emulator.rows.seed import SeedReport

_FLAGS: Final = {"true": True, "1": True, "": True, "false": False, "0": False}


@dataclass(frozen=True, slots=True, kw_only=True)
class SeedWishes:
    """The name of the file that the body is of, and how it is to be judged."""

    file: str
    rules: SeedRules | None


def read_wishes(query: str) -> SeedWishes:
    """The wishes of a query: `file`, `strict` and `lenient`; any other word is refused with 400."""
    given = dict(parse_qsl(query, keep_blank_values=True))
    file = given.pop("file", "")
    unknown = sorted(set(given) - {"strict", "lenient"})
    if unknown:
        raise faults.bad_request(
            message=f"'{unknown[0]}' is not known here; file, strict and lenient are"
        )
    rules = SeedRules(**{name: _flag(name, text) for name, text in given.items()})
    return SeedWishes(file=file, rules=rules if given else None)


def report_document(report: SeedReport) -> dict[str, object]:
    """What became of a seed, as JSON, with sentences for people as `remarks`."""
    return asdict(report) | {"remarks": report.remarks}


def _flag(name: str, text: str) -> bool:
    if text.lower() not in _FLAGS:
        raise faults.bad_request(message=f"'{name}' must be true or false")
    return _FLAGS[text.lower()]
