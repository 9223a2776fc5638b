"""Nobody reads the time but engine/clock.py: all others are handed a clock, which can be stepped."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from tests.support.sources import modules, parse

#: What tells the time of day. How long something takes (`perf_counter`, `monotonic`) may be measured.
READS = {
    "datetime": {"now", "utcnow", "today"},
    "date": {"today"},
    "time": {"time", "time_ns", "localtime", "gmtime", "ctime", "strftime"},
    "func": {"now", "current_timestamp", "current_date", "current_time", "localtimestamp"},
    "os": {"times"},
}
IMPORTED = {f"time.{name}" for name in READS["time"]}


def reads_of_time(tree: ast.AST) -> Iterator[str]:
    """Every place in a tree that asks the machine or the database what time it is."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in READS.get(_name(node.value), ()):
            yield f"line {node.lineno}: {_name(node.value)}.{node.attr}"
        elif isinstance(node, ast.ImportFrom):
            yield from (
                f"line {node.lineno}: {node.module}.{a.name}"
                for a in node.names
                if f"{node.module}.{a.name}" in IMPORTED
            )
        elif (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and "CURRENT_TIMESTAMP" in node.value.upper()
        ):
            yield f"line {node.lineno}: CURRENT_TIMESTAMP"


def _name(node: ast.AST) -> str:
    return node.id if isinstance(node, ast.Name) else getattr(node, "attr", "")


@pytest.mark.parametrize(
    "module",
    modules("engine", "notifications", "insight", "api", "web", "cli", "examples"),
    ids=lambda m: m.name,
)
def test_only_the_clock_reads_the_time(module):
    found = list(reads_of_time(module.tree))
    assert bool(found) == (module.name == "engine.clock"), found


@pytest.mark.parametrize(
    "text",
    [
        "datetime.now(UTC)",
        "datetime.datetime.utcnow()",
        "default_factory = date.today",
        "import time\ntime.time()",
        "from time import time_ns as t",
        "select(func.now())",
        "Column(server_default=text('current_timestamp'))",
    ],
)
def test_a_read_is_seen(text):
    assert list(reads_of_time(parse(text)))


@pytest.mark.parametrize(
    "text",
    ["clock.now()", "self._environment.now()", "time.perf_counter()", "time.monotonic()", "clock.today()"],
)
def test_asking_a_clock_or_measuring_is_none(text):
    assert not list(reads_of_time(parse(text)))
