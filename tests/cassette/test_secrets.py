"""What is taken for a secret, and what is none although it looks a little like one."""

from __future__ import annotations

import json

import pytest

from connector.cassette.secrets import (
    HIDDEN,
    REQUEST_HEADERS,
    RESPONSE_HEADERS,
    kept_headers,
    without_secrets,
)


@pytest.mark.parametrize(
    "text",
    [
        "client_secret=abc",
        "a=1&client_secret=abc&b=2",
        "client_secret%3Dabc",
        '{"client_secret": "abc"}',
        '{"ClientSecret":"abc"}',
        '{"contoso_apiKey" : "abc"}',
        '{"a": "{\\"password\\": \\"abc\\"}"}',
        '{"password": "a\\"abc"}',
        "Authorization: Bearer abc",
        "COOKIE: x=abc",
        "Set-Cookie: x=abc; path=/",
        "?sv=1&sig=abc&se=2",
        "SharedAccessSignature=abc",
        "AccountKey=abc;",
        "<Password>abc</Password>",
        '<s:clientSecret x="1">abc</s:clientSecret>',
        "Bearer abcabcabc",
        "Basic YWJjOmFiYw==",
    ],
)
def test_the_value_of_a_secret_is_replaced(text: str) -> None:
    found = without_secrets(text)

    assert HIDDEN in found
    assert "abc" not in found
    assert "YWJj" not in found


@pytest.mark.parametrize(
    "text",
    [
        "accounts?$filter=contains(name,'token')&$skiptoken=abc",
        '{"name": "The secret of Bearer and Basic", "statuscode": 1}',
        '{"msdyn_passwordpolicy": 3}',
        "$select=name&$deltatoken=919042%2108%2f22",
        '{"description": "sig is short for signature"}',
        "odata.maxpagesize=5",
        "eyJ is no token",
        '{"@odata.etag": "W/\\"123\\"", "value": [{"name": "A"}, {"name": "B"}]}',
    ],
)
def test_other_texts_stay_as_they_are(text: str) -> None:
    assert without_secrets(text) == text


def test_a_document_stays_one_when_its_secrets_are_out() -> None:
    document = {"a": "x", "password": 'q"uo\\te', "b": [{"accessToken": "y"}, 1], "c": None}

    assert json.loads(without_secrets(json.dumps(document))) == {
        "a": "x",
        "password": HIDDEN,
        "b": [{"accessToken": HIDDEN}, 1],
        "c": None,
    }


def test_headers_are_kept_by_a_list_of_those_that_matter() -> None:
    given = [
        ("Prefer", "odata.maxpagesize=5"),
        ("Authorization", "Bearer x"),
        ("Cookie", "x"),
        ("X-Anything", "x"),
        ("If-Match", 'W/"1"'),
    ]

    assert kept_headers(given, REQUEST_HEADERS) == {
        "prefer": "odata.maxpagesize=5",
        "if-match": 'W/"1"',
    }
    secret = {"authorization", "cookie", "set-cookie", "proxy-authorization", "x-api-key"}
    assert not secret & (REQUEST_HEADERS | RESPONSE_HEADERS)
