"""A model of decisions: read once, evaluated as often as wanted, from any thread."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from engine.dmn.caller import Caller, Given
from engine.dmn.nodes import Decision, InputData, Node, Run, Service
from engine.dmn.problems import ModelProblem, ModelRefused, UnknownDecision
from engine.dmn.reading import Library, ModelReader, named
from engine.dmn.xml import Element, read_root
from engine.feel.builtins import BUILTINS
from engine.feel.errors import FeelWarning, LimitExceeded
from engine.feel.evaluation import Evaluation
from engine.feel.functions import Functions
from engine.feel.values import Function, Value

STEPS = 1_000_000
"""Steps for one decision with everything it requires: at most about 2 seconds."""


@dataclass(frozen=True)
class DecisionInfo:
    """What a model offers to evaluate.

    Attributes:
        id: empty if the file gives none.
        name: as in the diagram.
        inputs: names of the input data it needs, those of what it requires included.
        kind: ``decision`` or ``service``.
    """

    id: str
    name: str
    inputs: tuple[str, ...]
    kind: str


@dataclass(frozen=True)
class MatchedRule:
    """A rule that applied: the decision or knowledge model its table is in, and the rule's id or number."""

    decision: str
    rule: str


@dataclass(frozen=True)
class DecisionResult:
    """What a decision answers, and why.

    Attributes:
        value: a FEEL value.
        warnings: why parts of it are null.
        matched_rules: the rules of tables that applied, in the order of evaluation.
        rests_on: the names of inputs that were looked at, given or not: while these are the same the answer
            is the same. None where the time was asked for too.
    """

    value: Value
    warnings: tuple[FeelWarning, ...]
    matched_rules: tuple[MatchedRule, ...]
    rests_on: frozenset[str] | None = None


class Model:
    """A DMN model.

    Attributes:
        problems: mistakes found while reading; empty unless it was read with ``lenient``.
    """

    def __init__(self, library: Library, problems: Sequence[ModelProblem]) -> None:
        self.library = library
        self.problems = tuple(problems)
        self._paths = _import_paths(library)

    @property
    def name(self) -> str:
        """The model's name."""
        return self.library.name

    @property
    def namespace(self) -> str:
        """The namespace by which other models import it."""
        return self.library.namespace

    @cached_property
    def offered(self) -> tuple[DecisionInfo, ...]:
        """The decisions and decision services, in the order of the file."""
        return tuple(self._infos())

    @cached_property
    def decisions(self) -> Mapping[str, DecisionInfo]:
        """The same by name and by id; where both are given to different ones, the name wins."""
        by_id = {info.id: info for info in reversed(self.offered) if info.id}
        return by_id | {info.name: info for info in reversed(self.offered)}

    def _infos(self) -> Iterator[DecisionInfo]:
        for node in self.library.nodes:
            if isinstance(node, (Decision, Service)):
                word = "service" if isinstance(node, Service) else "decision"
                yield DecisionInfo(node.id, node.name, tuple(_inputs_of(node)), word)

    def evaluate(
        self,
        decision: str,
        inputs: Mapping[str, Any],
        *,
        now: datetime,
        steps: int = STEPS,
        all_text: bool = False,
    ) -> DecisionResult:
        """Evaluate a decision, a decision service or a knowledge model.

        Args:
            decision: its name or id.
            inputs: values by the names of input data (for a service, of its input decisions too; for a
                knowledge model, of its parameters). Text becomes a date, time or duration where the type
                says so. Input data of an imported model may be inside a context of the import's name, or be
                given by plain name.
            now: the instant for ``now()`` and ``today()``, aware.
            steps: how many steps the evaluation may take.
            all_text: whether text is read as a number or a boolean too where the type says so, as for inputs
                that come from a file without types.

        Raises:
            UnknownDecision: if there is none of this name or id.
            LimitExceeded: if it needs more steps, depth, room or pattern time than allowed.
        """
        node = self._node(decision)
        evaluation = Evaluation(now, steps)
        looked_at = Given(inputs)
        caller = Caller(looked_at, self._paths, evaluation, all_text)
        run = Run(lambda wanted: caller.given(wanted.name, wanted.namespace, wanted.type), evaluation, {})
        try:
            value = self._outcome(node, run, caller)
        except RecursionError:
            raise LimitExceeded("The decision's expressions call each other too deeply.") from None
        matched = tuple(MatchedRule(*match) for match in evaluation.matched)
        rests_on = None if evaluation.told_the_time else frozenset(looked_at.names)
        return DecisionResult(value, tuple(evaluation.warnings), matched, rests_on)

    def _outcome(self, node: Node, run: Run, caller: Caller) -> Value:
        """A decision's value, or a function's result: what the caller doesn't supply to it is null."""
        value = run.value(node)
        if not isinstance(value, Function) or isinstance(node, Decision):
            return value
        arguments = {name: caller.given(name, node.namespace, kind) for name, kind in value.parameters}
        return value.call_by_name(arguments, caller.evaluation, 0)

    def offers(self, wanted: str) -> bool:
        """Whether ``evaluate`` knows a decision, service or knowledge model of this name or id."""
        return named(self._invocable(), wanted) is not None

    def _invocable(self) -> list[Node]:
        return [node for node in self.library.nodes if not isinstance(node, InputData)]

    def _node(self, wanted: str) -> Node:
        found = named(self._invocable(), wanted)
        if found is None:
            known = ", ".join(f"'{info.name}'" for info in self.offered) or "none"
            raise UnknownDecision(f"'{self.name}' has no decision '{wanted}'. It has: {known}.")
        return found


def _import_paths(library: Library) -> dict[str, tuple[str, ...]]:
    """For each namespace the names of the imports that lead to it, the shortest way."""
    paths: dict[str, tuple[str, ...]] = {library.namespace: ()}
    waiting = [library]
    while waiting:
        current = waiting.pop(0)
        for prefix, imported in current.imports.items():
            if imported.namespace not in paths:
                paths[imported.namespace] = (*paths[current.namespace], *([prefix] if prefix else []))
                waiting.append(imported)
    return paths


def _inputs_of(node: Node) -> list[str]:
    """The names of input data that a node needs, its requirements' included."""
    names: dict[str, None] = {}
    seen: set[Node] = set()
    waiting = list(node.inputs) if isinstance(node, Service) else [node]
    while waiting:
        current = waiting.pop(0)
        if current in seen:
            continue
        seen.add(current)
        if isinstance(current, InputData) or isinstance(node, Service):
            names[current.name] = None
        else:
            waiting.extend(required for _, required in current.requires)
    return list(names)


def read_model(
    xml: bytes,
    name: str,
    imports: Sequence[Model] = (),
    functions: Functions = BUILTINS,
    *,
    lenient: bool = False,
) -> Model:
    """Read a DMN model (1.1 to 1.5).

    Args:
        xml: the file.
        name: of the file, for messages.
        imports: the models it may import, found by namespace.
        functions: the built-ins its expressions may call.
        lenient: read it in spite of mistakes in its content; what holds one is null when evaluated, with a
            warning, and ``Model.problems`` names them all.

    Raises:
        ModelRefused: if it isn't a DMN model, or has mistakes and ``lenient`` isn't set.
    """
    return model_of(read_root(xml, name), name, imports, functions, lenient=lenient)


def model_of(
    root: Element,
    name: str,
    imports: Sequence[Model] = (),
    functions: Functions = BUILTINS,
    *,
    lenient: bool = False,
) -> Model:
    """As ``read_model``, from the root element of a file that has been parsed."""
    reader = ModelReader(root, name, [model.library for model in imports], functions)
    library = reader.read()
    problems = reader.reading.problems
    if problems and not lenient:
        raise ModelRefused(name, problems)
    return Model(library, problems)
