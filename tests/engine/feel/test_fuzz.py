"""Two seconds of random expressions: nothing but syntax errors and limits may come out."""

from __future__ import annotations

import random
from contextlib import suppress
from time import process_time

from engine.feel import FeelSyntaxError, LimitExceeded, check, compile_expression, compile_tests, to_json
from tests.engine.feel.evaluating import NOW
from tests.engine.feel.test_builtins import CONVERSION, LISTS, TEXT
from tests.engine.feel.test_collections import FILTERS, FUNCTIONS, LOOPS, PATHS
from tests.engine.feel.test_operators import ARITHMETIC, MEMBERSHIP

SEED = 20_261_123
SECONDS = 2.0
WORDS = r"""
    1 2.5 -1 0 1e40 "a" "" null true false a b item partial ? @"2020-01-01" @"P1D" @"x" date time duration
    + - * / ** = != < <= > >= ( ) [ ] { } , . .. : -> and or not in between if then else for return some every
    satisfies function instance of list< > number string count sum sort replace matches "(" "a+" range external
"""
SPLICED = [
    text for text, _ in CONVERSION + TEXT + LISTS + FILTERS + PATHS + LOOPS + FUNCTIONS + ARITHMETIC + MEMBERSHIP
]  # fmt: skip


def spliced(rng: random.Random) -> str:
    """The beginning of one real expression and the end of another, or a word put in."""
    first, second = rng.choice(SPLICED), rng.choice(SPLICED)
    at, to = rng.randrange(len(first) + 1), rng.randrange(len(second) + 1)
    middle = rng.choice(WORDS.split()) if rng.random() < 0.5 else ""
    return first[:at] + middle + second[to:]


def jumbled(rng: random.Random) -> str:
    return " ".join(rng.choice(WORDS.split()) for _ in range(rng.randint(1, 14)))


def attempt(text: str) -> bool:
    """Whether the text is FEEL at all."""
    try:
        expression = compile_expression(text)
        result = expression.evaluate({"a": 1, "b": [1, {"a": 2}]}, now=NOW, steps=2_000)
        to_json(result.value)
    except (FeelSyntaxError, LimitExceeded):
        return False
    finally:
        check(text, ("a",))
        attempt_cell(text)
    return True


def attempt_cell(text: str) -> None:
    with suppress(FeelSyntaxError, LimitExceeded):
        compile_tests(text).evaluate({"?": 1}, now=NOW, steps=2_000)


def test_random_expressions_give_values_syntax_errors_and_limits_only():
    rng = random.Random(SEED)
    began, tried, legal = process_time(), 0, 0
    while process_time() - began < SECONDS:
        text = spliced(rng) if rng.random() < 0.7 else jumbled(rng)
        legal += attempt(text)
        tried += 1
    assert tried > 500
    assert legal > tried / 50
