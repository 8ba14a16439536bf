"""Payment terms: the contract customer's numbers as an invoice has them (B10, DR-27)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from connector.dataverse.metadata import AttributeInfo, Tables
    from connector.mapping import TenantMapping


def payment_terms(mapping: TenantMapping, tables: Tables) -> Mapping[int, int]:
    """
    The number on an invoice for each number of a contract customer, as far as one means the same.

    What the mapping says comes first, then equal labels in any language of the tenant. A number
    that the invoice's own choice does not have is left out.
    """
    ours = _attribute(
        tables, mapping.contract_customer.table, mapping.contract_customer.payment_terms
    )
    theirs = _attribute(tables, mapping.invoice.table, mapping.invoice.payment_terms)
    known = theirs.options if theirs is not None and theirs.options is not None else None
    said = {
        number: target
        for number, target in mapping.payment_terms.items()
        if known is None or target in known
    }
    return {**_by_label(ours, theirs), **said}


def unknown_targets(mapping: TenantMapping, tables: Tables) -> Iterator[tuple[int, int]]:
    """The pairs of the mapping whose invoice number the tenant's choice does not have."""
    theirs = _attribute(tables, mapping.invoice.table, mapping.invoice.payment_terms)
    if theirs is not None and theirs.options is not None:
        known = theirs.options
        yield from (pair for pair in mapping.payment_terms.items() if pair[1] not in known)


def _attribute(tables: Tables, table: str, column: str) -> AttributeInfo | None:
    info = tables.get(table)
    return info.attributes.get(column) if info else None


def _by_label(ours: AttributeInfo | None, theirs: AttributeInfo | None) -> Mapping[int, int]:
    target_of = {
        label.casefold(): number for number, labels in _labels(theirs) for label in labels if label
    }
    found: dict[int, int] = {}
    for number, labels in _labels(ours):
        same = {target_of[label.casefold()] for label in labels if label.casefold() in target_of}
        if len(same) == 1:  # labels that contradict each other say nothing
            found[number] = same.pop()
    return found


def _labels(attribute: AttributeInfo | None) -> Iterator[tuple[int, tuple[str, ...]]]:
    if attribute is not None and attribute.labels is not None:
        yield from attribute.labels.items()
