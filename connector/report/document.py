"""
The JSON document of a run, `proforma-run/1`; its schema ships beside this module.

It is written part by part: no more of a run is held than one part and, beyond a megabyte on disk,
what stands further below in the document.
"""

from __future__ import annotations

import json
from importlib import resources
from typing import TYPE_CHECKING, Final

from connector.invoicing.reasons import RULE
from connector.report import view
from connector.report.amounts import exact, plain
from connector.report.json_list import INDENT, JsonList, item_text, json_text, list_end
from connector.report.sorted_lines import SortedLines

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from decimal import Decimal

    from connector.invoicing.model import Currency
    from connector.invoicing.plan import DetailPlan, LinePlan, NotInvoiced
    from connector.outcome import InvoiceOutcome
    from connector.report.json_list import JsonObject, JsonValue
    from connector.run_report import RunReport
    from connector.summary import CurrencyTotals

FORMAT: Final = "proforma-run/1"
FORMAT_OF_SEVERAL: Final = "proforma-runs/1"
_SCHEMA: Final = "proforma-run-1.schema.json"


def schema() -> JsonObject:
    """The JSON Schema (draft 2020-12) that every document of this format satisfies."""
    text = resources.files(__package__).joinpath(_SCHEMA).read_text(encoding="utf-8")
    loaded: JsonObject = json.loads(text)
    return loaded


def document_chunks(reports: Sequence[RunReport]) -> Iterator[str]:
    """The document of one run, or a list of documents under `runs` for several, in pieces."""
    if len(reports) == 1:
        yield from _run(reports[0], 0)
        yield "\n"
        return
    yield "{" + _member("format", FORMAT_OF_SEVERAL, 0, is_first=True) + _key("runs", 0)
    for number, report in enumerate(reports):
        yield ("[" if number == 0 else ",") + "\n" + " " * INDENT * 2
        yield from _run(report, 2)
    yield (list_end(1) if reports else "[]") + "\n}\n"


def to_text(reports: Sequence[RunReport]) -> str:
    """The whole document at once: for small runs."""
    return "".join(document_chunks(reports))


def to_document(report: RunReport) -> JsonObject:
    """
    The run as the values of a JSON document: for small runs.

    Amounts are texts with the currency's decimals, before tax unless the key says tax. Lists
    are sorted, so equal runs give equal documents.
    """
    document: JsonObject = json.loads(to_text([report]))
    return document


def _run(report: RunReport, level: int) -> Iterator[str]:
    with JsonList(level + 1) as left, SortedLines() as warnings:
        yield "{"
        for number, (name, value) in enumerate(_head(report).items()):
            yield _member(name, value, level, is_first=not number)
        yield _key("invoices", level)
        yield from _invoices(report, level + 1, left, warnings)
        yield _key("not_invoiced", level)
        yield from left.chunks()
        yield _member("conservation", _conservation(report), level)
        yield _key("warnings", level)
        yield from _warnings(warnings, level + 1)
        yield _member("requests", _requests(report), level)
        yield "\n" + " " * INDENT * level + "}"


def _head(report: RunReport) -> JsonObject:
    return {
        "format": FORMAT,
        "run_id": report.run_id,
        "run_date": report.run_date.isoformat(),
        "dry_run": report.dry_run,
        "plan_sha256": report.plan.sha256,
    }


def _requests(report: RunReport) -> JsonObject:
    counts = report.requests
    return {"get": counts.get, "batch": counts.batch, "throttled": counts.throttled}


def _invoices(
    report: RunReport, level: int, left: JsonList, warnings: SortedLines
) -> Iterator[str]:
    """The list of invoices; what belongs into the lists below it is put aside meanwhile."""
    warnings.add(view.warning_lines(report.general_warnings))
    is_first = True
    for part in report.parts():
        for contract in view.contracts(part):
            for outcome in contract.outcomes:
                yield "[" if is_first else ""
                yield item_text(_invoice(contract.name, outcome), level, is_first=is_first)
                is_first = False
            for entry in contract.left:
                left.add(_left(entry))
        warnings.add(view.warning_lines(part.all_warnings))
    yield "[]" if is_first else list_end(level)


def _warnings(found: SortedLines, level: int) -> Iterator[str]:
    is_first = True
    for warning in view.merged_warnings(found):
        item: JsonObject = {"code": warning.code, "text": warning.text}
        yield ("[" if is_first else "") + item_text(item, level, is_first=is_first)
        is_first = False
    yield "[]" if is_first else list_end(level)


def _key(name: str, level: int) -> str:
    return f",\n{' ' * INDENT * (level + 1)}{json.dumps(name)}: "


def _member(name: str, value: JsonValue, level: int, *, is_first: bool = False) -> str:
    key = _key(name, level)
    return (key[1:] if is_first else key) + json_text(value, level + 1)


def _invoice(contract_name: str, outcome: InvoiceOutcome) -> JsonObject:
    invoice = outcome.invoice
    return {
        "invoice_id": str(invoice.id),
        "contract_id": str(invoice.contract_id),
        "contract_name": contract_name,
        "customer_id": str(invoice.customer.id),
        "currency": invoice.currency.code,
        "run_date": invoice.run_date.isoformat(),
        "status": outcome.status.value,
        "error": outcome.error,
        "amount": exact(invoice.amount, invoice.currency),
        "tax": exact(invoice.tax, invoice.currency),
        "lines": [_line(line, invoice.currency) for line in view.lines(outcome)],
    }


def _line(line: LinePlan, currency: Currency) -> JsonObject:
    return {
        "line_id": str(line.id),
        "contract_line_id": _text(line.contract_line_id),
        "name": line.name,
        "billing_method": line.billing.value,
        "amount": exact(line.amount, currency),
        "details": [_detail(detail, currency) for detail in view.details(line)],
    }


def _detail(detail: DetailPlan, currency: Currency) -> JsonObject:
    return {
        "detail_id": str(detail.id),
        "source_table": detail.source.table.value,
        "source_id": str(detail.source.id),
        "transaction_class": detail.transaction_class.value,
        "billing_type": detail.billing_type.value,
        "transaction_date": detail.transaction_date.isoformat(),
        "quantity": plain(detail.quantity),
        "price": plain(detail.price),
        "amount": exact(detail.amount, currency),
        **_unless_zero("discount", detail.discount, currency),
        **_unless_zero("fee", detail.fee, currency),
        "tax": exact(detail.tax, currency),
    }


def _unless_zero(key: str, amount: Decimal, currency: Currency) -> JsonObject:
    return {key: exact(amount, currency)} if amount else {}


def _left(entry: NotInvoiced) -> JsonObject:
    return {
        "source_table": entry.source.table.value,
        "source_id": str(entry.source.id),
        "contract_id": str(entry.contract_id),
        "contract_line_id": _text(entry.contract_line_id),
        "reason": entry.reason.value,
        "rule": RULE[entry.reason],
        "amount": exact(entry.amount, entry.currency),
        "currency": entry.currency.code,
        "hint": entry.hint,
    }


def _conservation(report: RunReport) -> JsonObject:
    totals = report.totals
    return {
        "candidates": totals.details + totals.left_behind,
        "invoiced": totals.details,
        "not_invoiced": totals.left_behind,
        "amount_by_currency": {item.currency.code: _balance(item) for item in totals.currencies},
    }


def _balance(found: CurrencyTotals) -> JsonObject:
    return {
        "candidates": exact(found.candidates, found.currency),
        "invoiced": exact(found.invoiced, found.currency),
        "not_invoiced": exact(found.not_invoiced, found.currency),
    }


def _text(identity: object) -> str | None:
    return None if identity is None else str(identity)
