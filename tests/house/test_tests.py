"""Tests wait for nothing, leave nothing out, and speak of nobody who lives."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest

from tests.support.sources import committed, decoded, modules, parse

#: What leaves a test out, or waits for time to pass.
SHUNNED = {"skip", "skipif", "skipTest", "xfail", "importorskip", "sleep"}
TEN_DIGITS = re.compile(r"(?<![\w.-])\d{10}(?![\w.-])")


def shunned(tree: ast.AST) -> Iterator[str]:
    """Where a test is left out or sleeps."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in SHUNNED:
            yield f"line {node.lineno}: {node.attr}"


@pytest.mark.parametrize("module", modules("tests"), ids=lambda module: module.name)
def test_nothing_is_left_out_or_waited_for(module):
    assert list(shunned(module.tree)) == []


@pytest.mark.parametrize(
    "text", ["time.sleep(1)", "pytest.skip('later')", "@pytest.mark.xfail\ndef test_it(): pass"]
)
def test_leaving_out_and_waiting_are_seen(text):
    assert list(shunned(parse(text)))


def is_nhs_number(digits: str) -> bool:
    """Whether ten digits could be somebody's: the last one checks the others."""
    total = sum(int(digit) * weight for digit, weight in zip(digits, range(10, 1, -1), strict=False))
    return (11 - total % 11) % 11 == int(digits[9])


def test_nhs_numbers_are_of_the_range_for_tests():
    texts = ((path, decoded(path)) for path in committed() if _is_ours(path))
    found = [(path, digits) for path, text in texts for digits in TEN_DIGITS.findall(text)]
    assert [each for each in found if is_nhs_number(each[1]) and not each[1].startswith("999")] == []


def _is_ours(path: str) -> bool:
    return path.startswith(("tests/", "examples/", "docs/", "bpmn/")) and path.endswith(
        (".py", ".md", ".json", ".jsonl", ".yaml", ".form", ".csv")
    )


@pytest.mark.parametrize(("digits", "valid"), [("9990000018", True), ("9990000019", False)])
def test_the_check_digit_is_known(digits, valid):
    assert is_nhs_number(digits) == valid
