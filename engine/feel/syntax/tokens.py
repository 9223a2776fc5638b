"""Text to tokens, without knowing which names exist: joining words to names is the parser's task."""

from __future__ import annotations

import re
from typing import NamedTuple

from engine.feel.errors import FeelSyntaxError

LONGEST_TEXT = 50_000
NAME_SYMBOLS = frozenset("./-'+*") | {"**"}
"""Symbols that belong to a name only if the name is known to hold them."""

_START = (
    r"?A-Z_a-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u167f\u1681-\u180d"
    r"\u180f-\u1fff\u200c-\u200d\u2070-\u218f\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf"
    r"\ufdf0-\ufefe\uff00-\ufffd\U00010000-\U000effff"
)
_PART = _START + r"0-9\u00b7\u0300-\u036f\u203f-\u2040"
_BLANK = r"\s\u0085\u00a0\u180e\u2000-\u200b\u2028\u2029\u202f\u205f\u3000\ufeff"
_TOKEN = re.compile(
    rf"(?P<space>(?:[{_BLANK}]+|//[^\n\r]*|/\*(?s:.*?)\*/)+)"
    r"|(?P<bad>/\*)"
    r"|(?P<number>(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)"
    r'|(?P<string>"(?:[^"\\]|\\(?s:.))*")'
    r'|(?P<at>@\s*"(?:[^"\\]|\\(?s:.))*")'
    r"|(?P<quoted>`[^`\r\n]+`)"
    rf"|(?P<word>[{_START}][{_PART}]*)"
    r"|(?P<op>\*\*|\.\.|->|<=|>=|!=|[-+*/=<>()\[\]{},.:'])"
)
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|U[0-9a-fA-F]{6}|(?s:.))")
_PLAIN_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", '"': '"', "'": "'", "\\": "\\"}
_SURROGATE = re.compile("[\ud800-\udfff]")


class Token(NamedTuple):
    """A piece of an expression.

    Attributes:
        kind: number, string, at, quoted, word, op, or end.
        text: its characters; for strings and quoted names what they mean, without the quotes.
        position: of its first character, from 0.
        spaced: whether white space or a comment stands before it.
    """

    kind: str
    text: str
    position: int
    spaced: bool


def tokenise(text: str) -> list[Token]:
    """The tokens of a text, ended by one of kind ``end``.

    Raises:
        FeelSyntaxError: for a character that FEEL doesn't know, an unclosed string or comment, or a text
            of more than 50,000 characters.
    """
    if len(text) > LONGEST_TEXT:
        raise FeelSyntaxError(f"The expression is longer than {LONGEST_TEXT} characters. Split it.")
    tokens: list[Token] = []
    position, spaced, end = 0, False, len(text)
    match = _TOKEN.match
    while position < end:
        found = match(text, position)
        if found is None or found.lastgroup == "bad":
            raise _unreadable(text, position)
        if found.lastgroup == "space":
            spaced = True
        else:
            kind = found.lastgroup or ""
            tokens.append(Token(kind, _content(kind, found.group(), position), position, spaced))
            spaced = False
        position = found.end()
    tokens.append(Token("end", "", end, spaced))
    return tokens


def _content(kind: str, raw: str, position: int) -> str:
    if kind == "string":
        return unescape(raw[1:-1], position)
    if kind == "at":
        return unescape(raw[1:].lstrip()[1:-1], position)
    return raw[1:-1] if kind == "quoted" else raw


def _unreadable(text: str, position: int) -> FeelSyntaxError:
    what = text[position]
    if what in '"@':
        return FeelSyntaxError('A string is not closed. Add the missing ".', position)
    if text.startswith("/*", position):
        return FeelSyntaxError("A comment is not closed. Add the missing */.", position)
    return FeelSyntaxError(f"The character {what!r} has no meaning here. Remove it.", position)


def unescape(raw: str, position: int = 0) -> str:
    """A string's characters without escapes; a backslash that starts no escape stays.

    Raises:
        FeelSyntaxError: for a code point that doesn't exist.
    """
    if "\\" not in raw:
        return raw
    try:
        text = _ESCAPE.sub(_unescaped, raw)
        if _SURROGATE.search(text):
            text = text.encode("utf-16", "surrogatepass").decode("utf-16")
    except ValueError as error:
        raise FeelSyntaxError("A string holds an escape for no character. Correct it.", position) from error
    return text


def _unescaped(found: re.Match[str]) -> str:
    what = found.group(1)
    if len(what) > 1:
        return chr(int(what[1:], 16))
    return _PLAIN_ESCAPES.get(what, "\\" + what)
