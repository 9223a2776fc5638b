"""Regular expressions of XPath, which look like Python's and often mean something else."""

from __future__ import annotations

import pytest

from engine.feel import LimitExceeded
from tests.engine.feel.evaluating import evaluate, value

MATCHES = [
    # text, pattern, flags, matches (None: no pattern of XPath)
    ("abracadabra", "bra", "", True),
    ("abracadabra", "^a.*a$", "", True),
    ("abracadabra", "^bra", "", False),
    ("a\nb", "^b", "", False),
    ("a\nb", "^b", "m", True),
    ("a\n", "a$", "", False),
    ("a\nb", "a$", "m", True),
    ("a\nb", "a.b", "", False),
    ("a\rb", "a.b", "", False),
    ("a\nb", "a.b", "s", True),
    ("ABC", "abc", "", False),
    ("ABC", "abc", "i", True),
    ("abc", "a b c", "", False),
    ("abc", "a b\n c", "x", True),
    ("a b", "a[ ]b", "x", True),
    ("a\u0020", r"a\p{ Z s }", "x", True),
    ("a.b", "a.b", "q", True),
    ("axb", "a.b", "q", False),
    ("A.B", "a.b", "qi", True),
    ("x", "x", "z", None),
    ("b", "[a-z-[aeiou]]", "", True),
    ("e", "[a-z-[aeiou]]", "", False),
    ("1", "[^a-z-[0-9]]", "", False),
    ("#", "[^a-z-[0-9]]", "", True),
    ("-", "[a-]", "", True),
    ("-", "[-a]", "", True),
    ("b", "[a\\-c]", "", False),
    ("&", "[a&&b]", "", True),
    ("^", "[a^]", "", True),
    (":", r"\i", "", True),
    ("1", r"\i", "", False),
    ("1", r"\c", "", True),
    (" ", r"\I", "", True),
    ("٣", r"\d", "", True),
    ("a", r"\D", "", True),
    ("\u00a0", r"\s", "", False),
    ("_", r"^\w", "", False),
    ("é", r"\w", "", True),
    ("é", r"\p{IsLatin-1Supplement}", "", True),
    ("e", r"\p{IsBasicLatin}", "", True),
    ("é", r"\P{IsBasicLatin}", "", True),
    ("É", r"\p{Lu}", "", True),
    ("é", r"\p{Foo}", "", None),
    ("é", r"\p{IsNowhere}", "", None),
    ("abab", r"(ab)\1", "", True),
    ("abac", r"(ab)\1", "", False),
    ("b", r"^(a)?\1b$", "", True),
    ("a", r"\1(a)", "", None),
    ("aa0", r"(a)\10", "", True),
    ("aaa", "a{2,3}", "", True),
    ("a", "a{2}", "", False),
    ("a{", r"a\{", "", True),
    ("a{", "a{", "", None),
    ("a", "a{3,2}", "", None),
    ("aa", "a+?", "", True),
    ("aa", "a++", "", None),
    ("aa", "a**", "", None),
    ("a", "*a", "", None),
    ("a", "(?=a)", "", None),
    ("a", "(?P<n>a)", "", None),
    ("ab", "(?:a)b", "", True),
    ("a", "(a", "", None),
    ("a", "a)", "", None),
    ("a", "[a", "", None),
    ("a", "[]", "", None),
    ("a", "[z-a]", "", None),
    ("a", "]", "", None),
    ("a", r"\q", "", None),
    ("a", r"\b", "", None),
    ("a", "a\\", "", None),
    ("tab\t", r"\t", "", True),
    ("a|b", r"a\|b", "", True),
    ("", "^$", "", True),
    ("b", "a|b", "", True),
    ("🐎", "^.$", "", True),
    ("a#b", "a#b", "", True),
    ("a~~b", "a~~b", "", True),
]


@pytest.mark.parametrize(("text", "pattern", "flags", "expected"), MATCHES)
def test_matches(text, pattern, flags, expected):
    variables = {"text": text, "pattern": pattern, "flags": flags}
    assert value("matches(text, pattern, flags)", variables) is expected


REPLACEMENTS = [
    ("abracadabra", "bra", "*", "", "a*cada*"),
    ("abracadabra", "a.*a", "*", "", "*"),
    ("abracadabra", "a.*?a", "*", "", "*c*bra"),
    ("abracadabra", "a(.)", "a$1$1", "", "abbraccaddabbra"),
    ("darted", "^(.*?)d(.*)$", "$1c$2", "", "carted"),
    ("ab", "(a)(b)?(c)?", "[$1$2$3]", "", "[ab]"),
    ("ab", "(a)", "$12", "", "a2b"),
    ("ab", "(a)", "$2", "", "b"),
    ("ab", "a", "$0$0", "", "aab"),
    ("ab", "a", r"\$", "", "$b"),
    ("ab", "a", r"\\", "", "\\b"),
    ("ab", "a", "$", "", None),
    ("ab", "a", "\\n", "", None),
    ("ab", "x*", "-", "", None),
    ("aXb", "x", "-", "i", "a-b"),
    ("a.b", ".", "$1", "q", "a$1b"),
    ("ab", "(", "-", "", None),
]


@pytest.mark.parametrize(("text", "pattern", "replacement", "flags", "expected"), REPLACEMENTS)
def test_replace(text, pattern, replacement, flags, expected):
    variables = {"text": text, "pattern": pattern, "new": replacement, "flags": flags}
    assert value("replace(text, pattern, new, flags)", variables) == expected


def test_flags_that_are_null_are_none():
    assert value('matches("a", "a", null)') is True


def test_a_pattern_that_matches_in_too_many_ways_is_a_limit_and_never_null():
    with pytest.raises(LimitExceeded):
        evaluate(f'matches("{"a" * 5000}b", "(a+)+$")')


def test_many_slow_patterns_are_a_limit_together():
    with pytest.raises(LimitExceeded):
        evaluate(f'for i in 1..1000 return matches("{"a" * 24}!", "^(a|aa)+$")')


@pytest.mark.parametrize(
    "pattern", ["a{9999}", "(a{1000}){1000}", "((a{99}){99}){99}", "a" * 10_001, "(" * 900 + ")" * 900]
)
def test_a_pattern_that_grows_too_large_is_refused(pattern):
    try:
        result = evaluate("matches(text, pattern)", {"text": "a", "pattern": pattern})
    except LimitExceeded:
        return
    assert result.value is None
    assert "pattern" in result.warnings[0].message
