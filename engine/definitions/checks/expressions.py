"""Names in expressions: functions that must exist, and variables that somebody should set."""

from __future__ import annotations

import re
from collections.abc import Iterator

from engine.definitions.diagram import Diagram, Expression, expressions
from engine.definitions.known import Known
from engine.definitions.remarks import Remark, error, nearest, warning
from engine.feel import FeelSyntaxError, LimitExceeded, Problem, check, compile_expression
from engine.spiff.findings import Finding

_ANYTHING = frozenset({"*"})
_QUOTED = re.compile(r"'([^']+)'")


def known_names_in(diagram: Diagram, known: Known) -> Iterator[Finding]:
    """Every function exists; every variable is set by something in the deployment, or given at the start."""
    for expression in expressions(diagram):
        text = expression.text.strip().removeprefix("=")
        if _can_be_read(text, known):
            for remark in _remarks(text, expression, known):
                yield remark.at(diagram.file, expression.element)


def _can_be_read(text: str, known: Known) -> bool:
    """What can't be read is reported by the reading of the diagram itself."""
    try:
        compile_expression(text, _mentioned(text, known.variables), known.functions)
    except (FeelSyntaxError, LimitExceeded):
        return False
    return True


def _mentioned(text: str, names: frozenset[str]) -> frozenset[str]:
    """Only names that the text holds can matter to its reading."""
    return frozenset(name for name in names if name in text)


def _remarks(text: str, expression: Expression, known: Known) -> Iterator[Remark]:
    every_name = known.variables | expression.local
    names = _mentioned(text, every_name)
    certain = check(text, names | _ANYTHING, known.functions)
    for problem in certain:
        yield _of_function(problem, expression.place, known)
    for problem in check(text, names, known.functions):
        if problem not in certain:
            yield _of_variable(problem, expression.place, every_name)


def _of_function(problem: Problem, place: str, known: Known) -> Remark:
    guide = "The guide for process owners lists what FEEL offers."
    rule = "unknown-function" if problem.message.startswith("There is no function") else "feel-mistake"
    return error(
        rule,
        f"The {place} can't be worked out. {problem.message}",
        nearest(_named(problem), known.functions, guide),
    )


def _of_variable(problem: Problem, place: str, names: frozenset[str]) -> Remark:
    name = _named(problem)
    return warning(
        "unknown-variable",
        f"The {place} reads the variable “{name}”, which nothing in these files sets.",
        nearest(
            name,
            names,
            "Correct the name; if it is given at the start, add it to the process's property ehc:variables.",
        ),
    )


def _named(problem: Problem) -> str:
    found = _QUOTED.search(problem.message)
    return found[1] if found else ""
