"""A report that knows nothing of its surroundings still says what the run says."""

from __future__ import annotations

from uuid import UUID

from connector.invoicing.ids import ResourceId
from connector.report.surroundings import Surroundings, nobody
from connector.settings.sections import Language


def test_without_surroundings_a_report_is_english_and_knows_nobody() -> None:
    around = Surroundings()

    assert around.language is Language.ENGLISH
    assert around.people({ResourceId(UUID(int=1)): UUID(int=2)}) == nobody({}) == {}
    assert (around.user, around.previous, around.coming) == (None, None, None)
