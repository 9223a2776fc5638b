"""Expressions and table cells: compiled once, evaluated as often as wanted, from any thread."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

import engine.feel.compiling.calls
import engine.feel.compiling.collections
import engine.feel.compiling.loops
import engine.feel.compiling.names
import engine.feel.compiling.operators
import engine.feel.compiling.tests  # noqa: F401  (each registers the compilers of its nodes)
from engine.feel.builtins import BUILTINS
from engine.feel.compiling.core import Closure, Compiling
from engine.feel.errors import FeelWarning, LimitExceeded
from engine.feel.evaluation import Evaluation, Scope
from engine.feel.functions import Functions
from engine.feel.properties import NAMES as PROPERTY_NAMES
from engine.feel.syntax.names import Layer, layer
from engine.feel.syntax.parser import parse, parse_tests
from engine.feel.syntax.tree import Node, measure
from engine.feel.types import BY_NAME, Type
from engine.feel.values import Value

STEPS = 100_000
"""Steps for one condition or mapping: at most about 0.2 seconds."""

TypeFinder = Callable[[str], Type | None]


@dataclass(slots=True)
class Result:
    """What an evaluation answers: the value, and why parts of it are null."""

    value: Value
    warnings: list[FeelWarning]


class Vocabulary:
    """The names an expression may use besides the built-ins.

    Args:
        names: of variables; they may have spaces and symbols.
        functions: the built-ins.
        components: names that may follow a dot, besides the properties of FEEL's own types.
        types: names of declared types.
        find_type: finds a declared type by name.
        hints: names that may turn out to exist, such as the entries of a filter's item: they help to read
            the text, but hide no built-in.
    """

    def __init__(
        self,
        names: Iterable[str] = (),
        functions: Functions = BUILTINS,
        components: Collection[str] = (),
        types: Collection[str] = (),
        find_type: TypeFinder = BY_NAME.get,
        hints: Iterable[str] = (),
    ) -> None:
        self.names = frozenset(names)
        self.functions = functions
        self.components = PROPERTY_NAMES.union(components)
        self.types = tuple(types)
        self.find_type = find_type
        self.layer: Layer = layer(sorted(self.names.union(hints)))

    def tree(self, text: str) -> Node:
        """The tree of an expression.

        Raises:
            FeelSyntaxError: if the text isn't one.
        """
        return parse(text, (self.functions.layer, self.layer), self.components, self.types)

    def tree_of_tests(self, text: str) -> Node:
        """The tree of a table's cell.

        Raises:
            FeelSyntaxError: if the text isn't one.
        """
        return parse_tests(text, (self.functions.layer, self.layer), self.components, self.types)

    def closure(self, node: Node) -> Closure:
        """The compiled form of a tree.

        Raises:
            FeelSyntaxError: if it is nested too deeply.
        """
        return Compiling(self.functions, self.names, self.find_type, measure(node)).closure(node)


class Expression:
    """A compiled expression or cell. It holds no state; threads may share it."""

    __slots__ = ("_closure", "text", "tree")

    def __init__(self, text: str, tree: Node, closure: Closure) -> None:
        self.text = text
        self.tree = tree
        self._closure = closure

    def evaluate(self, variables: Mapping[str, Any], *, now: datetime, steps: int = STEPS) -> Result:
        """The value of the expression.

        Args:
            variables: looked up by name only when they are read.
            now: the instant for ``now()`` and ``today()``, aware.
            steps: how many steps it may take.

        Raises:
            LimitExceeded: if it needs more steps, depth, room or pattern time than allowed.
        """
        evaluation = Evaluation(now, steps)
        try:
            return Result(self._closure(Scope(variables, None, evaluation)), evaluation.warnings)
        except RecursionError:
            raise LimitExceeded("The expression calls itself too deeply.") from None

    def run(self, variables: Mapping[str, Any], evaluation: Evaluation) -> Value:
        """The value within an evaluation that has begun: budget, warnings and clock are shared.

        Raises:
            LimitExceeded: as ``evaluate``.
            RecursionError: the one who began the evaluation turns it into ``LimitExceeded``.
        """
        return self._closure(Scope(variables, None, evaluation))

    def run_in(self, scope: Scope) -> Value:
        """As ``run``, in a scope that exists already."""
        return self._closure(scope)

    def __repr__(self) -> str:
        return f"Expression({self.text!r})"


def compile_expression(text: str, names: Iterable[str] = (), functions: Functions = BUILTINS) -> Expression:
    """Compile a FEEL expression.

    Args:
        text: the expression, without a leading ``=``.
        names: of the variables it may read. Only names with symbols (``due-date``) or that contain
            keywords need to be given; other words side by side are taken as one name.
        functions: the functions it may call.

    Raises:
        FeelSyntaxError: if the text isn't an expression.
    """
    return _compiled(text, frozenset(names), functions)


@lru_cache(maxsize=4_096)
def _compiled(text: str, names: frozenset[str], functions: Functions) -> Expression:
    return compile_in(text, Vocabulary(names, functions))


def compile_in(text: str, vocabulary: Vocabulary) -> Expression:
    """Compile an expression whose words are given as a whole.

    Raises:
        FeelSyntaxError: if the text isn't an expression.
    """
    tree = vocabulary.tree(text)
    return Expression(text, tree, _guarded(vocabulary, tree))


def compile_tests(text: str, names: Iterable[str] = (), functions: Functions = BUILTINS) -> Expression:
    """Compile a cell of a decision table: true, false or null for the variable ``?``.

    Raises:
        FeelSyntaxError: if the text isn't a list of tests.
    """
    return compile_tests_in(text, Vocabulary(names, functions))


def compile_tests_in(text: str, vocabulary: Vocabulary) -> Expression:
    """As ``compile_tests``, with words given as a whole.

    Raises:
        FeelSyntaxError: if the text isn't a list of tests.
    """
    tree = vocabulary.tree_of_tests(text)
    return Expression(text, tree, _guarded(vocabulary, tree))


def _guarded(vocabulary: Vocabulary, tree: Node) -> Closure:
    try:
        return vocabulary.closure(tree)
    except RecursionError:
        raise LimitExceeded("The expression is nested too deeply. Split it.") from None
