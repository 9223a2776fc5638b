"""Expressions written to hang, crash or fill the machine: each ends soon, within its memory."""

from __future__ import annotations

import gc
import subprocess
import sys
import textwrap
from time import process_time

import pytest

from engine.feel import FeelSyntaxError, LimitExceeded, compile_expression, to_json
from tests.engine.feel.evaluating import NOW

SECONDS = 1.0
SHARED = "{l: for i in 1..60 return if i = 1 then [1] else [partial[-1], partial[-1]], r: %s}"
LETTER = '{t: string join(for i in 1..5000 return "aaaaaaaaaa"), r: %s}'

#: name: (text, what it ends with: an exception, or None for a value)
ATTACKS = {
    "round brackets": ("(" * 20_000 + "1" + ")" * 20_000, FeelSyntaxError),
    "lists": ("[" * 5_000, FeelSyntaxError),
    "contexts": ("{a:" * 5_000, FeelSyntaxError),
    "calls": ("f(" * 5_000, FeelSyntaxError),
    "ifs": ("if " * 5_000, FeelSyntaxError),
    "functions": ("function() " * 4_000 + "1", FeelSyntaxError),
    "types": ("x instance of " + "list<" * 5_000, FeelSyntaxError),
    "minus signs": ("-" * 20_000 + "1", FeelSyntaxError),
    "too long": ("1" + "+1" * 30_000, FeelSyntaxError),
    "a long difference": ("1" + "-1" * 10_000, FeelSyntaxError),
    "a long path": ("a" + ".b" * 5_000, FeelSyntaxError),
    "a long row of filters": ("a" + "[1]" * 5_000, FeelSyntaxError),
    "comparisons": ("1" + "<1" * 5_000, FeelSyntaxError),
    "chains in brackets": ("(" * 30 + "1-" * 100 + "1" + ("-1" * 20 + ")") * 30, FeelSyntaxError),
    "unclosed comments": ("/*" * 20_000, FeelSyntaxError),
    "unclosed string": ('"' + '\\"' * 20_000, FeelSyntaxError),
    "a huge number": ("1e999999999", FeelSyntaxError),
    "a long sum is legal": ("1" + "+1" * 10_000, None),
    "a long letter is legal": ('"a"' + '+"a"' * 2_000, None),
    "many digits": ("9" * 40_000, FeelSyntaxError),
    "a huge duration": ('@"P' + "9" * 5_000 + 'D"', None),
    "a power": ("10 ** 10000000", None),
    "exp": ("exp(1e6000)", None),
    "many powers": ("for i in 1..99999 return 1.2345678901234567890123456789 ** 5678.123456789", LimitExceeded),
    "huge remainders": ("for i in 1..99999 return modulo(1e6000, 3.3e-6000)", LimitExceeded),
    "huge roundings": ("for i in 1..99999 return decimal(1/3, 6000)", LimitExceeded),
    "a long loop": ("for i in 1..10**9 return i", LimitExceeded),
    "loops in loops": ("for i in 1..10000, j in 1..10000 return i * j", LimitExceeded),
    "a search without end": ("some x in 1..1000000000 satisfies x < 0", LimitExceeded),
    "a wide body": ("for i in 1..100000 return [" + ",".join(["1"] * 2_000) + "]", LimitExceeded),
    "a wide context": (
        "for i in 1..100000 return {" + ",".join(f"a{i}: 1" for i in range(2_000)) + "}", LimitExceeded
    ),
    "deep bodies": ("for i in 1..100000 return [[[[[[[[i]]]]]]]]", LimitExceeded),
    "filters over filters": ("{l: for i in 1..30000 return i, r: l[some y in l satisfies y > 10**6]}", LimitExceeded),
    "days": ('for d in @"0001-01-01"..@"9999-12-31" return d', LimitExceeded),
    "recursion": ("{f: function(n) f(n + 1), r: f(1)}.r", LimitExceeded),
    "recursion in brackets": ("{f: function(n) " + "[" * 12 + "f(n + 1)" + "]" * 12 + ", r: f(1)}.r", LimitExceeded),
    "fibonacci": ("{f: function(n) if n < 2 then n else f(n - 1) + f(n - 2), r: f(40)}.r", LimitExceeded),
    "text that doubles": (
        'for i in 1..60 return if i = 1 then "ab" else partial[-1] + partial[-1]', LimitExceeded
    ),
    "copies of a letter": (LETTER % "for i in 1..99999 return t + string(i)", LimitExceeded),
    "searches in a letter": (LETTER % 'for i in 1..99999 return contains(t, "zz")', LimitExceeded),
    "a list that contains itself": ("for i in 1..3 return partial", None),
    "copies of what grows": ("for i in 1..100000 return partial", LimitExceeded),
    "shared parts shown": (SHARED % "string(l)", LimitExceeded),
    "shared parts compared": (SHARED % "l = l", LimitExceeded),
    "shared parts flattened": (SHARED % "flatten(l)", LimitExceeded),
    "shared parts told apart": (SHARED % "distinct values(l)", LimitExceeded),
    "shared parts checked": (SHARED % "l instance of list<list<list<number>>>", LimitExceeded),
    "shared parts as JSON": ("for i in 1..60 return if i = 1 then [1] else [partial[-1], partial[-1]]", LimitExceeded),
    "quadratic membership": ("{l: for i in 1..9000 return i, r: for i in l return list contains(l, i)}", LimitExceeded),
    "quadratic joins": ("{l: for i in 1..9000 return i, r: for i in l return concatenate(l, l)}", LimitExceeded),
    "sorting": ("sort(for i in 1..50000 return -i, function(a, b) a < b)", LimitExceeded),
    "distinct contexts": ("distinct values(for i in 1..4000 return {a: i, b: string(i)})", None),
    "modes": ("mode(for i in 1..15000 return i)", None),
    "a long replacement": (LETTER % ('replace(t, "a", "' + "x" * 2_000 + '")'), LimitExceeded),
    "a killer pattern": (f'matches("{"a" * 5_000}b", "(a+)+$")', LimitExceeded),
    "many slow patterns": (f'for i in 1..1000 return matches("{"a" * 24}!", "^(a|aa)+$")', LimitExceeded),
    "many patterns to compile": (
        'for i in 1..9000 return matches("x", "a{" + string(i) + "}[a-z-[aeiou]]*(b|c)*")', LimitExceeded
    ),
    "a million zoned moments": (
        'for i in 1..99999 return @"2020-01-01T00:00:00@Europe/London" + @"PT1H" * i', LimitExceeded
    ),
}  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def _alone() -> None:
    """What other tests have left in memory is looked through at no attack's expense."""
    gc.collect()
    gc.freeze()


def run(text: str) -> None:
    to_json(compile_expression(text).evaluate({}, now=NOW).value)


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_ends_soon_and_as_it_should(name):
    text, ending = ATTACKS[name]
    began = process_time()
    if ending is None:
        run(text)
    else:
        with pytest.raises(ending):
            run(text)
    assert process_time() - began < SECONDS


#: The hungriest, each in a process of its own with the budget of a decision table.
HUNGRY = ["contexts kept", "lists kept", "letters kept", "numbers kept", "wide contexts kept"]
SOURCE = """
    import pathlib, sys
    from engine.feel import LimitExceeded, to_json
    from tests.engine.feel.evaluating import evaluate
    try:
        to_json(evaluate(sys.argv[1], steps=1_000_000).value)
    except LimitExceeded:
        pass
    # The peak since this program began; what getrusage tells includes the process that started it.
    lines = pathlib.Path("/proc/self/status").read_text().splitlines()
    print(next(int(line.split()[1]) // 1024 for line in lines if line.startswith("VmHWM")))
"""
TEXTS = {
    "contexts kept": "for i in 1..100000 return {a: {b: {c: {d: i}}}}",
    "lists kept": "for i in 1..100000 return [[[[[[[[i]]]]]]]]",
    "letters kept": '{t: string join(for i in 1..90000 return "aaaaaaaaaa"), r: for i in 1..999 return t + string(i)}',
    "numbers kept": "for i in 1..1000, j in 1..1000 return 1234567890123456789012345678901234 * i",
    "wide contexts kept": "for i in 1..99999 return {" + ",".join(f"a{i}: 1" for i in range(2_000)) + "}",
}


@pytest.mark.parametrize("name", HUNGRY)
def test_an_attack_stays_within_its_memory(name):
    command = [sys.executable, "-c", textwrap.dedent(SOURCE), TEXTS[name]]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    assert int(done.stdout) < 150
