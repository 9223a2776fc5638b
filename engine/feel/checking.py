"""Mistakes that can be found without evaluating: bad syntax, unknown names, functions and types."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from engine.feel.builtins import BUILTINS
from engine.feel.errors import FeelSyntaxError, Problem
from engine.feel.expression import Vocabulary
from engine.feel.functions import Functions
from engine.feel.signatures import Signature
from engine.feel.syntax.tree import (
    AtLiteral,
    Call,
    ContextNode,
    Filter,
    For,
    FunctionDefinition,
    InstanceOf,
    Name,
    NamedCall,
    Node,
    Quantified,
    TypeName,
    children,
)
from engine.feel.temporal import read_temporal
from engine.feel.types import BY_NAME

ANY_NAME = frozenset(("*",))
"""Given as the names where any variable may exist: then only functions can be unknown."""


def check(text: str, names: Iterable[str] = (), functions: Functions = BUILTINS) -> list[Problem]:
    """The mistakes of an expression, so that they are found when a diagram is uploaded.

    Args:
        text: the expression.
        names: of the variables it may read; ``*`` among them allows any.
        functions: the functions it may call.
    """
    vocabulary = Vocabulary(names, functions)
    try:
        tree = vocabulary.tree(text)
    except FeelSyntaxError as error:
        return [Problem(error.message, error.position)]
    return problems(tree, vocabulary)


def problems(tree: Node, vocabulary: Vocabulary, local: frozenset[str] = frozenset()) -> list[Problem]:
    """The unknown names, functions and types of a tree, and ``@`` literals that can't be read.

    ``local`` holds names that exist besides those of the vocabulary; ``*`` stands for any.
    """
    return list(_Checker(vocabulary).visit(tree, local))


class _Checker:
    """Walks a tree with the names that each part sees. Inside a filter an item's entries are names too,
    and which they are isn't known: names are believed there."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._names = vocabulary.names
        self._functions = vocabulary.functions
        self._find_type = vocabulary.find_type
        self._types = frozenset(vocabulary.types)

    def visit(self, node: Node, local: frozenset[str]) -> Iterator[Problem]:
        """The problems of a part of the tree that sees these names besides those of the outside."""
        if isinstance(node, Name):
            yield from self._name(node, local)
        elif isinstance(node, Call):
            yield from self._call(node, local)
        elif isinstance(node, NamedCall):
            yield from self._named_call(node, local)
        elif isinstance(node, (For, Quantified)):
            yield from self._loop(node, local)
        elif isinstance(node, ContextNode):
            yield from self._context(node, local)
        elif isinstance(node, Filter):
            yield from self.visit(node.source, local)
            yield from self.visit(node.condition, local | {"item"} | ANY_NAME)
        elif isinstance(node, FunctionDefinition):
            yield from self._definition(node, local)
        else:
            yield from self._leaf(node)
            for child in children(node):
                yield from self.visit(child, local)

    def _knows(self, name: str, local: frozenset[str]) -> bool:
        return name in local or name in self._names or "*" in local or "*" in self._names

    def _name(self, node: Name, local: frozenset[str]) -> Iterator[Problem]:
        if not self._knows(node.name, local) and node.name not in self._functions:
            yield Problem(f"There is no variable '{node.name}' here.", node.position)

    def _called(self, function: Node, local: frozenset[str]) -> Iterator[Problem]:
        if not isinstance(function, Name):
            yield from self.visit(function, local)
        elif function.name not in self._functions and function.name not in local | self._names:
            yield Problem(f"There is no function '{function.name}'.", function.position)

    def _signatures(self, function: Node, local: frozenset[str]) -> tuple[Signature, ...]:
        if not isinstance(function, Name) or function.name in local | self._names:
            return ()
        known = self._functions.get(function.name)
        return known.signatures if known else ()

    def _call(self, node: Call, local: frozenset[str]) -> Iterator[Problem]:
        yield from self._called(node.function, local)
        signatures = self._signatures(node.function, local)
        if signatures and not any(takes(signature, len(node.arguments)) for signature in signatures):
            wanted = " or ".join(str(signature) for signature in signatures)
            yield Problem(f"The call has {len(node.arguments)} arguments, but it is {wanted}.", node.position)
        for argument in node.arguments:
            yield from self.visit(argument, local)

    def _named_call(self, node: NamedCall, local: frozenset[str]) -> Iterator[Problem]:
        yield from self._called(node.function, local)
        signatures = self._signatures(node.function, local)
        given = set(node.names)
        if signatures and not any(given <= {part.name for part in one.parameters} for one in signatures):
            wanted = " or ".join(str(signature) for signature in signatures)
            yield Problem(f"The call's arguments don't fit {wanted}.", node.position)
        for argument in node.arguments:
            yield from self.visit(argument, local)

    def _loop(self, node: For | Quantified, local: frozenset[str]) -> Iterator[Problem]:
        inner = local
        for iteration in node.iterations:
            yield from self.visit(iteration.domain, inner)
            if iteration.last is not None:
                yield from self.visit(iteration.last, inner)
            inner = inner | {iteration.name}
        if isinstance(node, For):
            inner = inner | {"partial"}
        yield from self.visit(node.body, inner)

    def _context(self, node: ContextNode, local: frozenset[str]) -> Iterator[Problem]:
        seen = local
        for key, value in zip(node.keys, node.values, strict=True):
            own = {key} if isinstance(value, FunctionDefinition) else set()
            yield from self.visit(value, seen | own)
            seen = seen | {key}
        if len(set(node.keys)) < len(node.keys):
            yield Problem("A context has two entries of one name.", node.position)

    def _definition(self, node: FunctionDefinition, local: frozenset[str]) -> Iterator[Problem]:
        for _, kind in node.parameters:
            if kind is not None:
                yield from self._type(kind)
        if node.external:
            yield Problem("External functions aren't run: write the function in FEEL.", node.position)
        else:
            yield from self.visit(node.body, local | {name for name, _ in node.parameters})

    def _leaf(self, node: Node) -> Iterator[Problem]:
        if isinstance(node, InstanceOf):
            yield from self._type(node.type)
        elif isinstance(node, AtLiteral) and read_temporal(node.text) is None:
            yield Problem(f'@"{node.text}" is no date, time or duration.', node.position)

    def _type(self, kind: TypeName) -> Iterator[Problem]:
        for part in (*kind.parts, *([kind.result] if kind.result else [])):
            yield from self._type(part)
        known = kind.parts or kind.result or kind.name in BY_NAME or kind.name in self._types
        if not known and self._find_type(kind.name) is None:
            yield Problem(f"There is no type '{kind.name}'.", kind.position)


def takes(signature: Signature, count: int) -> bool:
    """Whether a call with so many arguments can be meant for a signature."""
    return signature.least <= count and (signature.many or count <= len(signature.parameters))
