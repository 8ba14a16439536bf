"""The whole mapping as one frozen value."""

from __future__ import annotations

import math
from collections.abc import Mapping as MappingOf
from typing import Annotated, Literal, TypeAlias

from pydantic import BeforeValidator, Field, StringConstraints

from connector.mapping.tables import (
    ActualTable,
    BatchJobTable,
    ConnectionTable,
    ContractCustomerTable,
    ContractLineCustomerTable,
    ContractLineTable,
    ContractTable,
    CurrencyTable,
    DateColumn,
    Entry,
    InvoiceDetailTable,
    InvoiceFrequencyDetailTable,
    InvoiceFrequencyTable,
    InvoiceLineTable,
    InvoiceTable,
    MilestoneTable,
    Name,
    RelatedTables,
    RetainerTable,
    ScheduleRowTable,
    Table,
)
from connector.mapping.utilization import UtilizationTables

__all__ = ["ChoiceWord", "Constant", "CopyRule", "DateColumn", "Table", "TenantMapping"]


def _single(value: object) -> object:
    """One line in a message, where a choice of types would make four."""
    is_number = isinstance(value, float) and math.isfinite(value)
    if is_number or isinstance(value, bool | int | str):
        return value
    message = "expected true or false, a number or a text"
    raise ValueError(message)


Constant: TypeAlias = Annotated[bool | int | float | str, BeforeValidator(_single)]
"""What a constant of the mapping may be; the column that takes it decides which."""

Condition = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
"""An OData filter expression; an empty one would ask for nothing."""

ChoiceWord = str
"""One of our words for a choice value; the value of the matching enum in the domain."""


class CopyRule(Entry):
    """
    A column that travels from a source row to the row that bills it.

    With *set*, `from` is a lookup and `to` the navigation property that is bound to a row of that
    entity set; without it a plain value is copied. An *optional* value travels where the tenant
    has both ends; of another one the target must be there.
    """

    source: Name = Field(alias="from")
    target: Name = Field(alias="to")
    set: Name | None = None
    optional: bool = False


class CopyRules(Entry):
    """The copy tables, by where the value comes from and goes to."""

    contract_to_invoice: tuple[CopyRule, ...] = ()
    contract_line_to_line: tuple[CopyRule, ...] = ()
    milestone_to_detail: tuple[CopyRule, ...] = ()
    actual_to_detail: tuple[CopyRule, ...] = ()
    product_line_to_line: tuple[CopyRule, ...] = ()


class ChoiceNumbers(Entry):
    """The number behind each of our words, per choice."""

    order_type: MappingOf[ChoiceWord, int]
    contract_state: MappingOf[ChoiceWord, int]
    contract_reason: MappingOf[ChoiceWord, int]
    line_service: MappingOf[ChoiceWord, int]
    billing_method: MappingOf[ChoiceWord, int]
    billing_status: MappingOf[ChoiceWord, int]
    billing_type: MappingOf[ChoiceWord, int]
    transaction_type: MappingOf[ChoiceWord, int]
    transaction_class: MappingOf[ChoiceWord, int]
    adjustment_status: MappingOf[ChoiceWord, int]
    run_status: MappingOf[ChoiceWord, int]
    milestone_status: MappingOf[ChoiceWord, int]
    proforma_status: MappingOf[ChoiceWord, int]
    frequency_period: MappingOf[ChoiceWord, int]
    days_of_run: MappingOf[ChoiceWord, int]
    weekday: MappingOf[ChoiceWord, int]
    occurrence: MappingOf[ChoiceWord, int]
    customer_type: MappingOf[ChoiceWord, int]
    product_type: MappingOf[ChoiceWord, int]
    amount_method: MappingOf[ChoiceWord, int]
    not_to_exceed_status: MappingOf[ChoiceWord, int] = Field(default_factory=dict)
    retainer_status: MappingOf[ChoiceWord, int] = Field(default_factory=dict)
    refund_status: MappingOf[ChoiceWord, int] = Field(default_factory=dict)


class ChoiceLabels(Entry):
    """The labels by which numbers are found that no public source shows."""

    transaction_class: MappingOf[ChoiceWord, tuple[str, ...]] = Field(default_factory=dict)
    not_to_exceed_status: MappingOf[ChoiceWord, tuple[str, ...]] = Field(default_factory=dict)
    retainer_status: MappingOf[ChoiceWord, tuple[str, ...]] = Field(default_factory=dict)
    refund_status: MappingOf[ChoiceWord, tuple[str, ...]] = Field(default_factory=dict)


class Constants(Entry):
    """Columns that every written row of a table gets with the same value."""

    invoice: MappingOf[Name, Constant] = Field(default_factory=dict)
    invoice_line: MappingOf[Name, Constant] = Field(default_factory=dict)
    invoice_detail: MappingOf[Name, Constant] = Field(default_factory=dict)


class Conditions(Entry):
    """Extra OData filter expressions per table, joined to the connector's own with `and`."""

    contract: Condition | None = None
    contract_line: Condition | None = None
    schedule_row: Condition | None = None
    milestone: Condition | None = None
    actual: Condition | None = None
    retainer: Condition | None = None


class Actions(Entry):
    """
    Names of the tenant's own actions (write mode `platform`).

    *create_from_schedule_otherwise* are its other names, tried in order where the tenant lacks the
    first one. *job_table* is the table of the jobs to which such an action may hand its work.
    """

    create_from_schedule: Name
    create_from_schedule_otherwise: tuple[Name, ...] = (
        "msdyn_CreateInvoiceFromInvoiceSchedule",
        "msdyn_createinvoicefrominvoiceschedule",
    )
    job_table: Name | None = "msdyn_longrunningjobstatus"
    mark_ready: Name


class TenantMapping(Entry):
    """Everything that binds our words to a tenant's names."""

    format: Literal["proforma-mapping/1"]
    contract: ContractTable
    contract_line: ContractLineTable
    schedule_row: ScheduleRowTable
    milestone: MilestoneTable
    contract_customer: ContractCustomerTable
    contract_line_customer: ContractLineCustomerTable
    actual: ActualTable
    retainer: RetainerTable
    currency: CurrencyTable
    invoice_frequency: InvoiceFrequencyTable
    invoice_frequency_detail: InvoiceFrequencyDetailTable
    batch_job: BatchJobTable
    invoice: InvoiceTable
    invoice_line: InvoiceLineTable
    invoice_detail: InvoiceDetailTable
    connection: ConnectionTable
    related: RelatedTables = RelatedTables()
    utilization: UtilizationTables = UtilizationTables()
    choices: ChoiceNumbers
    labels: ChoiceLabels = ChoiceLabels()
    payment_terms: MappingOf[int, int] = Field(default_factory=dict)
    constants: Constants = Field(default=Constants(), alias="set")
    copy_rules: CopyRules = Field(default=CopyRules(), alias="copy")
    conditions: Conditions = Conditions()
    actions: Actions
