"""
What never enters a cassette: tokens, passwords, keys and cookies.

Headers are kept by a list of those that matter; whatever is not on it is left out. In addresses
and bodies values are replaced that stand behind the name of a secret, or look like a token.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

#: What stands in the place of a secret.
HIDDEN: Final = "***"
#: Headers of requests that change an answer.
REQUEST_HEADERS: Final = frozenset(
    {"accept", "content-type", "prefer", "if-match", "if-none-match", "odata-version"}
    | {"odata-maxversion", "consistency", "mscrmcallerid", "callerobjectid", "range"}
    | {"mscrm.suppressduplicatedetection", "mscrm.solutionuniquename", "mscrm.mergelabels"}
    | {"mscrm.bypasscustompluginexecution", "x-http-method-override", "x-ms-file-name"}
    | {"x-ms-transfer-mode", "content-range", "content-disposition"}
)
#: Headers of answers that a client reads.
RESPONSE_HEADERS: Final = frozenset(
    {"content-type", "odata-version", "odata-entityid", "location", "etag", "preference-applied"}
    | {"retry-after", "allow", "req_id", "x-ms-dop-hint", "content-disposition", "content-range"}
    | {"x-ms-service-request-id", "x-ms-ratelimit-time-remaining-xrm-requests", "mimetype"}
    | {"x-ms-ratelimit-burst-remaining-xrm-requests", "x-ms-chunk-size", "x-ms-file-name"}
    | {"x-ms-file-size", "accept-ranges"}
)

_NAMES: Final = (
    r"client[_-]?secret|client[_-]?assertion|access[_-]?token|refresh[_-]?token|id[_-]?token"
    r"|pass(?:word|wd|phrase)|pwd|secret|secret[_-]?value|api[_-]?key|account[_-]?key"
    r"|shared[_-]?access[_-]?(?:key|signature)|subscription[_-]?key|connection[_-]?string"
    r"|private[_-]?key|authorization|assertion"
)
_PATTERNS: Final = (
    # A line of a header within a batch.
    (
        re.compile(
            r"(?im)^((?:proxy-)?authorization|(?:set-)?cookie|[\w-]*(?:api|subscription)-key)"
            r"(\s*:\s*)[^\r\n]*"
        ),
        rf"\1\2{HIDDEN}",
    ),
    # A member of JSON, also of JSON within a text of JSON.
    (
        re.compile(
            rf'(?i)(\\*"[\w.@-]*(?:{_NAMES})[\w-]*\\*"\s*:\s*)(\\*")(?:[^"\\]|\\(?!")[^"]|\\.)*?(\\*")(?=\s*[,}}\]]|$)'
        ),
        rf"\1\2{HIDDEN}\3",
    ),
    # A field of a form, of an address or of a connection string.
    (
        re.compile(rf"(?i)((?<![\w-])[\w.-]*(?:{_NAMES})\s*(?:=|%3D))[^&;\s\"'<>\\]+"),
        rf"\1{HIDDEN}",
    ),
    # The signature of a shared access signature.
    (re.compile(r"(?i)((?<![\w-])sig(?:=|%3D))[^&;\s\"'<>\\]+"), rf"\1{HIDDEN}"),
    # An element of XML.
    (re.compile(rf"(?i)(<(?:\w+:)?\w*(?:{_NAMES})\w*(?:\s[^>]*)?>)[^<]+(?=<)"), rf"\1{HIDDEN}"),
    (re.compile(r"(?i)\b(Bearer|Basic)(\s+|%20)[A-Za-z0-9._~+/=-]{8,}"), rf"\1\2{HIDDEN}"),
    (re.compile(r"\beyJ[\w-]{5,}\.[\w-]{5,}(?:\.[\w-]*)?"), HIDDEN),
)


def without_secrets(text: str) -> str:
    """*text* with `***` for every secret in it."""
    for pattern, replacement in _PATTERNS:
        text = pattern.sub(replacement, text)
    return text


def kept_headers(headers: Iterable[tuple[str, str]], names: frozenset[str]) -> dict[str, str]:
    """The headers that matter, by lower-case name, with their secrets out."""
    kept = ((name.lower(), value) for name, value in headers if name.lower() in names)
    return {name: without_secrets(value) for name, value in kept}
