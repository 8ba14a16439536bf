"""What may be shown of a request."""

from __future__ import annotations

import pytest

from connector.dataverse.request_line import Method, RequestLine


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("accounts(1)", "GET accounts(1)"),
        ("x" * 200, f"GET {'x' * 200}"),
        ("x" * 201, f"GET {'x' * 200}…"),
    ],
)
def test_a_line_is_the_method_and_the_beginning_of_the_address(path: str, shown: str) -> None:
    assert str(RequestLine(method=Method.GET, path=path)) == shown
