"""Tokens to a tree: a Pratt parser. The forms that begin with a word or a bracket are in ``forms``."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from engine.feel.errors import FeelSyntaxError
from engine.feel.numbers import from_text
from engine.feel.syntax import forms
from engine.feel.syntax.cursor import Cursor
from engine.feel.syntax.names import Layer
from engine.feel.syntax.tree import (
    And,
    Arithmetic,
    AtLiteral,
    Between,
    Comparison,
    Filter,
    In,
    InstanceOf,
    Literal,
    Name,
    Negation,
    Node,
    OneSided,
    Or,
    Path,
    Sum,
    Tests,
)
from engine.feel.syntax.type_names import type_here

OR, AND, COMPARISON, ADDITION, MULTIPLICATION, POWER, PREFIX, INSTANCE, POSTFIX = range(1, 10)
COMPARISONS = frozenset(("=", "!=", "<", "<=", ">", ">="))
_BINARY = {"-": ADDITION, "*": MULTIPLICATION, "/": MULTIPLICATION, "**": POWER}
_STRENGTH = (
    {"or": OR, "and": AND, "between": COMPARISON, "in": COMPARISON, "+": ADDITION}
    | _BINARY
    | dict.fromkeys(COMPARISONS, COMPARISON)
    | {"instance": INSTANCE, ".": POSTFIX, "[": POSTFIX, "(": POSTFIX}
)
_CONSTANTS = {"true": True, "false": False, "null": None}
_CAN_BEGIN = frozenset("([{-")


class Parser(Cursor):
    """Parses one text; a fresh one for each."""

    def whole(self) -> Node:
        """The tree of the whole text as an expression.

        Raises:
            FeelSyntaxError: if it isn't one.
        """
        node = self.expression()
        self._finish()
        return node

    def tests(self) -> Tests:
        """The tree of the whole text as a table's cell.

        Raises:
            FeelSyntaxError: if it isn't one.
        """
        self.scopes.define("?")
        if self.at("-") and self.following.kind == "end":
            return Tests(0, (), False)
        negated = self._is_negated()
        if negated:
            self.index += 2
        tests = [self.test()]
        while self.take(","):
            tests.append(self.test())
        if negated:
            self.expect(")", "the tests of 'not('")
        self._finish()
        return Tests(0, tuple(tests), negated)

    def _finish(self) -> None:
        if self.token.kind != "end":
            raise self.error(f"The expression should end before {self.found()}")

    def _is_negated(self) -> bool:
        """Whether ``not(`` begins here whose bracket closes at the very end."""
        if not (self.at("not") and self.following.text == "("):
            return False
        open_brackets = 0
        for index in range(self.index + 1, len(self.tokens) - 1):
            token = self.tokens[index]
            if token.kind == "op" and token.text in "([{":
                open_brackets += 1
            elif token.kind == "op" and token.text in ")]}":
                open_brackets -= 1
                if open_brackets <= 0:
                    return index == len(self.tokens) - 2
        return False

    def test(self) -> Node:
        """One test of a cell or of ``in (...)``: ``< x``, an interval, or an expression."""
        if self.token.text in COMPARISONS and self.token.kind == "op":
            token = self.token
            self.index += 1
            return OneSided(token.position, token.text, self.expression(COMPARISON))
        return self.expression()

    def expression(self, floor: int = 0) -> Node:
        """The longest expression here whose operators all bind more tightly than ``floor``."""
        self.enter()
        node = self._operand()
        while (strength := self._strength_here()) > floor:
            node = self._extended(node, strength)
        self.leave()
        return node

    def _strength_here(self) -> int:
        token = self.tokens[self.index]
        if token.kind not in ("op", "word"):
            return 0
        strength = _STRENGTH.get(token.text, 0)
        if token.text == "instance" and self.following.text != "of":
            return 0
        return 0 if token.text == "[" and self._closes_interval() else strength

    def _closes_interval(self) -> bool:
        """In an upper bound ``[`` is a filter unless what follows can't begin an expression."""
        if not self.in_upper_bound:
            return False
        after = self.following
        if after.kind == "op":
            return after.text not in _CAN_BEGIN
        return after.kind == "end" or after.text in _STRENGTH or after.text in ("then", "else", "return")

    def _extended(self, left: Node, strength: int) -> Node:
        if strength == POSTFIX:
            return self._postfix(left)
        token = self.token
        self.index += 1
        if strength <= AND or token.text == "+":
            return self._chain(left, token.text, strength)
        if token.text in COMPARISONS:
            return Comparison(left.position, token.text, left, self.expression(COMPARISON))
        if strength == COMPARISON:
            return self._between(left) if token.text == "between" else self._in(left)
        if strength == INSTANCE:
            self.expect("of", "'instance'")
            return InstanceOf(left.position, left, type_here(self))
        return Arithmetic(left.position, token.text, left, self.expression(strength))

    def _chain(self, first: Node, operator: str, strength: int) -> Node:
        """One flat node for a run of the same operator."""
        operands = [first, self.expression(strength)]
        while self.take(operator):
            operands.append(self.expression(strength))
        if operator == "+":
            return Sum(first.position, tuple(operands))
        kind = Or if operator == "or" else And
        return kind(first.position, tuple(operands))

    def _between(self, value: Node) -> Node:
        low = self.expression(COMPARISON)
        self.expect("and", "the first bound of 'between'")
        return Between(value.position, value, low, self.expression(COMPARISON))

    def _in(self, value: Node) -> Node:
        if not self.at("("):
            if self.token.text in COMPARISONS:
                return In(value.position, value, (self.test(),))
            return In(value.position, value, (self.expression(COMPARISON),))
        return In(value.position, value, forms.tests_in_brackets(self))

    def _postfix(self, source: Node) -> Node:
        if self.at("("):
            return forms.call(self, source)
        if self.take("["):
            with self.brackets():
                self.scopes.open_layer(self.components.widest)
                self.scopes.open(("item",))
                condition = self.expression()
                self.scopes.close()
                self.scopes.close()
                self.expect("]", "a filter")
            return Filter(source.position, source, condition)
        self.expect(".", "a value")
        name = self.component_here()
        if name is None:
            raise self.error(f"Expected a name after '.', found {self.found()}")
        return Path(source.position, source, name)

    def brackets(self) -> forms.Brackets:
        """Inside brackets ``[`` is no longer the end of an interval around them."""
        return forms.Brackets(self)

    def _operand(self) -> Node:
        token = self.token
        if token.kind == "number":
            return self._number(token.position, "")
        if token.kind == "string":
            self.index += 1
            return Literal(token.position, token.text)
        if token.kind == "at":
            self.index += 1
            return AtLiteral(token.position, token.text)
        if token.kind == "op":
            return self._negative() if token.text == "-" else forms.bracketed(self)
        return self._word()

    def _negative(self) -> Node:
        position = self.token.position
        self.index += 1
        if self.token.kind == "number":
            return self._number(position, "-")
        return Negation(position, self.expression(POWER))

    def _number(self, position: int, sign: str) -> Node:
        value = from_text(sign + self.token.text)
        if value is None:
            raise self.error("The number is too large for FEEL (34 digits, exponents to 6144)")
        self.index += 1
        return Literal(position, value)

    def _word(self) -> Node:
        token = self.token
        known = self.scopes.longest(self.tokens, self.index)
        if known[0] < 2 and token.kind == "word":
            if token.text in _CONSTANTS:
                self.index += 1
                return Literal(token.position, _CONSTANTS[token.text])
            form = forms.FORMS.get(token.text)
            if form is not None and (token.text != "function" or self.following.text == "("):
                self.index += 1
                return form(self, token.position)
        name = self.joined(*known)
        if name is None:
            raise self.error(f"Expected a value, found {self.found()}")
        return Name(token.position, name)


def parse(
    text: str, names: Iterable[Layer] = (), components: Iterable[str] = (), types: Iterable[str] = ()
) -> Node:
    """The tree of an expression.

    Raises:
        FeelSyntaxError: if the text isn't one.
    """
    return _guarded(lambda: Parser(text, names, components, types).whole())


def parse_tests(
    text: str, names: Iterable[Layer] = (), components: Iterable[str] = (), types: Iterable[str] = ()
) -> Tests:
    """The tree of a table's cell.

    Raises:
        FeelSyntaxError: if the text isn't one.
    """
    node = _guarded(lambda: Parser(text, names, components, types).tests())
    assert isinstance(node, Tests)
    return node


def _guarded(parse_it: Callable[[], Node]) -> Node:
    try:
        return parse_it()
    except RecursionError:
        raise FeelSyntaxError("The expression is nested too deeply. Split it.") from None
