"""FEEL as Python source, for the twin: what its scripts and conditions say, said to a bare SpiffWorkflow.

Only what our diagrams use is translated; anything else is refused, so that no twin is quietly easier than
its original. Contexts become dictionaries, ``null`` becomes ``None``, a space in a name an underscore.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import singledispatch

from engine.feel import compile_expression
from engine.feel.syntax import tree
from engine.feel.values import Value


class UntranslatableError(ValueError):
    """An expression uses a form of FEEL that the translation doesn't know; the message names it."""


def python_of(text: str) -> str:
    """The Python expression for a FEEL expression, written with or without the leading ``=``.

    Raises:
        UntranslatableError: it uses a form that isn't translated.
        FeelSyntaxError: it isn't FEEL.
    """
    return _source(compile_expression(text.removeprefix("=")).tree)


def function_of(text: str, parameters: tuple[str, ...]) -> Callable[..., object]:
    """A FEEL expression as a compiled Python function of its variables."""
    made: Callable[..., object] = eval(f"lambda {', '.join(parameters)}: {python_of(text)}", {})
    return made


@singledispatch
def _source(node: tree.Node) -> str:
    raise UntranslatableError(f"{type(node).__name__} isn't translated to Python; python_source.py lacks it.")


@_source.register
def _literal(node: tree.Literal) -> str:
    return repr(_plain(node.value))


@_source.register
def _name(node: tree.Name) -> str:
    name = node.name.replace(" ", "_")
    if not name.isidentifier():
        raise UntranslatableError(f"'{node.name}' can't be made a name in Python.")
    return name


@_source.register
def _path(node: tree.Path) -> str:
    return f"{_source(node.source)}[{node.name!r}]"


@_source.register
def _comparison(node: tree.Comparison) -> str:
    left, right = _source(node.left), _source(node.right)
    operator = {"=": "=="}.get(node.operator, node.operator)
    if right in ("None", "True", "False"):
        operator = {"==": "is", "!=": "is not"}.get(operator, operator)
    return f"({left} {operator} {right})"


@_source.register
def _and(node: tree.And) -> str:
    return f"({' and '.join(map(_source, node.operands))})"


@_source.register
def _or(node: tree.Or) -> str:
    return f"({' or '.join(map(_source, node.operands))})"


@_source.register
def _if(node: tree.If) -> str:
    return f"({_source(node.yes)} if {_source(node.condition)} else {_source(node.no)})"


@_source.register
def _sum(node: tree.Sum) -> str:
    return f"({' + '.join(map(_source, node.terms))})"


@_source.register
def _context(node: tree.ContextNode) -> str:
    entries = zip(node.keys, node.values, strict=True)
    return f"{{{', '.join(f'{key!r}: {_source(value)}' for key, value in entries)}}}"


@_source.register
def _list(node: tree.ListNode) -> str:
    return f"[{', '.join(map(_source, node.items))}]"


@_source.register
def _call(node: tree.Call) -> str:
    if isinstance(node.function, tree.Name) and node.function.name == "concatenate":
        return f"[{', '.join(f'*{_source(argument)}' for argument in node.arguments)}]"
    raise UntranslatableError("Of FEEL's functions only concatenate is translated to Python.")


def _plain(value: Value) -> object:
    """A literal as Python writes it; numbers of FEEL that are whole become integers."""
    if value is None or isinstance(value, bool | str):
        return value
    whole = int(value)
    if whole != value:
        raise UntranslatableError(f"{value} isn't a whole number.")
    return whole
