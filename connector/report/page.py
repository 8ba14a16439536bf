"""A run as one self-contained HTML page: no script, no address, every text escaped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.invoicing.reasons import RULE
from connector.report import view
from connector.report.amounts import adjustments, plain, readable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from connector.outcome import RunReport

_TEMPLATE = "runs.html.j2"


def to_page(reports: Sequence[RunReport]) -> str:
    """The page of one run or of several, oldest first."""
    from jinja2 import Environment, PackageLoader, StrictUndefined  # noqa: PLC0415 - slow to import

    environment = Environment(
        loader=PackageLoader("connector.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(readable=readable, plain=plain, adjustments=adjustments)
    return environment.get_template(_TEMPLATE).render(reports=reports, view=view, rule=RULE)
