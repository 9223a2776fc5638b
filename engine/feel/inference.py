"""What an expression's type is as far as its text shows: for ``instance of`` a function's type."""

from __future__ import annotations

from collections.abc import Mapping

from engine.feel.syntax.tree import (
    And,
    Arithmetic,
    AtLiteral,
    Between,
    Comparison,
    ContextNode,
    FunctionDefinition,
    If,
    In,
    InstanceOf,
    ListNode,
    Literal,
    Name,
    Negation,
    Node,
    Or,
    Quantified,
    Sum,
)
from engine.feel.temporal.reading import read_temporal
from engine.feel.types import (
    ANY,
    BOOLEAN,
    BY_NAME,
    ContextType,
    FunctionType,
    ListType,
    Type,
    conforms,
    from_syntax,
)
from engine.feel.values import kind_name

Known = Mapping[str, Type]
_BOOLEAN = (And, Or, Comparison, Between, In, InstanceOf, Quantified)
DEEPEST = 20
"""Levels of a tree that are looked at: what is deeper counts as Any."""


def evident_type(node: Node, known: Known, depth: int = 0) -> Type:
    """The type of an expression's values, or Any where its text doesn't tell.

    Args:
        node: the expression.
        known: the types of the names that it may use.
        depth: how many levels above this one have been looked at.
    """
    if depth >= DEEPEST:
        return ANY
    if isinstance(node, Literal):
        return BY_NAME["Null"] if node.value is None else BY_NAME[kind_name(node.value)]
    if isinstance(node, AtLiteral):
        value = read_temporal(node.text)
        return ANY if value is None else BY_NAME[kind_name(value)]
    if isinstance(node, _BOOLEAN):
        return BOOLEAN
    if isinstance(node, Name):
        return known.get(node.name, ANY)
    return _of_parts(node, known, depth + 1)


def _of_parts(node: Node, known: Known, depth: int) -> Type:
    if isinstance(node, ContextNode):
        return _context(node, known, depth)
    if isinstance(node, ListNode):
        return ListType(_common([evident_type(item, known, depth) for item in node.items]))
    if isinstance(node, FunctionDefinition):
        return _function(node, known, depth)
    if isinstance(node, If):
        return _common([evident_type(part, known, depth) for part in (node.yes, node.no)])
    if isinstance(node, Negation):
        return evident_type(node.operand, known, depth)
    if isinstance(node, Sum | Arithmetic):
        terms = node.terms if isinstance(node, Sum) else (node.left, node.right)
        common = _common([evident_type(term, known, depth) for term in terms])
        return common if common in (BY_NAME["number"], BY_NAME["string"]) else ANY
    return ANY


def _context(node: ContextNode, known: Known, depth: int) -> Type:
    seen = dict(known)
    fields: dict[str, Type] = {}
    for key, value in zip(node.keys, node.values, strict=True):
        fields[key] = seen[key] = evident_type(value, seen, depth)
    return ContextType(fields)


def _function(node: FunctionDefinition, known: Known, depth: int) -> Type:
    parameters = {name: from_syntax(kind) for name, kind in node.parameters}
    return FunctionType(tuple(parameters.values()), evident_type(node.body, {**known, **parameters}, depth))


def _common(types: list[Type]) -> Type:
    """The widest of some types, if all the others are kinds of it; else Any."""
    for wide in types:
        if all(conforms(narrow, wide) for narrow in types):
            return wide
    return ANY
