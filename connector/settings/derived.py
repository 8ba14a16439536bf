"""
The `[policy]` and `[bounds]` tables, derived from the dataclasses of the rules.

A decision that is added to the rules is thereby a key of the configuration; what is left out
here is configured in another section.
"""

from __future__ import annotations

from dataclasses import Field, fields
from decimal import Decimal
from types import NoneType
from typing import Final, TypeVar, get_args, get_type_hints

from pydantic import Field as KeyInfo
from pydantic import create_model, field_validator

from connector.invoicing.policy import Bounds, Policy
from connector.settings.sections import Section

#: What switches an optional bound off, for TOML has no word for nothing.
OFF: Final = "off"

#: Decisions of `Policy` that `[run]` configures.
ELSEWHERE: Final = frozenset({"missed_dates", "catch_up_days"})

Rules = TypeVar("Rules", Policy, Bounds)


def _nothing_if_off(value: object) -> object:
    return None if value == OFF else value


def _key(field: Field[object], hint: object) -> tuple[object, object]:
    """Type and default of a key: numbers are positive unless signed; the absent may be `off`."""
    kinds = get_args(hint) or (hint,)
    if Decimal in kinds:  # the validator before it has unpacked the JSON: text is all there is
        lowest = None if field.metadata.get("signed") else 0
        return hint, KeyInfo(field.default, gt=lowest, strict=False)
    return hint, KeyInfo(field.default, gt=0) if int in kinds else field.default


def _table(rules: type[Policy | Bounds]) -> type[Section]:
    hints = get_type_hints(rules, localns={"Decimal": Decimal})
    keys = {
        field.name: _key(field, hints[field.name])
        for field in fields(rules)
        if field.name not in ELSEWHERE
    }
    off = [name for name in keys if NoneType in get_args(hints[name])]
    validators = {"off": field_validator(*off, mode="before")(_nothing_if_off)} if off else {}
    name = f"{rules.__name__}Section"
    return create_model(name, __base__=Section, __validators__=validators, **keys)  # type: ignore[call-overload,no-any-return]


PolicySection: Final = _table(Policy)
BoundsSection: Final = _table(Bounds)


def rules_from(table: Section, rules: type[Rules], **elsewhere: object) -> Rules:
    """The decisions that a validated *table* spells out, with those configured *elsewhere*."""
    return rules(**(table.model_dump() | elsewhere))
