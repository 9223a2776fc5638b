"""Decision tables: which rules match, and what the hit policy makes of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from engine.dmn.hits import POLICIES, Hits, Policy
from engine.dmn.site import Boxed, Site, shortened, typed
from engine.dmn.types import type_reference
from engine.dmn.xml import Element, child, children, name_of, place_of, text_of
from engine.feel.evaluation import Evaluation, Scope
from engine.feel.expression import Expression
from engine.feel.inward import Settled
from engine.feel.types import ANY, Type
from engine.feel.values import Value


@dataclass(frozen=True)
class Input:
    """A column of conditions.

    Attributes:
        label: what the column is called in messages.
        value: the expression that the cells test.
        allowed: the values it may have; None for any.
    """

    label: str
    value: Boxed
    allowed: Expression | None


@dataclass(frozen=True)
class Output:
    """A column of conclusions.

    Attributes:
        name: the entry's name when there are several outputs.
        type: that each cell's value is coerced to.
        order: the output values, from the most to the least important.
        default: the value when no rule matches; None if there is no default.
    """

    name: str
    type: Type
    order: Boxed | None
    default: Boxed | None


@dataclass(frozen=True)
class Rule:
    """A row: its id, a test or None (anything) for each input, and an expression for each output."""

    id: str
    tests: tuple[Expression | None, ...]
    outputs: tuple[Boxed, ...]


class _Cells:
    """Compiles cells; equal texts share one compiled test."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._known: dict[str, Expression | None] = {}

    def test(self, element: Element) -> Expression | None:
        """The test of an input entry; None where anything matches."""
        text = text_of(element)
        if text in ("", "-"):
            return None
        if text not in self._known:
            self._known[text] = self._site.tests(text, element) or NEVER
        return self._known[text]


class _Never(Expression):
    """A cell that can't be read: it matches nothing."""

    __slots__ = ()

    def __init__(self) -> None:
        self.text = ""

    def run_in(self, scope: Scope) -> Value:
        """Null, which is no match."""
        scope.evaluation.warn("A cell of the table can't be read")
        return None


NEVER = _Never()


def decision_table(element: Element, site: Site) -> Boxed:
    """A compiled decision table."""
    inputs = [_input(column, site) for column in children(element, "input")]
    outputs = [_output(column, site) for column in children(element, "output")]
    cells = _Cells(site)
    rules = [
        _rule(row, index, cells, outputs, site) for index, row in enumerate(children(element, "rule"), 1)
    ]
    policy = _policy(element, site)
    for row, rule in zip(children(element, "rule"), rules, strict=True):
        if len(rule.tests) != len(inputs) or len(rule.outputs) != len(outputs):
            site.note(row, "The rule has not as many cells as the table has columns.", "Fill in the row.")
    return _Table(place_of(element), site.where, inputs, outputs, rules, policy).run


def _policy(element: Element, site: Site) -> Policy:
    word = (element.get("hitPolicy") or "UNIQUE").upper()
    aggregation = (element.get("aggregation") or "").upper()
    policy = POLICIES.get((word, aggregation))
    if policy is None:
        site.note(element, f"There is no hit policy {word} {aggregation}.", "Choose one of the standard's.")
        return POLICIES["UNIQUE", ""]
    return policy


def _input(column: Element, site: Site) -> Input:
    expression = child(column, "inputExpression")
    text = text_of(expression)
    label = column.get("label") or shortened(text)
    if expression is None or not text:
        site.note(column, "A column has no input expression.", "Say what it tests.")
        return Input(label, lambda values, evaluation: None, None)
    value = typed(site.literal(text, expression), site.type_of(expression), label)
    return Input(label, value, _allowed(child(column, "inputValues"), site))


def _allowed(element: Element | None, site: Site) -> Expression | None:
    text = text_of(element)
    if element is None or text in ("", "-"):
        return None
    return site.tests(text, element)


def _output(column: Element, site: Site) -> Output:
    values, default = child(column, "outputValues"), child(column, "defaultOutputEntry")
    order = default_value = None
    if values is not None and text_of(values):
        order = site.literal(f"[{text_of(values)}]", values)
    kind = site.type_of(column) if type_reference(column) else ANY
    if default is not None and text_of(default):
        default_value = typed(site.literal(text_of(default), default), kind, "The default output")
    return Output(name_of(column), kind, order, default_value)


def _rule(row: Element, index: int, cells: _Cells, outputs: Sequence[Output], site: Site) -> Rule:
    tests = tuple(cells.test(cell) for cell in children(row, "inputEntry"))
    columns = zip(children(row, "outputEntry"), outputs, strict=False)
    values = tuple(typed(_output_cell(cell, site), output.type, "An output") for cell, output in columns)
    return Rule(row.get("id") or str(index), tests, values)


def _output_cell(cell: Element, site: Site) -> Boxed:
    text = text_of(cell)
    if text in ("", "-"):
        return lambda values, evaluation: None
    return typed(site.literal(text, cell), site.type_of(cell), "An output")


class _Table:
    """A compiled table, ready to be run."""

    def __init__(
        self,
        place: str,
        where: str,
        inputs: Sequence[Input],
        outputs: Sequence[Output],
        rules: Sequence[Rule],
        policy: Policy,
    ) -> None:
        self._place = place
        self._where = where
        self._inputs = inputs
        self._outputs = outputs
        self._rules = rules
        self._policy = policy

    def run(self, values: Settled, evaluation: Evaluation) -> Value:
        """What the table answers for the values in scope."""
        subjects = [column.value(values, evaluation) for column in self._inputs]
        barred = self._barred(subjects, values, evaluation)
        matched = self._matching(subjects, barred, values, evaluation)
        note_matches(evaluation, self._where, [rule.id for rule in matched])
        if not matched:
            return None if barred else self._without_match(values, evaluation)
        hits = Hits(
            [rule.id for rule in matched],
            [[cell(values, evaluation) for cell in rule.outputs] for rule in matched],
            [self._order(column, values, evaluation) for column in self._outputs],
            [column.name for column in self._outputs],
        )
        return self._policy.decide(hits, evaluation)

    def _barred(self, subjects: list[Value], values: Settled, evaluation: Evaluation) -> frozenset[int]:
        """The columns whose input isn't one of the values they allow: to the rules it is null.

        Such an input is matched by a cell that says ``null``, never by an empty one.
        """
        barred = set()
        for index, (column, subject) in enumerate(zip(self._inputs, subjects, strict=True)):
            if column.allowed is None:
                continue
            if column.allowed.run(Settled({**values, "?": subject}), evaluation) is not True:
                evaluation.warn(f"The input '{column.label}' isn't one of the values the table allows")
                subjects[index] = None
                barred.add(index)
        return frozenset(barred)

    def _matching(
        self, subjects: list[Value], barred: frozenset[int], values: Settled, evaluation: Evaluation
    ) -> list[Rule]:
        scopes = [Scope(Settled({**values, "?": subject}), None, evaluation) for subject in subjects]
        matched = []
        evaluation.where, before = self._place, evaluation.where
        for rule in self._rules:
            evaluation.spend(1)
            if _matches(rule, scopes) and all(rule.tests[index] is not None for index in barred):
                matched.append(rule)
                if self._policy.first_only:
                    break
        evaluation.where = before
        return matched

    def _without_match(self, values: Settled, evaluation: Evaluation) -> Value:
        if any(column.default is not None for column in self._outputs):
            defaults = [
                None if column.default is None else column.default(values, evaluation)
                for column in self._outputs
            ]
            return Hits(["default"], [defaults], [], [column.name for column in self._outputs]).row(0)
        return self._policy.nothing()

    @staticmethod
    def _order(column: Output, values: Settled, evaluation: Evaluation) -> list[Value]:
        order = None if column.order is None else column.order(values, evaluation)
        return order if isinstance(order, list) else []


def _matches(rule: Rule, scopes: Sequence[Scope]) -> bool:
    for test, scope in zip(rule.tests, scopes, strict=False):
        if test is not None and test.run_in(scope) is not True:
            return False
    return True


def note_matches(evaluation: Evaluation, where: str, rules: Sequence[str]) -> None:
    """Keep which rules matched, for the audit."""
    evaluation.matched += tuple((where, rule) for rule in rules)
