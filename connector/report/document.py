"""The JSON document of a run, `proforma-run/1`; its schema ships beside this module."""

from __future__ import annotations

import json
from importlib import resources
from typing import TYPE_CHECKING, Final, TypeAlias

from connector.invoicing.reasons import RULE
from connector.report import view
from connector.report.amounts import exact, plain

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

    from connector.invoicing.conservation import Balance
    from connector.invoicing.model import Currency
    from connector.invoicing.plan import DetailPlan, LinePlan
    from connector.outcome import InvoiceOutcome, RunReport
    from connector.report.view import Left

FORMAT: Final = "proforma-run/1"
FORMAT_OF_SEVERAL: Final = "proforma-runs/1"
_SCHEMA: Final = "proforma-run-1.schema.json"

JsonValue: TypeAlias = "dict[str, JsonValue] | list[JsonValue] | str | int | bool | None"
JsonObject: TypeAlias = "dict[str, JsonValue]"


def schema() -> JsonObject:
    """The JSON Schema (draft 2020-12) that every document of this format satisfies."""
    text = resources.files(__package__).joinpath(_SCHEMA).read_text(encoding="utf-8")
    loaded: JsonObject = json.loads(text)
    return loaded


def to_text(reports: Sequence[RunReport]) -> str:
    """The document of one run, or a list of documents under `runs` for several."""
    documents: list[JsonValue] = [to_document(report) for report in reports]
    several: JsonObject = {"format": FORMAT_OF_SEVERAL, "runs": documents}
    chosen = documents[0] if len(documents) == 1 else several
    return json.dumps(chosen, indent=2, ensure_ascii=False) + "\n"


def to_document(report: RunReport) -> JsonObject:
    """
    The run as the values of a JSON document.

    Amounts are texts with the currency's decimals, before tax unless the key says tax. Lists
    are sorted, so equal runs give equal documents.
    """
    return {
        "format": FORMAT,
        "run_id": report.run_id,
        "run_date": report.plan.run_date.isoformat(),
        "dry_run": report.dry_run,
        "plan_sha256": report.plan.sha256,
        "invoices": [_invoice(report, outcome) for outcome in view.outcomes(report)],
        "not_invoiced": [_left(left) for left in view.left_behind(report.plan)],
        "conservation": _conservation(report),
        "warnings": [{"code": w.code, "text": w.text} for w in view.warnings(report)],
        "requests": {
            "get": report.requests.get,
            "batch": report.requests.batch,
            "throttled": report.requests.throttled,
        },
    }


def _invoice(report: RunReport, outcome: InvoiceOutcome) -> JsonObject:
    invoice = outcome.invoice
    return {
        "invoice_id": str(invoice.id),
        "contract_id": str(invoice.contract_id),
        "contract_name": view.contract_name(report, outcome),
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


def _left(left: Left) -> JsonObject:
    entry = left.entry
    return {
        "source_table": entry.source.table.value,
        "source_id": str(entry.source.id),
        "contract_id": str(entry.contract_id),
        "contract_line_id": _text(entry.contract_line_id),
        "reason": entry.reason.value,
        "rule": RULE[entry.reason],
        "amount": exact(entry.amount, left.currency),
        "currency": left.currency.code,
        "hint": entry.hint,
    }


def _conservation(report: RunReport) -> JsonObject:
    found = view.conservation(report.plan.contracts)
    currencies = report.currencies
    return {
        "candidates": found.candidates,
        "invoiced": found.invoiced,
        "not_invoiced": found.not_invoiced,
        "amount_by_currency": {
            balance.currency: _balance(balance, currencies[balance.currency])
            for balance in found.amounts
        },
    }


def _balance(balance: Balance, currency: Currency) -> JsonObject:
    return {
        "candidates": exact(balance.candidates, currency),
        "invoiced": exact(balance.invoiced, currency),
        "not_invoiced": exact(balance.not_invoiced, currency),
    }


def _text(identity: object) -> str | None:
    return None if identity is None else str(identity)
