"""What is said about a wrong key: where it stands, what was expected, never a secret."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Final

from connector.errors import ConnectorError, ExitCode
from connector.settings.document import PREFIX

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from pydantic_core import ErrorDetails

    from connector.settings.document import Entry

#: Keys whose value no message repeats.
SECRET: Final = frozenset(
    {"client_secret", "certificate_password", "store_key", "store_sas", "webhook"}
)
#: What is expected of keys without which nothing works, for those who have left them out.
EXPECTED: Final = {
    ("run", "time_zone"): " (the business time zone, such as Europe/Berlin: its midnight parts"
    " two run dates, and a wrong one bills a wrong day)",
}
_OWN_WORDS: Final = "Value error, "


class ConfigError(ConnectorError):
    """Settings that cannot be used; *faults* lists everything that is wrong, without secrets."""

    exit_code = ExitCode.USAGE

    def __init__(self, faults: tuple[str, ...]) -> None:
        """Keep the faults, one line each."""
        lines = [f"- {fault}" for fault in faults]
        super().__init__("\n".join(["the configuration cannot be used:", *lines]))
        self.faults = faults


def unknown(word: str, known: Collection[str]) -> str:
    """That *word* is unknown, with the nearest known one, or all of them."""
    near = difflib.get_close_matches(word, known, n=1, cutoff=0.5)
    hint = f"the nearest known one is {near[0]!r}" if near else f"known are {', '.join(known)}"
    return f"unknown; {hint}"


def spell_out(detail: ErrorDetails, entries: Iterable[Entry]) -> str:
    """One line on a fault that pydantic found, with where the key was said."""
    section, key = (*(str(part) for part in detail["loc"][:2]), "")[:2]
    if detail["type"] == "missing":
        variable = f"{PREFIX}{section}__{key}".upper()
        expected = EXPECTED.get((section, key), "")
        return f"[{section}] {key}: missing; set it in the file or as {variable}{expected}"
    said = (e.origin for e in entries if (e.section, e.key) == (section, key))
    return f"{next(said, f'[{section}] {key}'.rstrip())}: {_message(detail, key)}"


def _message(detail: ErrorDetails, key: str) -> str:
    message = detail["msg"]
    if message.startswith(_OWN_WORDS):
        return message.removeprefix(_OWN_WORDS)
    message = f"{message[:1].lower()}{message[1:]}"
    return message if key in SECRET or not key else f"{message}, not {detail['input']!r}"
