"""A place in the tokens of an expression, and the names known there."""

from __future__ import annotations

from collections.abc import Iterable

from engine.feel.errors import FeelSyntaxError
from engine.feel.syntax.names import Layer, Scopes, layer, normal
from engine.feel.syntax.tokens import NAME_SYMBOLS, Token, tokenise

DEEPEST = 100
RESERVED = frozenset(
    ("and", "or", "in", "then", "else", "return", "satisfies", "between", "if", "for", "some", "every")
) | {"true", "false", "null"}
"""Words that can't begin or continue an unknown name."""


class Cursor:
    """Walks over the tokens of one text.

    Args:
        text: the expression.
        names: layers of names in scope, widest first.
        components: names that may follow a dot, from the types of the model.
        types: names of declared types, for ``instance of`` and parameters.
    """

    def __init__(self, text: str, names: Iterable[Layer], components: Iterable[str], types: Iterable[str]):
        self.tokens = tokenise(text)
        self.index = 0
        self.depth = 0
        self.in_upper_bound = False
        self.scopes = Scopes(*names, {})
        self.components = Scopes(layer(components))
        self.types = layer(types)

    @property
    def token(self) -> Token:
        """The token here."""
        return self.tokens[self.index]

    @property
    def following(self) -> Token:
        """The token after this one."""
        return self.tokens[min(self.index + 1, len(self.tokens) - 1)]

    def at(self, text: str) -> bool:
        """Whether the token here is this word or symbol."""
        token = self.tokens[self.index]
        return token.text == text and token.kind in ("op", "word")

    def take(self, text: str) -> bool:
        """Step over this word or symbol if it stands here."""
        if self.at(text):
            self.index += 1
            return True
        return False

    def expect(self, text: str, after: str) -> None:
        """Step over a word or symbol that must stand here.

        Raises:
            FeelSyntaxError: if something else stands here.
        """
        if not self.take(text):
            raise self.error(f"Expected '{text}' after {after}, found {self.found()}")

    def found(self) -> str:
        """The token here, in words."""
        return "the end" if self.token.kind == "end" else f"'{self.token.text}'"

    def error(self, message: str) -> FeelSyntaxError:
        """A syntax error at this place."""
        return FeelSyntaxError(message + ".", self.token.position)

    def enter(self) -> None:
        """Go one level of nesting deeper; ``leave`` comes back.

        Raises:
            FeelSyntaxError: beyond 100 levels.
        """
        self.depth += 1
        if self.depth > DEEPEST:
            raise self.error(f"The expression is nested more than {DEEPEST} levels deep. Split it")

    def leave(self) -> None:
        """Come back from one level of nesting."""
        self.depth -= 1

    def name_here(self) -> str | None:
        """The name that begins here, stepped over; None if none does.

        The longest known name wins, keywords inside it included. Otherwise adjacent words are one unknown
        name: two words side by side are never legal otherwise.
        """
        return self.joined(*self.scopes.longest(self.tokens, self.index))

    def component_here(self) -> str | None:
        """The name after a dot, stepped over: known components first."""
        count, name = self.components.longest(self.tokens, self.index)
        if not count and self.token.kind == "word":
            count, name = 1, self.token.text
        return self.joined(count, name)

    def joined(self, count: int, name: str) -> str | None:
        """The name here, of which the first ``count`` tokens are known to be ``name``."""
        token = self.tokens[self.index]
        if token.kind == "quoted":
            self.index += 1
            return token.text
        if count > 1 and not self._goes_on(self.index + count):
            self.index += count
            return name
        if token.kind != "word" or (token.text in RESERVED and not count):
            return None
        start = self.index
        self.index += max(count, 1)
        while self._goes_on(self.index):
            self.index += 1
        if self.index == start + count:
            return name
        return token.text if self.index == start + 1 else self.spelt(start, self.index)

    def _goes_on(self, index: int) -> bool:
        token = self.tokens[index]
        if token.kind == "word":
            return token.text not in RESERVED and not self._is_instance_of(index)
        return token.kind == "number" and token.text.isdigit() and token.spaced

    def _is_instance_of(self, index: int) -> bool:
        return self.tokens[index].text == "instance" and self.tokens[index + 1].text == "of"

    def name_until(self, *ends: str) -> str | None:
        """A name being defined: everything up to one of the delimiters, stepped over."""
        if self.token.kind == "quoted":
            self.index += 1
            return self.tokens[self.index - 1].text
        start = end = self.index
        while self._belongs_to_name(self.tokens[end]) and self.tokens[end].text not in ends:
            end += 1
        if end == start or self.tokens[end].text not in ends or self.tokens[start].kind != "word":
            return None
        self.index = end
        return self.spelt(start, end)

    @staticmethod
    def _belongs_to_name(token: Token) -> bool:
        return token.kind in ("word", "number") or (token.kind == "op" and token.text in NAME_SYMBOLS)

    def spelt(self, start: int, end: int) -> str:
        """The text of some tokens, with one blank for any white space between them."""
        first, *rest = self.tokens[start:end]
        return normal(first.text + "".join((" " if token.spaced else "") + token.text for token in rest))
