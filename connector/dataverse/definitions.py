"""
The documents of the Web API's metadata resources, decoded straight from their bytes.

A tenant's tables have hundreds of columns and thousands of labels, and every run reads them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

import msgspec

from connector.dataverse.errors import MalformedAnswer
from connector.dataverse.json_text import with_whole_characters, without_mark
from connector.dataverse.values import DateBehaviour

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from connector.dataverse.message import Response

_Item = TypeVar("_Item")


class _Document(msgspec.Struct, rename="pascal", kw_only=True):
    """A part of a definition; its names on the wire begin with a capital letter."""


class Column(_Document):
    """What a table's own definition says of one of its columns."""

    logical_name: str
    attribute_type: str
    is_valid_for_create: bool | None = None


class Table(_Document):
    """A table's own definition."""

    logical_name: str
    entity_set_name: str
    primary_id_attribute: str
    attributes: list[Column]


class Behaviour(_Document):
    """How the values of a date column are meant."""

    value: DateBehaviour


class DateColumn(_Document):
    """A date column."""

    logical_name: str
    date_time_behavior: Behaviour


class LocalizedLabel(_Document):
    """A text in one language."""

    label: str


class Label(_Document):
    """A text in every language of the tenant."""

    localized_labels: list[LocalizedLabel]
    user_localized_label: LocalizedLabel | None = None

    @property
    def texts(self) -> tuple[str, ...]:
        """The text in every language, the user's own first, each once."""
        own = [] if self.user_localized_label is None else [self.user_localized_label]
        return tuple(dict.fromkeys(found.label for found in [*own, *self.localized_labels]))


class Option(_Document):
    """One value of a choice."""

    value: int
    label: Label | None = None


class OptionSet(_Document):
    """The values of a choice."""

    options: list[Option]


class ChoiceColumn(_Document):
    """A choice column with its values, its own or a global choice's."""

    logical_name: str
    option_set: OptionSet | None = None
    global_option_set: OptionSet | None = None

    @property
    def options(self) -> Iterator[Option]:
        """All its values."""
        for found in (self.option_set, self.global_option_set):
            if found is not None:
                yield from found.options


class TextColumn(_Document):
    """A column of text and how many characters it holds."""

    logical_name: str
    max_length: int | None = None


class NumberColumn(_Document):
    """A column of exact numbers and how many decimal places it holds."""

    logical_name: str
    precision: int | None = None


class Relationship(_Document):
    """The navigation property by which a look-up column is bound to one table."""

    referencing_attribute: str
    referencing_entity_navigation_property_name: str
    referenced_entity: str


class _Page(msgspec.Struct, Generic[_Item]):
    value: list[_Item]


def reader(item: type[_Item]) -> Callable[[Response], list[_Item]]:
    """What decodes a list of *item*; it raises MalformedAnswer for anything else."""
    decoder = msgspec.json.Decoder(_Page[item])  # type: ignore[valid-type]

    def read(response: Response) -> list[_Item]:
        body = without_mark(response.body)
        if b"\\u" in bytes(body):
            body = with_whole_characters(body)
        try:
            return decoder.decode(body).value
        except (msgspec.DecodeError, ValueError, RecursionError) as error:
            message = f"metadata: the answer is no list of {item.__name__}: {error}"
            raise MalformedAnswer(message, request=response.request) from error

    return read
