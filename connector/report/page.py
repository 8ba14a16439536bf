"""A run as one self-contained HTML page: no script, no address, every text escaped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.invoicing.reasons import RULE
from connector.report import view
from connector.report.amounts import adjustments, plain, readable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from connector.run_report import RunReport

_TEMPLATE = "runs.html.j2"


def to_page(reports: Sequence[RunReport]) -> str:
    """The page of one run or of several, oldest first: for small runs."""
    return "".join(page_chunks(reports))


def page_chunks(reports: Sequence[RunReport]) -> Iterator[str]:
    """The same in pieces; the runs are read part by part."""
    from jinja2 import Environment, PackageLoader, StrictUndefined  # noqa: PLC0415 - slow to import

    environment = Environment(
        loader=PackageLoader("connector.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(readable=readable, plain=plain, adjustments=adjustments)
    template = environment.get_template(_TEMPLATE)
    return template.generate(reports=reports, view=view, rule=RULE)
