"""docs/security.md names tests that exist, for each of the ten risks of OWASP's list."""

from __future__ import annotations

import ast
import re
from functools import cache

import pytest

from engine.config import ROOT

PAGE = (ROOT / "docs" / "security.md").read_text()
NAMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py)::(test_\w+)`", PAGE)))
RISKS = dict(re.findall(r"^### (API\d+) [^\n]+\n(.*?)(?=^##)", PAGE, re.DOTALL | re.MULTILINE))


@cache
def names_in(path: str) -> frozenset[str]:
    tree = ast.parse((ROOT / path).read_text())
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef))


@pytest.mark.parametrize(("path", "name"), NAMED, ids=lambda part: part)
def test_a_test_that_is_named_exists(path: str, name: str) -> None:
    assert name in names_in(path)


def test_each_risk_has_its_tests() -> None:
    assert list(RISKS) == [f"API{number}" for number in range(1, 11)]
    assert [risk for risk, said in RISKS.items() if "::test_" not in said] == []


def test_a_test_that_is_gone_would_be_noticed() -> None:
    assert "test_of_nothing" not in names_in("tests/api/test_access.py")
