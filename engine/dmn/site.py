"""Where an expression stands in a model: which names it sees, and where its mistakes are noted."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from engine.dmn.problems import ModelProblem
from engine.dmn.types import TypeTable, type_reference
from engine.dmn.xml import Element, line_of, place_of
from engine.feel.checking import ANY_NAME, problems
from engine.feel.errors import FeelSyntaxError, LimitExceeded
from engine.feel.evaluation import Evaluation
from engine.feel.expression import Expression, Vocabulary, compile_in, compile_tests_in
from engine.feel.functions import Functions
from engine.feel.inward import Settled
from engine.feel.types import ANY, Type, Unfit, coerced
from engine.feel.values import Value

Boxed = Callable[[Settled, Evaluation], Value]
"""A compiled expression of a model: run with the values of the names in scope."""


@dataclass
class Reading:
    """A model while it is read.

    Attributes:
        functions: the built-ins.
        types: the declared types.
        components: names that may follow a dot anywhere in the model.
        problems: the mistakes found so far.
    """

    functions: Functions
    types: TypeTable
    components: set[str]
    problems: list[ModelProblem] = field(default_factory=list)
    _vocabularies: dict[tuple[frozenset[str], bool], Vocabulary] = field(default_factory=dict)

    def note(self, element: Element, message: str, remedy: str) -> None:
        """Note a mistake in an element."""
        self.problems.append(ModelProblem(place_of(element), message, remedy, line_of(element)))

    def vocabulary(self, names: frozenset[str], within_filter: bool) -> Vocabulary:
        """The words that expressions with these names in scope may use."""
        key = names, within_filter
        known = self._vocabularies.get(key)
        if known is None:
            known = self._vocabularies[key] = Vocabulary(
                names,
                self.functions,
                self.components,
                tuple(self.types.names),
                self.types.find,
                hints=self.components if within_filter else (),
            )
        return known


@dataclass(frozen=True)
class Site:
    """The place of an expression: the names in scope, and the decision or model it belongs to."""

    reading: Reading
    where: str
    names: frozenset[str] = frozenset()
    within_filter: bool = False

    def seeing(self, *names: str) -> Site:
        """The same place with more names in scope."""
        return replace(self, names=self.names.union(names))

    def filtering(self) -> Site:
        """Inside a filter, where an item's entries are names too."""
        return replace(self, names=self.names | {"item"}, within_filter=True)

    def note(self, element: Element, message: str, remedy: str) -> None:
        """Note a mistake."""
        self.reading.note(element, message, remedy)

    def type_of(self, element: Element | None) -> Type:
        """The type an element declares by its ``typeRef``; Any if it declares none."""
        written = type_reference(element)
        if element is None or written is None:
            return ANY
        found = self.reading.types.reference(written, element)
        if found is None:
            self.note(element, f"There is no type '{written}'.", "Declare it or choose another.")
        return ANY if found is None else found

    def literal(self, text: str, element: Element) -> Boxed:
        """A FEEL expression; its mistakes are noted, and a text that isn't FEEL becomes null."""
        return self._compiled(text, element, compile_in)

    def tests(self, text: str, element: Element) -> Expression | None:
        """A cell of tests; None if it isn't one, which is noted."""
        return self._checked(text, element, compile_tests_in, frozenset("?"))

    def _compiled(
        self, text: str, element: Element, compiler: Callable[[str, Vocabulary], Expression]
    ) -> Boxed:
        expression = self._checked(text, element, compiler, frozenset())
        if expression is None:
            return failing(f"The expression '{shortened(text)}' can't be read")
        return placed(expression.run, place_of(element))

    def _checked(
        self,
        text: str,
        element: Element,
        compiler: Callable[[str, Vocabulary], Expression],
        more: frozenset[str],
    ) -> Expression | None:
        vocabulary = self.reading.vocabulary(self.names | more, self.within_filter)
        try:
            expression = compiler(text, vocabulary)
        except (FeelSyntaxError, LimitExceeded) as error:
            self.note(element, f"'{shortened(text)}' isn't FEEL: {error}", "Correct the expression.")
            return None
        local = ANY_NAME if self.within_filter else frozenset()
        for problem in problems(expression.tree, vocabulary, local):
            self.note(element, problem.message, f"Correct '{shortened(text)}'.")
        return expression


def shortened(text: str) -> str:
    """A text short enough for a message."""
    line = " ".join(text.split())
    return line if len(line) <= 60 else line[:57] + "..."


def failing(message: str) -> Boxed:
    """An expression that is null, with a warning why."""
    return lambda values, evaluation: evaluation.warn(message)


def placed(run: Boxed, place: str) -> Boxed:
    """The expression with its warnings bearing a place."""

    def run_there(values: Settled, evaluation: Evaluation) -> Value:
        before = evaluation.where
        evaluation.where = place
        result = run(values, evaluation)
        evaluation.where = before
        return result

    return run_there


def typed(run: Boxed, wanted: Type, what: str) -> Boxed:
    """The expression with its value coerced to a declared type; null with a warning if it doesn't fit."""
    if wanted is ANY:
        return run

    def run_typed(values: Settled, evaluation: Evaluation) -> Value:
        return fitted(run(values, evaluation), wanted, what, evaluation)

    return run_typed


def fitted(value: Value, wanted: Type, what: str, evaluation: Evaluation) -> Value:
    """The value coerced to a declared type; null with a warning if it doesn't fit."""
    try:
        return coerced(value, wanted, evaluation)
    except Unfit as reason:
        evaluation.warn(f"{what}: {reason}")
        return None


def names_in(elements: Iterable[Element]) -> frozenset[str]:
    """The names that some elements bear."""
    return frozenset(name for element in elements if (name := " ".join((element.get("name") or "").split())))
