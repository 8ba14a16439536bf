"""What the emulator answers with 501, read from the calls in its own source."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_FOLDER = Path(__file__).parents[1]
_RAISES = "unsupported"


def refused_by_name() -> tuple[str, ...]:
    """
    Every feature that some line of the emulator refuses by name, sorted; `…` is what varies.

    Raises `ValueError` for a call whose words stand neither in it nor in its function.
    """
    paths = sorted(_FOLDER.rglob("*.py"))
    found = {feature for path in paths for feature in features_in(path.read_text("utf-8"))}
    return tuple(sorted(found, key=lambda text: (text.strip("'…").lower(), text)))


def features_in(source: str) -> Iterator[str]:
    """The features that the calls of one module refuse."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef):
            words = _assigned(node)
            calls = (call for call in ast.walk(node) if isinstance(call, ast.Call))
            yield from (_text(c.keywords[0].value, words) for c in calls if _is_refusal(c))


def _is_refusal(call: ast.Call) -> bool:
    return (
        isinstance(call.func, ast.Attribute)
        and call.func.attr == _RAISES
        and [keyword.arg for keyword in call.keywords] == ["feature"]
    )


def _assigned(function: ast.FunctionDef) -> dict[str, ast.expr]:
    return {
        target.id: node.value
        for node in ast.walk(function)
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }


def _text(value: ast.expr, words: dict[str, ast.expr]) -> str:
    if isinstance(value, ast.Name) and value.id in words:
        value = words[value.id]
    if isinstance(value, ast.Constant):
        return str(value.value)
    if isinstance(value, ast.JoinedStr):
        return "".join(
            str(part.value) if isinstance(part, ast.Constant) else "…" for part in value.values
        )
    message = f"the refusal in line {value.lineno} does not say in words what it refuses"
    raise ValueError(message)
