"""Words of Project Operations that the plan keeps as kebab-case, as people read them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from connector.report.texts.marks import marked

if TYPE_CHECKING:
    from collections.abc import Mapping

    from connector.report.texts.catalogue import Texts

#: Statuses, classes, types and kinds, by the word of the plan.
WORDS: Final[Mapping[str, str]] = {
    "planned": marked("planned"),
    "written": marked("written"),
    "already-written": marked("already written"),
    "conflict": marked("conflict"),
    "drifted": marked("changed since planned"),
    "failed": marked("failed"),
    "not-invoiced": marked("not invoiced"),
    "invoiced": marked("invoiced"),
    "billed": marked("billed"),
    "no-candidate": marked("no candidate"),
    "unknown": marked("unknown"),
    "not-looked-at": marked("not looked at"),
    "run": marked("run"),
    "catch-up": marked("catch-up"),
    "platform": marked("platform"),
    "apply": marked("apply"),
    "undo": marked("undo"),
    "finished": marked("finished"),
    "unfinished": marked("unfinished"),
    "stopped": marked("stopped"),
    "undone": marked("undone"),
    "preview": marked("preview"),
    "invoice-missing": marked("invoice missing"),
    "invoice-unexpected": marked("invoice unexpected"),
    "invoice-twice": marked("invoice twice"),
    "source-missing": marked("source missing"),
    "source-unexpected": marked("source unexpected"),
    "source-twice": marked("source twice"),
    "source-unknown": marked("source unknown"),
    "amount-differs": marked("amount differs"),
    "tax-differs": marked("tax differs"),
    "billing-type-differs": marked("billing type differs"),
    "total-differs": marked("total differs"),
    "to-be-deleted": marked("to be deleted"),
    "deleted": marked("deleted"),
    "gone": marked("gone"),
    "refused": marked("refused"),
    "not-run": marked("not run"),
    "run-successful": marked("run successful"),
    "run-failed": marked("run failed"),
    "fixed-price": marked("fixed price"),
    "time-and-material": marked("time and material"),
    "product": marked("product"),
    "retainer": marked("retainer"),
    "time": marked("time"),
    "expense": marked("expense"),
    "material": marked("material"),
    "fee": marked("fee"),
    "milestone": marked("milestone"),
    "tax": marked("tax"),
    "commission": marked("commission"),
    "additional": marked("additional"),
    "unclear": marked("unclear"),
    "chargeable": marked("chargeable"),
    "non-chargeable": marked("non-chargeable"),
    "complimentary": marked("complimentary"),
    "not-available": marked("not available"),
    "empty": marked("empty"),
    "missing": marked("missing"),
    "not-ready": marked("not ready"),
    "ready": marked("ready"),
    "ready-to-invoice": marked("ready to invoice"),
    "milestone-not-ready": marked("milestone not ready"),
    "unbilled-sales-created": marked("unbilled sales created"),
    "customer-invoice-created": marked("customer invoice created"),
    "customer-invoice-posted": marked("customer invoice posted"),
    "canceled": marked("canceled"),
    "work-order-closed-posted": marked("work order closed or posted"),
    "in-process": marked("in process"),
    "adjusted": marked("adjusted"),
    "unadjustable": marked("unadjustable"),
    "ready-to-refund": marked("ready to refund"),
    "refunded": marked("refunded"),
    "draft": marked("draft"),
    "in-review": marked("in review"),
    "on-hold": marked("on hold"),
    "active": marked("active"),
    "closed": marked("closed"),
    "confirmed": marked("confirmed"),
    "paid": marked("paid"),
    "completed": marked("completed"),
    "lost": marked("lost"),
    "abandoned": marked("abandoned"),
    "item-based": marked("item-based"),
    "work-based": marked("work-based"),
    "service-maintenance": marked("service maintenance"),
    "project-service": marked("project service"),
    "field-service": marked("field service"),
    "msdyn_actual": marked("actual"),
    "msdyn_contractlinescheduleofvalue": marked("milestone"),
    "salesorderdetail": marked("product line"),
    "msdyn_projectcontractretainer": marked("retainer"),
    "contract": marked("contract"),
    "contract line": marked("contract line"),
    "invoice schedule row": marked("schedule row"),
    "actual": marked("actual"),
    "product line": marked("product line"),
    "invoice date": marked("invoice date"),
    "transaction date": marked("transaction date"),
    "creation date": marked("creation date"),
    "milestone date": marked("milestone date"),
    "amount": marked("amount"),
    "discount": marked("discount"),
    "manual discount": marked("manual discount"),
    "amount after discounts": marked("amount after discounts"),
    "quantity": marked("quantity"),
    "price": marked("price"),
    "a product line": marked("a product line"),
    "a fixed-price line": marked("a fixed price line"),
    "a time-and-material line": marked("a time and material line"),
    "a None line": marked("a line without a billing method"),
    "no primary customer": marked("no primary customer"),
    "{number} primary customers": marked("{number} primary customers"),
    "Neither the record nor the contract names a customer": marked(
        "Neither the record nor the contract names a customer"
    ),
    "It names neither a contract line customer nor a contract customer": marked(
        "It names neither a contract line customer nor a contract customer"
    ),
    "Contract customer {record} names no customer": marked(
        "Contract customer {record} names no customer"
    ),
    "Contract line customer {record} is empty": marked("Contract line customer {record} is empty"),
}

_RECORD: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_NUMBER: Final = re.compile(r"^\d+")


def said(texts: Texts, word: str) -> str:
    """*word* as people read it; what is no word of ours (a name, a number) stays as it is."""
    known = WORDS.get(word)
    if known is not None:
        return texts.text(known)
    record, number = _RECORD.search(word), _NUMBER.match(word)
    general = _NUMBER.sub("{number}", _RECORD.sub("{record}", word, count=1))
    message = WORDS.get(general)
    if message is None:
        return word
    values = {"record": record and record[0], "number": number and number[0]}
    return texts.text(message, **{key: value for key, value in values.items() if value})
