"""Labels in several languages as schema files write them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from connector.emulator.schema.languages import ENGLISH, Languages, is_language
from connector.emulator.schema.malformed import malformed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from connector.emulator.schema.model import Column, Schema, Table

OptionSets = dict[str, dict[int, str]]
OptionLabels = dict[int, "Mapping[int, str]"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedOptions:
    """Global option sets by name: their options, and the labels of these by language."""

    options: OptionSets
    labels: dict[str, OptionLabels]


def read_languages(body: Mapping[str, Any] | None, base: Languages) -> Languages:
    """The languages of a schema document; those of *base* where it says nothing."""
    if body is None:
        return base
    unknown = sorted(set(body) - {"base", "installed"})
    if unknown:
        raise malformed(place="languages", reason=f"unknown key '{unknown[0]}'")
    found = Languages(base=_language("languages", body.get("base", base.base)))
    installed = (_language("languages", one) for one in body.get("installed", base.installed))
    return found.with_installed(*installed)


def read_texts(place: str, body: Mapping[str, Any] | None) -> dict[int, str]:
    """Texts by LCID, as ``{"1033": "Active", "1031": "Aktiv"}`` writes them."""
    if body is not None and not isinstance(body, dict):
        raise malformed(place=place, reason="texts by language were expected")
    found = {_language(place, language): text for language, text in (body or {}).items()}
    wrong = [language for language, text in found.items() if not isinstance(text, str)]
    if wrong:
        raise malformed(place=place, reason=f"the text of language {wrong[0]} is no text")
    return found


def read_options(place: str, values: Mapping[str, Any]) -> tuple[dict[int, str], OptionLabels]:
    """
    Options by value, and the labels of those that have several.

    An option is its label, or ``{"labels": {"1033": "...", "1031": "..."}}``; null where no
    source shows its label.
    """
    options: dict[int, str] = {}
    labels: OptionLabels = {}
    for text, label in values.items():
        try:
            value = int(text)
        except ValueError as error:
            raise malformed(place=f"options of '{place}'", reason=error) from error
        if label is None or isinstance(label, str):
            options[value] = label or ""
            continue
        named = f"option {value} of '{place}'"
        if not isinstance(label, dict) or set(label) != {"labels"} or not label["labels"]:
            raise malformed(place=named, reason="a label, or 'labels' by language, was expected")
        texts = read_texts(named, label["labels"])
        options[value] = plain_text(texts)
        labels[value] = texts
    return options, labels


def plain_text(texts: Mapping[int, str]) -> str:
    """The text that stands for all languages: English if there is any, else the first."""
    return texts.get(ENGLISH) or next(iter(texts.values()))


def written_options(
    options: Mapping[int, str], labels: Mapping[int, Mapping[int, str]]
) -> dict[str, object]:
    """Options as `read_options` reads them back."""
    return {
        str(value): {"labels": written_texts({ENGLISH: text, **labels[value]})}
        if labels.get(value)
        else text
        for value, text in options.items()
    }


def written_texts(texts: Mapping[int, str]) -> dict[str, str]:
    """Texts as `read_texts` reads them back."""
    return {str(language): text for language, text in texts.items()}


def with_translations(schema: Schema, document: Mapping[str, Any]) -> Schema:
    """
    *schema* with the section ``translations`` of a document, which adds labels of a language.

    ``{"1031": {"option_sets": {name: {value: text}}, "tables": {name: {"label": …,
    "collection_label": …, "description": …, "columns": {name: {"label": …, "description": …,
    "options": {value: text}}}}}}}``. Raises SchemaError for a name that the schema lacks.
    """
    for text, body in document.items():
        language = _language("translations", text)
        _only(f"translations {language}", body, "option_sets", "tables")
        schema = _with_sets(schema, language, body.get("option_sets", {}))
        for name, told in body.get("tables", {}).items():
            table = schema.tables.get(name)
            if table is None:
                raise malformed(place=f"translations {language}", reason=f"no table '{name}'")
            schema = schema.with_table(_with_table(table, language, told))
        schema = replace(schema, languages=schema.languages.with_installed(language))
    return schema


def with_shared_options(table: Table, shared: SharedOptions, names: frozenset[str]) -> Table:
    """*table* with what the global option sets of these *names* hold now."""
    changed = {
        name: replace(
            column,
            options=shared.options[column.option_set],
            option_labels=shared.labels.get(column.option_set, {}),
        )
        for name, column in table.columns.items()
        if column.option_set is not None and column.option_set in names
    }
    return replace(table, columns={**table.columns, **changed}) if changed else table


def _with_sets(schema: Schema, language: int, body: Mapping[str, Any]) -> Schema:
    if not body:
        return schema
    labels = {name: dict(one) for name, one in schema.option_set_labels.items()}
    for name, told in body.items():
        place = f"translations {language}, option set '{name}'"
        if name not in schema.option_sets:
            raise malformed(place=place, reason="the schema has no such option set")
        labels[name] = _added(place, schema.option_sets[name], labels.get(name, {}), language, told)
    options = {name: dict(one) for name, one in schema.option_sets.items()}
    shared = SharedOptions(options=options, labels=labels)
    tables = {
        name: with_shared_options(table, shared, frozenset(body))
        for name, table in schema.tables.items()
    }
    return replace(schema, tables=tables, option_set_labels=labels)


def _added(
    place: str,
    options: Mapping[int, str],
    labels: Mapping[int, Mapping[int, str]],
    language: int,
    told: Mapping[str, Any],
) -> OptionLabels:
    found = dict(labels)
    for value, text in read_options(place, told)[0].items():
        if value not in options:
            raise malformed(place=place, reason=f"there is no option {value}")
        found[value] = {**found.get(value, {}), language: text}
    return found


def _with_table(table: Table, language: int, told: Mapping[str, Any]) -> Table:
    place = f"translations {language}, table '{table.logical_name}'"
    _only(place, told, "label", "collection_label", "description", "columns")
    columns = dict(table.columns)
    for name, body in told.get("columns", {}).items():
        if name not in columns:
            raise malformed(place=place, reason=f"no column '{name}'")
        columns[name] = _with_column(columns[name], language, body, f"{place}, column '{name}'")
    return replace(
        table,
        columns=columns,
        labels=_with_text(place, table.labels, language, told.get("label")),
        collection_labels=_with_text(
            place, table.collection_labels, language, told.get("collection_label")
        ),
        descriptions=_with_text(place, table.descriptions, language, told.get("description")),
    )


def _with_column(column: Column, language: int, told: Mapping[str, Any], place: str) -> Column:
    _only(place, told, "label", "description", "options")
    options = told.get("options", {})
    if options and column.option_set is not None:
        raise malformed(place=place, reason=f"its options are those of '{column.option_set}'")
    return replace(
        column,
        labels=_with_text(place, column.labels, language, told.get("label")),
        descriptions=_with_text(place, column.descriptions, language, told.get("description")),
        option_labels=_added(place, column.options, column.option_labels, language, options),
    )


def _with_text(
    place: str, texts: Mapping[int, str], language: int, text: object
) -> Mapping[int, str]:
    return texts if text is None else {**texts, **read_texts(place, {str(language): text})}


def _only(place: str, body: object, *allowed: str) -> None:
    if not isinstance(body, dict):
        raise malformed(place=place, reason="an object was expected")
    unknown = sorted(set(body) - set(allowed))
    if unknown:
        raise malformed(place=place, reason=f"unknown key '{unknown[0]}'")


def _language(place: str, text: object) -> int:
    try:
        language = int(str(text))
    except ValueError:
        language = 0
    if not is_language(language):
        raise malformed(place=place, reason=f"'{text}' is no language (LCID)")
    return language
