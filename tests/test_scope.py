"""What a run looks at: small values that refuse what they cannot mean."""

from __future__ import annotations

from dataclasses import fields

import pytest

from connector.invoicing.policy import Bounds
from connector.scope import CODES, Override, OverrideRefused


@pytest.mark.parametrize(("code", "reason"), [("amount", "because"), ("deviation", " ")])
def test_an_override_needs_a_known_bound_and_a_reason(code: str, reason: str) -> None:
    with pytest.raises(OverrideRefused, match=code):
        Override(code=code, reason=reason)


def test_every_bound_can_be_lifted_by_its_name() -> None:
    words = {code.replace("-", "_") for code in CODES}

    assert {field.name.removesuffix("_factor") for field in fields(Bounds)} == words
