"""What the budgets of our style measure: length, nesting and parameters of functions."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

BLOCKS = (ast.If, ast.For, ast.While, ast.With, ast.Try, ast.Match, ast.AsyncFor, ast.AsyncWith)
SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """The measures of one function; *lines* leaves the docstring out."""

    name: str
    docstring: str
    lines: int
    nesting: int
    parameters: int


def shapes(source: str) -> Iterator[Shape]:
    """Every function of *source*, methods and inner functions included."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield shape(node)


def shape(node: ast.FunctionDef | ast.AsyncFunctionDef) -> Shape:
    return Shape(
        name=node.name,
        docstring=ast.get_docstring(node) or "",
        lines=body_lines(node),
        nesting=nesting(node, 0),
        parameters=parameters(node.args),
    )


def body_lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    body = node.body[1:] if ast.get_docstring(node) is not None else node.body
    return (node.end_lineno or node.lineno) - body[0].lineno + 1 if body else 0


def nesting(node: ast.AST, depth: int) -> int:
    inner = (child for child in ast.iter_child_nodes(node) if not isinstance(child, SCOPES))
    return max((nesting(child, depth_of(node, child, depth)) for child in inner), default=depth)


def depth_of(parent: ast.AST, child: ast.AST, depth: int) -> int:
    """An `elif` is an `If` inside the other for the parser, but no step deeper for a reader."""
    is_elif = isinstance(parent, ast.If) and isinstance(child, ast.If) and parent.orelse == [child]
    return depth + (isinstance(child, BLOCKS) and not is_elif)


def parameters(arguments: ast.arguments) -> int:
    named = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    return sum(argument.arg not in {"self", "cls"} for argument in named)
