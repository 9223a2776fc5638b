"""The tree of an expression: one small class for each form of the language."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any

from engine.feel.errors import FeelSyntaxError

TALLEST = 120
"""Height of a finished tree; the parser loops over chains, so its own depth counter doesn't see them."""


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """Any part of an expression, with the position of its first character."""

    position: int


@dataclass(frozen=True, slots=True, eq=False)
class Literal(Node):
    """A number, string, boolean or null."""

    value: Any


@dataclass(frozen=True, slots=True, eq=False)
class AtLiteral(Node):
    """A temporal value written ``@"..."``."""

    text: str


@dataclass(frozen=True, slots=True, eq=False)
class Name(Node):
    """A variable, parameter, context entry or built-in."""

    name: str


@dataclass(frozen=True, slots=True, eq=False)
class Path(Node):
    """``source.name``."""

    source: Node
    name: str


@dataclass(frozen=True, slots=True, eq=False)
class Filter(Node):
    """``source[condition]``: a selection by condition or by position."""

    source: Node
    condition: Node


@dataclass(frozen=True, slots=True, eq=False)
class Call(Node):
    """``function(a, b)``."""

    function: Node
    arguments: tuple[Node, ...]


@dataclass(frozen=True, slots=True, eq=False)
class NamedCall(Node):
    """``function(a: 1, b: 2)``."""

    function: Node
    names: tuple[str, ...]
    arguments: tuple[Node, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Negation(Node):
    """``-operand``."""

    operand: Node


@dataclass(frozen=True, slots=True, eq=False)
class Arithmetic(Node):
    """Two operands with one of ``- * / **``."""

    operator: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True, eq=False)
class Sum(Node):
    """A chain of ``+``, flat so that a long letter put together with ``+`` isn't a tall tree."""

    terms: tuple[Node, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Comparison(Node):
    """Two operands with one of ``= != < <= > >=``."""

    operator: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True, eq=False)
class Between(Node):
    """``value between low and high``."""

    value: Node
    low: Node
    high: Node


@dataclass(frozen=True, slots=True, eq=False)
class In(Node):
    """``value in tests``."""

    value: Node
    tests: tuple[Node, ...]


@dataclass(frozen=True, slots=True, eq=False)
class And(Node):
    """A chain of ``and``."""

    operands: tuple[Node, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Or(Node):
    """A chain of ``or``."""

    operands: tuple[Node, ...]


@dataclass(frozen=True, slots=True, eq=False)
class If(Node):
    """``if condition then yes else no``."""

    condition: Node
    yes: Node
    no: Node


@dataclass(frozen=True, slots=True, eq=False)
class Iteration(Node):
    """``name in domain``, or ``name in low..high`` when there is a ``last``."""

    name: str
    domain: Node
    last: Node | None


@dataclass(frozen=True, slots=True, eq=False)
class For(Node):
    """``for iterations return body``."""

    iterations: tuple[Iteration, ...]
    body: Node


@dataclass(frozen=True, slots=True, eq=False)
class Quantified(Node):
    """``some`` or ``every`` ``iterations satisfies body``."""

    every: bool
    iterations: tuple[Iteration, ...]
    body: Node


@dataclass(frozen=True, slots=True, eq=False)
class TypeName:
    """A type as written: its name, and its parts in the order of ``list<T>``, ``context<a: T>`` and so on."""

    name: str
    position: int
    parts: tuple[TypeName, ...] = ()
    keys: tuple[str, ...] = ()
    result: TypeName | None = None


@dataclass(frozen=True, slots=True, eq=False)
class FunctionDefinition(Node):
    """``function(parameters) body``; an external one has no body that could be run."""

    parameters: tuple[tuple[str, TypeName | None], ...]
    body: Node
    external: bool


@dataclass(frozen=True, slots=True, eq=False)
class ContextNode(Node):
    """``{key: value, ...}``."""

    keys: tuple[str, ...]
    values: tuple[Node, ...]


@dataclass(frozen=True, slots=True, eq=False)
class ListNode(Node):
    """``[a, b]``."""

    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Interval(Node):
    """``[low..high]`` with ends closed or open."""

    low: Node
    high: Node
    low_closed: bool
    high_closed: bool


@dataclass(frozen=True, slots=True, eq=False)
class OneSided(Node):
    """``< end`` and its kin: an interval with one end, or a test for (in)equality."""

    operator: str
    end: Node


@dataclass(frozen=True, slots=True, eq=False)
class InstanceOf(Node):
    """``value instance of type``."""

    value: Node
    type: TypeName


@dataclass(frozen=True, slots=True, eq=False)
class Tests(Node):
    """A table's cell: any of the tests, or none of them; no tests at all match everything."""

    tests: tuple[Node, ...]
    negated: bool


_PARTS: dict[type[Node], tuple[str, ...]] = {}


def _parts(kind: type[Node]) -> tuple[str, ...]:
    """The attributes of a kind of node that may hold other nodes."""
    known = _PARTS.get(kind)
    if known is None:
        known = _PARTS[kind] = tuple(field.name for field in fields(kind) if field.name != "position")
    return known


def children(node: Node) -> Iterator[Node]:
    """The parts of a node that are nodes themselves."""
    for name in _parts(type(node)):
        value = getattr(node, name)
        if isinstance(value, Node):
            yield value
        elif isinstance(value, tuple):
            yield from (part for part in value if isinstance(part, Node))


def measure(root: Node) -> dict[int, int]:
    """The number of nodes below and with each node, by ``id``.

    Raises:
        FeelSyntaxError: if the tree is taller than 120: compiler and closures recurse along it.
    """
    sizes: dict[int, int] = {}
    path: list[tuple[Node, Iterator[Node]]] = [(root, children(root))]
    while path:
        node, rest = path[-1]
        child = next(rest, None)
        if child is not None:
            if len(path) >= TALLEST:
                raise FeelSyntaxError("The expression is nested too deeply. Split it.", child.position)
            path.append((child, children(child)))
            continue
        path.pop()
        sizes[id(node)] = sizes.get(id(node), 0) + 1
        if path:
            parent = id(path[-1][0])
            sizes[parent] = sizes.get(parent, 0) + sizes[id(node)]
    return sizes
