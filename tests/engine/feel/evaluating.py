"""Evaluating in tests: a fixed instant, and FEEL texts for the expected values as well."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from engine.feel import Result, compile_expression, compile_tests

NOW = datetime(2026, 7, 1, 23, 30, tzinfo=UTC)
"""Half past midnight of 2 July in London: the UTC day would be wrong."""


def evaluate(text: str, variables: dict[str, Any] | None = None, steps: int = 100_000) -> Result:
    """Value and warnings of an expression."""
    variables = variables or {}
    return compile_expression(text, variables).evaluate(variables, now=NOW, steps=steps)


def value(text: str, variables: dict[str, Any] | None = None) -> Any:
    """The value of an expression."""
    return evaluate(text, variables).value


def passes(cell: str, subject: Any, variables: dict[str, Any] | None = None) -> Any:
    """What a table's cell says of a value."""
    scope = {**(variables or {}), "?": subject}
    return compile_tests(cell, variables or {}).evaluate(scope, now=NOW).value


def table(text: str) -> list[tuple[str, str]]:
    """Rows of ``expression ⇒ expected``, one a line; blank lines divide subjects."""
    rows = [line.split("⇒") for line in text.strip().splitlines() if line.strip()]
    return [(left.strip(), right.strip()) for left, right in rows]
