"""The forms that begin with a word or a bracket: if, for, some, every, function, lists, contexts, calls."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from engine.feel.syntax.tree import (
    Call,
    ContextNode,
    For,
    FunctionDefinition,
    If,
    Interval,
    Iteration,
    ListNode,
    NamedCall,
    Node,
    OneSided,
    Quantified,
    TypeName,
)
from engine.feel.syntax.type_names import type_here

if TYPE_CHECKING:
    from engine.feel.syntax.parser import Parser


class Brackets:
    """While open, an enclosing interval's end doesn't show: ``[`` is a filter again."""

    def __init__(self, parser: Parser, upper_bound: bool = False) -> None:
        self._parser = parser
        self._before = parser.in_upper_bound
        self._within = upper_bound

    def __enter__(self) -> None:
        self._parser.in_upper_bound = self._within

    def __exit__(self, *_: object) -> None:
        self._parser.in_upper_bound = self._before


def bracketed(parser: Parser) -> Node:
    """Whatever begins with a bracket."""
    position = parser.token.position
    with Brackets(parser):
        if parser.take("("):
            return _round(parser, position)
        if parser.take("["):
            return _square(parser, position)
        if parser.take("{"):
            return _context(parser, position)
        if parser.take("]"):
            return _interval(parser, position, parser.expression(), False)
    raise parser.error(f"Expected a value, found {parser.found()}")


def _round(parser: Parser, position: int) -> Node:
    """After ``(``: a one-sided range, an open interval, or an expression in brackets."""
    first = parser.test()
    if parser.at("..") and not isinstance(first, OneSided):
        return _interval(parser, position, first, False)
    parser.expect(")", "an expression in brackets")
    return first


def _interval(parser: Parser, position: int, low: Node, low_closed: bool) -> Node:
    parser.expect("..", "the lower end of an interval")
    with Brackets(parser, upper_bound=True):
        high = parser.expression()
    high_closed = parser.at("]")
    if not (parser.take("]") or parser.take(")") or parser.take("[")):
        raise parser.error(f"Expected ']' or ')' after an interval, found {parser.found()}")
    return Interval(position, low, high, low_closed, high_closed)


def _square(parser: Parser, position: int) -> Node:
    """After ``[``: a list, or an interval with a closed lower end."""
    if parser.take("]"):
        return ListNode(position, ())
    items = [parser.test()]
    if parser.at(".."):
        return _interval(parser, position, items[0], True)
    while parser.take(","):
        items.append(parser.test())
    parser.expect("]", "the items of a list")
    return ListNode(position, tuple(items))


def tests_in_brackets(parser: Parser) -> tuple[Node, ...]:
    """The tests after ``in``: ``(a, < b, [c..d])``, an open interval, or an expression in brackets."""
    position = parser.token.position
    with Brackets(parser):
        parser.index += 1
        tests = [parser.test()]
        if parser.at(".."):
            return (_interval(parser, position, tests[0], False),)
        while parser.take(","):
            tests.append(parser.test())
        parser.expect(")", "the tests of 'in'")
    return tuple(tests)


def _context(parser: Parser, position: int) -> Node:
    keys: list[str] = []
    values: list[Node] = []
    parser.scopes.open()
    while not parser.take("}"):
        keys.append(_key(parser))
        values.append(parser.expression())
        parser.scopes.define(keys[-1])
        parser.components.define(keys[-1])
        if not parser.take(",") and not parser.at("}"):
            raise parser.error(f"Expected ',' or '}}' after an entry, found {parser.found()}")
    parser.scopes.close()
    return ContextNode(position, tuple(keys), tuple(values))


def _key(parser: Parser) -> str:
    if parser.token.kind == "string":
        key: str | None = parser.token.text
        parser.index += 1
    else:
        key = parser.name_until(":")
    if key is None:
        raise parser.error(f"Expected a name and ':' in a context, found {parser.found()}")
    parser.expect(":", "a context's name")
    return key


def call(parser: Parser, function: Node) -> Node:
    """The arguments of a call, positional or by name."""
    parser.index += 1
    names: list[str] = []
    arguments: list[Node] = []
    with Brackets(parser):
        by_name = _named_argument(parser)
        while not parser.take(")"):
            if by_name:
                names.append(_argument_name(parser))
            arguments.append(parser.test())
            if not parser.take(",") and not parser.at(")"):
                raise parser.error(f"Expected ',' or ')' after an argument, found {parser.found()}")
    if by_name:
        return NamedCall(function.position, function, tuple(names), tuple(arguments))
    return Call(function.position, function, tuple(arguments))


def _named_argument(parser: Parser) -> bool:
    """Whether a name and a colon stand here; nothing is stepped over."""
    start = parser.index
    name = parser.name_until(":")
    found = name is not None and parser.at(":")
    parser.index = start
    return found


def _argument_name(parser: Parser) -> str:
    name = parser.name_until(":")
    if name is None:
        raise parser.error("Arguments by name and by position can't be mixed: expected a name and ':'")
    parser.expect(":", "an argument's name")
    return name


def _if(parser: Parser, position: int) -> Node:
    condition = parser.expression()
    parser.expect("then", "the condition of 'if'")
    yes = parser.expression()
    parser.expect("else", "the 'then' part of 'if'")
    return If(position, condition, yes, parser.expression())


def _iterations(parser: Parser) -> tuple[Iteration, ...]:
    found = [_iteration(parser)]
    while parser.take(","):
        found.append(_iteration(parser))
    return tuple(found)


def _iteration(parser: Parser) -> Iteration:
    position = parser.token.position
    name = parser.name_until("in")
    if name is None:
        raise parser.error(f"Expected a name and 'in', found {parser.found()}")
    parser.expect("in", "the name of an iteration")
    domain = parser.expression()
    last = parser.expression() if parser.take("..") else None
    parser.scopes.define(name)
    return Iteration(position, name, domain, last)


def _for(parser: Parser, position: int) -> Node:
    parser.scopes.open()
    iterations = _iterations(parser)
    parser.expect("return", "the domains of 'for'")
    parser.scopes.define("partial")
    body = parser.expression()
    parser.scopes.close()
    return For(position, iterations, body)


def _some(parser: Parser, position: int) -> Node:
    return _quantified(parser, position, False)


def _every(parser: Parser, position: int) -> Node:
    return _quantified(parser, position, True)


def _quantified(parser: Parser, position: int, every: bool) -> Node:
    parser.scopes.open()
    iterations = _iterations(parser)
    parser.expect("satisfies", "the domains of 'some' or 'every'")
    body = parser.expression()
    parser.scopes.close()
    return Quantified(position, every, iterations, body)


def _function(parser: Parser, position: int) -> Node:
    parser.index += 1
    parameters: list[tuple[str, TypeName | None]] = []
    while not parser.take(")"):
        parameters.append(_parameter(parser))
        if not parser.take(",") and not parser.at(")"):
            raise parser.error(f"Expected ',' or ')' after a parameter, found {parser.found()}")
    external = parser.at("external") and parser.following.text == "{"
    parser.index += external
    parser.scopes.open(name for name, _ in parameters)
    body = parser.expression()
    parser.scopes.close()
    return FunctionDefinition(position, tuple(parameters), body, external)


def _parameter(parser: Parser) -> tuple[str, TypeName | None]:
    name = parser.name_until(":", ",", ")")
    if name is None:
        raise parser.error(f"Expected a parameter's name, found {parser.found()}")
    return name, type_here(parser) if parser.take(":") else None


FORMS: dict[str, Callable[[Parser, int], Node]] = {
    "if": _if,
    "for": _for,
    "some": _some,
    "every": _every,
    "function": _function,
}
