"""Whether a tenant's definitions are as the mapping says: tables, columns, choices, dates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.mapping import DateColumn, TenantMapping
from connector.projectops.constants import constant_faults
from connector.projectops.findings import Area, Finding, Severity, error, ok, warning
from connector.projectops.labels import numbers_by_label
from connector.projectops.losses import loss_of, loss_of_table
from connector.projectops.mapped_names import (
    OPTIONAL_TABLES,
    MissingName,
    mapped_tables,
    missing_names,
)
from connector.projectops.payment_terms import payment_terms, unknown_targets
from connector.projectops.tenant import BEHAVIOURS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from connector.dataverse.metadata import AttributeInfo, TableInfo, Tables
    from connector.mapping.tables import Table

#: The column behind each choice: choice → table and field of the mapping.
CHOICE_COLUMNS: Mapping[str, tuple[str, str]] = {
    "order_type": ("contract", "order_type"),
    "contract_state": ("contract", "state"),
    "contract_reason": ("contract", "reason"),
    "line_service": ("contract_line", "service"),
    "billing_method": ("contract_line", "billing_method"),
    "billing_status": ("actual", "billing_status"),
    "billing_type": ("actual", "billing_type"),
    "transaction_type": ("actual", "transaction_type"),
    "transaction_class": ("actual", "transaction_class"),
    "adjustment_status": ("actual", "adjustment_status"),
    "run_status": ("schedule_row", "status"),
    "milestone_status": ("milestone", "status"),
    "proforma_status": ("invoice", "status"),
    "frequency_period": ("invoice_frequency", "period"),
    "days_of_run": ("invoice_frequency", "days_of_run"),
    "weekday": ("invoice_frequency_detail", "weekday"),
    "occurrence": ("invoice_frequency_detail", "occurrence"),
    "customer_type": ("invoice_detail", "customer_type"),
    "product_type": ("invoice_line", "product_type"),
    "amount_method": ("invoice_detail", "amount_method"),
    "not_to_exceed_status": ("actual", "not_to_exceed_status"),
    "retainer_status": ("retainer", "status"),
    "refund_status": ("retainer", "refund_status"),
}

#: Choices that labels resolve and that decide what is billed, whatever the settings.
MONEY_BY_LABEL = frozenset({"not_to_exceed_status"})

#: Words whose absence from a tenant is normal: they come with other products (schema, section 2).
ELSEWHERE = frozenset(
    {"work-order-closed-posted", "commission", "additional", "service-maintenance", "field-service"}
)


def definition_findings(mapping: TenantMapping, tables: Tables) -> Iterator[Finding]:
    """Everything of *mapping* that the tenant's *tables* lack, or have otherwise."""
    yield from _tables(mapping, tables)
    yield from _columns(mapping, tables)
    yield from _choices(mapping, tables)
    yield from _dates(mapping, tables)
    yield from _constants(mapping, tables)
    yield from _payment_terms(mapping, tables)


def _table_names(mapping: TenantMapping) -> tuple[str, ...]:
    return tuple(dict.fromkeys(table.table for _, table in mapped_tables(mapping)))


def _tables(mapping: TenantMapping, tables: Tables) -> Iterator[Finding]:
    found = [_table(name, table, tables.get(table.table)) for name, table in mapped_tables(mapping)]
    findings = [finding for finding in found if finding is not None]
    yield from findings
    if not any(finding.severity is Severity.ERROR for finding in findings):
        there = sum(1 for name in _table_names(mapping) if name in tables)
        yield ok(Area.TABLES, f"{there} tables are there, and those that a run needs")


def _table(name: str, table: Table, info: TableInfo | None) -> Finding | None:
    """What is wrong with one table of the mapping; None where it is as it should be."""
    if info is None and name in OPTIONAL_TABLES:
        text = f"[{name}] this tenant has no table {table.table!r}"
        return warning(Area.TABLES, text, loss_of_table(name))
    if info is None:
        text = f"[{name}] table {table.table!r} does not exist in this tenant"
        return error(Area.TABLES, text, "is Project Operations installed? see the mapping")
    if info.entity_set != table.set:
        text = f"[{name}] set is {table.set!r}, the tenant calls it {info.entity_set!r}"
        return error(Area.TABLES, text, f"write set = {info.entity_set!r} into the mapping")
    return None


def _columns(mapping: TenantMapping, tables: Tables) -> Iterator[Finding]:
    found = [_absent(missing) for missing in missing_names(mapping, tables)]
    yield from found or (ok(Area.COLUMNS, "every mapped column is there"),)


def _absent(missing: MissingName) -> Finding:
    if missing.required:
        hint = "nothing can be billed without it: correct the name in the mapping"
        return error(Area.COLUMNS, str(missing), hint)
    return warning(Area.COLUMNS, str(missing), loss_of(missing.entry))


def _choices(mapping: TenantMapping, tables: Tables) -> Iterator[Finding]:
    found = [
        finding
        for choice, (table, field) in CHOICE_COLUMNS.items()
        if (attribute := _attribute(mapping, tables, table, field)) is not None
        for finding in _choice(mapping, choice, attribute)
    ]
    yield from found or (ok(Area.CHOICES, "every mapped choice value is there"),)


def _attribute(
    mapping: TenantMapping, tables: Tables, table: str, field: str
) -> AttributeInfo | None:
    entry = getattr(mapping, table)
    info = tables.get(entry.table)
    return info.attributes.get(getattr(entry, field) or "") if info else None


def _choice(mapping: TenantMapping, choice: str, attribute: AttributeInfo) -> Iterator[Finding]:
    options = attribute.options or {}
    numbers: Mapping[str, int] = getattr(mapping.choices, choice)
    for word, number in numbers.items():
        if number not in options and word not in ELSEWHERE:
            text = f"choices.{choice} {word!r} = {number}: the tenant's choice has no such value"
            yield error(Area.CHOICES, text, f"it has {_shown(options)}")
    labels: Mapping[str, tuple[str, ...]] = getattr(mapping.labels, choice, {})
    found = numbers_by_label(labels, attribute, numbers)
    unlike = [word for word in labels if word not in numbers and word not in found]
    for word in unlike if options else ():
        text = f"labels.{choice} {word!r}: no label of the tenant, in any language, is one of its"
        hint = f"it has {_shown(_told(attribute))}; write the number under [choices.{choice}]"
        if choice in MONEY_BY_LABEL:
            yield error(Area.CHOICES, text, f"{hint}; records with it are left behind until then")
        else:
            yield warning(Area.CHOICES, text, hint)


def _told(attribute: AttributeInfo) -> Mapping[int, str]:
    """Each number with its labels in every language."""
    return {number: " / ".join(labels) for number, labels in (attribute.labels or {}).items()}


def _shown(options: Mapping[int, str]) -> str:
    return ", ".join(f"{number} {label!r}" for number, label in sorted(options.items())) or "none"


def _dates(mapping: TenantMapping, tables: Tables) -> Iterator[Finding]:
    """Date columns whose behaviour is not the documented one: read right, but worth knowing."""
    for name, table in mapped_tables(mapping):
        info = tables.get(table.table)
        for field in type(table).model_fields if info else ():
            column = getattr(table, field)
            if info is None or not isinstance(column, DateColumn):
                continue
            there = info.attributes.get(column.column)
            behaviour = there.date_behaviour if there else None
            if behaviour is not None and behaviour is not BEHAVIOURS[column.behaviour]:
                text = (
                    f"[{name}] {field}: documented {column.behaviour}, in this tenant {behaviour}"
                )
                hint = "the tenant's behaviour is used"
                yield Finding(area=Area.DATES, severity=Severity.WARNING, text=text, hint=hint)


def _constants(mapping: TenantMapping, tables: Tables) -> Iterator[Finding]:
    for fault in constant_faults(mapping, tables):
        yield error(Area.COLUMNS, fault, "correct the constant in the mapping, or remove it")


def _payment_terms(mapping: TenantMapping, tables: Tables) -> Iterator[Finding]:
    """Numbers of the mapping that no invoice has, and customer's terms that have no counterpart."""
    for number, target in unknown_targets(mapping, tables):
        text = f"[payment_terms] {number} = {target}: an invoice has no such payment terms"
        yield error(Area.CHOICES, text, "correct the number on the right, or remove the line")
    names = mapping.contract_customer
    info = tables.get(names.table)
    own = info.attributes.get(names.payment_terms) if info else None
    known = payment_terms(mapping, tables)
    for number, label in (own.options or {}).items() if own else ():
        if number not in known:
            text = f"payment terms {number} {label!r} of a contract customer: none on an invoice"
            hint = f"invoices get none; write {number} = … under [payment_terms]"
            yield Finding(area=Area.CHOICES, severity=Severity.WARNING, text=text, hint=hint)
