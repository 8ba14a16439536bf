"""The words of a verdict are those of the JSON document."""

from __future__ import annotations

from connector.invoicing.explanation import Verdict


def test_the_words_of_a_verdict_are_stable() -> None:
    assert [verdict.value for verdict in Verdict] == [
        *("invoiced", "billed", "not-invoiced", "no-candidate", "unknown"),
    ]
