"""Names with spaces and symbols: which are known where, and how far one reaches in the text.

``a b-c`` is one, two or three names; only the names in scope can tell. A known name is kept as the tokens
it is written with, and at each place the longest that matches wins.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache

from engine.feel.errors import FeelSyntaxError
from engine.feel.syntax.tokens import Token, tokenise

Spelling = tuple[Token, ...]
Layer = dict[str, list[tuple[Spelling, str]]]


def normal(name: str) -> str:
    """A name with every run of white space made one blank."""
    return " ".join(name.split())


@lru_cache(maxsize=8_192)
def spelling(name: str) -> Spelling:
    """The tokens a name is written with; empty if it can't be written (then only back-ticks reach it)."""
    try:
        return tuple(tokenise(name)[:-1])
    except FeelSyntaxError:
        return ()


def layer(names: Iterable[str]) -> Layer:
    """Names by their first token, longest first."""
    known: Layer = {}
    for name in names:
        add(known, name)
    return known


def add(known: Layer, name: str) -> None:
    """Put one more name into a layer."""
    tokens = spelling(name)
    if not tokens:
        return
    entries = known.setdefault(tokens[0].text, [])
    if all(name != other for _, other in entries):
        entries.append((tokens, normal(name)))
        entries.sort(key=lambda entry: -len(entry[0]))


def longest(known: Mapping[str, list[tuple[Spelling, str]]], tokens: list[Token], at: int) -> tuple[int, str]:
    """How many tokens the longest known name at a place takes, and that name; (0, "") for none."""
    for tokens_of_name, name in known.get(tokens[at].text, ()):
        if _spelt(tokens_of_name, tokens, at):
            return len(tokens_of_name), name
    return 0, ""


def _spelt(name: Spelling, tokens: list[Token], at: int) -> bool:
    if tokens[at].kind == "string" or at + len(name) > len(tokens):
        return False
    for index, part in enumerate(name):
        token = tokens[at + index]
        if token.text != part.text or token.kind in ("string", "at"):
            return False
        symbols = part.kind == "op" or (index > 0 and name[index - 1].kind == "op")
        if index > 0 and symbols and token.spaced != part.spaced:
            return False
    return True


class Scopes:
    """The names known at the place the parser has reached, in layers from the widest to the narrowest."""

    def __init__(self, *layers: Layer) -> None:
        self._layers = list(layers)

    def open(self, names: Iterable[str] = ()) -> None:
        """Begin a narrower layer."""
        self._layers.append(layer(names))

    def open_layer(self, known: Layer) -> None:
        """Begin a narrower layer of names that are kept elsewhere."""
        self._layers.append(known)

    @property
    def widest(self) -> Layer:
        """The outermost layer."""
        return self._layers[0]

    def close(self) -> None:
        """Forget the narrowest layer."""
        self._layers.pop()

    def define(self, name: str) -> None:
        """Add a name to the narrowest layer."""
        add(self._layers[-1], name)

    def longest(self, tokens: list[Token], at: int) -> tuple[int, str]:
        """The longest known name at a place, from any layer."""
        best = (0, "")
        for known in self._layers:
            found = longest(known, tokens, at)
            if found[0] > best[0]:
                best = found
        return best
