"""Regular expressions of XPath and XML Schema, run by the ``regex`` package under a time limit.

They are translated character by character. What XPath doesn't have (look-around, named groups, possessive
quantifiers) is refused, and what the two write alike but mean differently (class subtraction, ``.``, ``$``,
``\\w``) is rewritten.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

import regex

from engine.feel.errors import NoValue

LONGEST_PATTERN = 10_000
LARGEST_SIZE = 5_000
"""How many atoms a pattern may have when its repetitions are written out."""
_FLAGS = frozenset("smixq")
_SPACES = re.compile(r"[ \t\n\r]")
_REPEAT = re.compile(r"\{([0-9]{1,9})(?:(,)([0-9]{1,9})?)?\}")
_PROPERTY = re.compile(r"\{([A-Za-z0-9-]{1,60})\}")
_CATEGORY = re.compile("L[ultmo]?|M[nce]?|N[dlo]?|P[cdseifo]?|Z[slp]?|S[mcko]?|C[cfon]?")
_NAME_START = (
    r":A-Z_a-z\u00C0-\u00D6\u00D8-\u00F6\u00F8-\u02FF\u0370-\u037D\u037F-\u1FFF\u200C-\u200D\u2070-\u218F"
    r"\u2C00-\u2FEF\u3001-\uD7FF\uF900-\uFDCF\uFDF0-\uFFFD\U00010000-\U000EFFFF"
)
_NAME_PART = _NAME_START + r"\-.0-9\u00B7\u0300-\u036F\u203F-\u2040"
_CLASSES = {
    "d": r"\p{Nd}",
    "D": r"\P{Nd}",
    "s": r"[\x20\t\n\r]",
    "S": r"[^\x20\t\n\r]",
    "w": r"[^\p{P}\p{Z}\p{C}]",
    "W": r"[\p{P}\p{Z}\p{C}]",
    "i": f"[{_NAME_START}]",
    "I": f"[^{_NAME_START}]",
    "c": f"[{_NAME_PART}]",
    "C": f"[^{_NAME_PART}]",
}
_SINGLE = {"n": "\n", "r": "\r", "t": "\t"} | {char: char for char in "\\|.?*+(){}-[]^$"}


class Translation:
    """Translates one pattern.

    Args:
        pattern: in the language of XPath.
        flags: any of ``s m i x``.
    """

    def __init__(self, pattern: str, flags: str) -> None:
        self._pattern = self._without_spaces(pattern) if "x" in flags else pattern
        self._flags = flags
        self._at = 0
        self._opened = 0
        self._closed: list[int] = []
        self._open: list[int] = []
        self._sizes = [0]
        self._last_size = 0

    @staticmethod
    def _without_spaces(pattern: str) -> str:
        """Flag ``x``: white space means nothing, except inside a class."""
        kept, depth, escaped = [], 0, False
        for char in pattern:
            if depth == 0 and _SPACES.match(char):
                continue
            kept.append(char)
            if not escaped:
                depth = max(0, depth + (char == "[") - (char == "]"))
            escaped = char == "\\" and not escaped
        return "".join(kept)

    def result(self) -> str:
        """The pattern in the language of the ``regex`` package.

        Raises:
            NoValue: if it isn't a pattern of XPath.
        """
        pieces: list[str] = []
        while self._at < len(self._pattern):
            pieces.append(self._piece())
        if self._open:
            raise NoValue("the pattern lacks a closing bracket")
        return "".join(pieces)

    def _next(self) -> str:
        if self._at >= len(self._pattern):
            raise NoValue("the pattern ends too early")
        self._at += 1
        return self._pattern[self._at - 1]

    def _peek(self) -> str:
        return self._pattern[self._at : self._at + 1]

    def _piece(self) -> str:
        char = self._next()
        if char == "|":
            return "|"
        if char == "(":
            return self._group()
        self._last_size = 1
        atom = self._group_end() if char == ")" else self._atom(char)
        quantifier = self._quantifier()
        self._sizes[-1] += self._last_size
        if self._sizes[-1] > LARGEST_SIZE:
            raise NoValue(f"the pattern repeats more than {LARGEST_SIZE} atoms")
        return atom + quantifier

    def _atom(self, char: str) -> str:
        if char == "\\":
            return self._escape()
        if char == "[":
            return self._class()
        if char == ".":
            return "(?s:.)" if "s" in self._flags else r"[^\n\r]"
        if char == "^":
            return "(?m:^)" if "m" in self._flags else r"\A"
        if char == "$":
            return "(?m:$)" if "m" in self._flags else r"\Z"
        if char in "?*+{}]":
            raise NoValue(f"'{char}' has nothing to repeat or must be written \\{char}")
        return _literal(char)

    def _group(self) -> str:
        self._sizes.append(1)
        if self._peek() != "?":
            self._opened += 1
            self._open.append(self._opened)
            return "("
        self._at += 1
        if self._next() != ":":
            raise NoValue("XPath's patterns have no group that begins with '(?' except '(?:'")
        self._open.append(0)
        return "(?:"

    def _group_end(self) -> str:
        if not self._open:
            raise NoValue("the pattern has a closing bracket too many")
        self._closed.append(self._open.pop())
        self._last_size = self._sizes.pop()
        return ")"

    def _quantifier(self) -> str:
        char = self._peek()
        if char == "{":
            written = self._repeat()
        elif char and char in "?*+":
            self._at += 1
            written = char
        else:
            return ""
        if self._peek() == "?":
            self._at += 1
            written += "?"
        if self._peek() and self._peek() in "?*+{":
            raise NoValue("the pattern repeats a repetition")
        return written

    def _repeat(self) -> str:
        found = _REPEAT.match(self._pattern, self._at)
        if found is None:
            raise NoValue("'{' begins no repetition; write \\{ for the character")
        least, most = int(found[1]), int(found[3] or found[1])
        if least > most:
            raise NoValue("a repetition has its numbers in the wrong order")
        self._last_size *= max(most, 1)
        self._at = found.end()
        return found[0]

    def _escape(self) -> str:
        char = self._next()
        if char in "123456789":
            return self._reference(char)
        literal = _SINGLE.get(char)
        if literal is not None:
            return _literal(literal)
        return self._multi(char)

    def _multi(self, char: str) -> str:
        """An escape that stands for many characters."""
        if char in "pP":
            return self._property(char)
        if char not in _CLASSES:
            raise NoValue(f"the pattern has the unknown escape '\\{char}'")
        return _CLASSES[char]

    def _property(self, char: str) -> str:
        found = _PROPERTY.match(self._pattern, self._at)
        if found is None:
            raise NoValue(f"'\\{char}' must be followed by a category in braces")
        self._at = found.end()
        name = found[1]
        if name.startswith("Is"):
            return f"\\{char}{{In{name[2:]}}}"
        if not _CATEGORY.fullmatch(name):
            raise NoValue(f"there is no category '{name}'")
        return f"\\{char}{{{name}}}"

    def _reference(self, digit: str) -> str:
        number = int(digit)
        while self._peek().isdigit() and number * 10 + int(self._peek()) <= self._opened:
            number = number * 10 + int(self._next())
        if number not in self._closed:
            raise NoValue(f"'\\{number}' refers to no closed group")
        # A group that took no part matches the empty string in XPath.
        return f"(?({number})(?:\\{number}))"

    def _class(self, depth: int = 0) -> str:
        """A class in brackets; subtraction becomes the set difference of the ``regex`` package."""
        if depth > 20:
            raise NoValue("the pattern's classes are nested too deeply")
        negated = self._peek() == "^"
        self._at += negated
        parts: list[str] = []
        while True:
            char = self._next()
            if char == "]" and parts:
                return f"[{'^' if negated else ''}{''.join(parts)}]"
            if char == "-" and self._peek() == "[" and parts:
                return self._difference(negated, parts, depth)
            parts.append(self._class_part(char, not parts))

    def _difference(self, negated: bool, parts: list[str], depth: int) -> str:
        self._at += 1
        taken = self._class(depth + 1)
        if self._next() != "]":
            raise NoValue("a subtracted class must be the last part of its class")
        return f"[[{'^' if negated else ''}{''.join(parts)}]--{taken}]"

    def _class_part(self, char: str, first: bool) -> str:
        if char in "[]":
            raise NoValue(f"'{char}' must be written \\{char} inside a class")
        low = self._class_char(char)
        if len(low) != 1:
            return low
        following = self._pattern[self._at : self._at + 2]
        if following[:1] != "-" or following[1:] in ("]", "[", ""):
            if char == "-" and not first and following[:1] != "]" and following[:1] != "-":
                raise NoValue("'-' stands between two characters, or first or last in a class")
            return _literal(low)
        self._at += 1
        high = self._class_char(self._next())
        if len(high) != 1 or high < low:
            raise NoValue("a range in a class is in the wrong order")
        return f"{_literal(low)}-{_literal(high)}"

    def _class_char(self, char: str) -> str:
        """One character, or the set of many that an escape stands for."""
        if char != "\\":
            return char
        escaped = self._next()
        single = _SINGLE.get(escaped)
        return single if single is not None else self._multi(escaped)


def _literal(char: str) -> str:
    return f"\\U{ord(char):08X}"


@lru_cache(maxsize=512)
def compiled(pattern: str, flags: str) -> Any:
    """The compiled pattern.

    Raises:
        NoValue: if pattern or flags aren't XPath's, or the pattern is too long.
    """
    if not set(flags) <= _FLAGS:
        raise NoValue("the flags are any of s, m, i, x and q")
    if len(pattern) > LONGEST_PATTERN:
        raise NoValue(f"the pattern is longer than {LONGEST_PATTERN} characters")
    text = regex.escape(pattern) if "q" in flags else Translation(pattern, flags).result()
    options = regex.V1 | (regex.IGNORECASE if "i" in flags else 0)
    try:
        return regex.compile(text, options, cache_pattern=False)
    except (regex.error, ValueError, OverflowError) as error:
        raise NoValue(f"the pattern can't be used: {error}") from error
