"""The nodes of a requirement graph, and what each is worth in one evaluation."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.dmn.site import Boxed, fitted
from engine.feel.compiling.calls import UserFunction
from engine.feel.evaluation import Evaluation, Scope
from engine.feel.inward import Settled
from engine.feel.types import ANY, Type
from engine.feel.values import Value


@dataclass(eq=False)
class Node:
    """Anything that a decision can require.

    Attributes:
        id: unique in its model; empty if the file gives none.
        name: what expressions call it.
        namespace: of the model it is in.
        type: that its value is coerced to.
        requires: what it sees, each with the name of the import it is seen through ("" for its own model's).
    """

    id: str
    name: str
    namespace: str
    type: Type = ANY
    requires: list[tuple[str, Node]] = field(default_factory=list)


@dataclass(eq=False)
class InputData(Node):
    """A value that the caller gives."""


@dataclass(eq=False)
class Decision(Node):
    """A decision with its logic; None if the model gives it none."""

    logic: Boxed | None = None


@dataclass(eq=False)
class KnowledgeModel(Node):
    """A business knowledge model: a function that decisions may call."""

    parameters: tuple[tuple[str, Type], ...] = ()
    logic: Boxed | None = None


@dataclass(eq=False)
class Service(Node):
    """A decision service: decisions offered as one function."""

    outputs: list[Decision] = field(default_factory=list)
    inputs: list[Node] = field(default_factory=list)
    """Input data first, then the decisions that the caller supplies."""
    declared: Mapping[str, Type] = field(default_factory=dict)
    """Types of parameters by name, where the service's own type says more than its inputs."""


GivenInput = Callable[[Node], Any]


class Run:
    """One evaluation of a graph: each node is worth one value.

    Args:
        given: answers what the caller gives for an input, or for a decision without logic.
        evaluation: budget, warnings and clock.
        supplied: values that replace the computed ones.
    """

    def __init__(self, given: GivenInput, evaluation: Evaluation, supplied: dict[Node, Value]) -> None:
        self._given = given
        self._evaluation = evaluation
        self._known: dict[Node, Value] = dict(supplied)
        self._under_way: set[Node] = set()

    def value(self, node: Node) -> Value:
        """What a node is worth: computed once."""
        if node in self._known:
            return self._known[node]
        if node in self._under_way:
            self._evaluation.warn(f"'{node.name}' requires itself")
            return None
        self._under_way.add(node)
        value = self._known[node] = self._computed(node)
        self._under_way.discard(node)
        return value

    def _computed(self, node: Node) -> Value:
        if isinstance(node, KnowledgeModel):
            return self._knowledge(node)
        if isinstance(node, Service):
            return self._service(node)
        if isinstance(node, Decision) and node.logic is not None:
            return self._decided(node, node.logic)
        return fitted(self._given(node), node.type, f"'{node.name}'", self._evaluation)

    def _decided(self, node: Decision, logic: Boxed) -> Value:
        value = logic(self.scope_of(node.requires), self._evaluation)
        return fitted(value, node.type, f"The decision '{node.name}'", self._evaluation)

    def scope_of(self, required: Iterable[tuple[str, Node]]) -> Settled:
        """The values of what a node requires, by name; those of an import inside a context of its name."""
        scope = Settled()
        for through, node in required:
            if through:
                scope.setdefault(through, {})[node.name] = self.value(node)
            else:
                scope[node.name] = self.value(node)
        return scope

    def _knowledge(self, node: KnowledgeModel) -> UserFunction:
        logic = node.logic

        def call(scope: Scope) -> Value:
            if logic is None:
                return None
            around = self.scope_of(node.requires)
            # Its own name is in scope: a knowledge model may call itself.
            values = Settled({node.name: self.value(node), **around, **scope.values})
            result = logic(values, scope.evaluation)
            return fitted(result, node.type, f"The result of '{node.name}'", scope.evaluation)

        return UserFunction(f"'{node.name}'", node.parameters, call, None, result=node.type)

    def _service(self, node: Service) -> UserFunction:
        parameters = tuple((one.name, node.declared.get(one.name, one.type)) for one in node.inputs)

        def call(scope: Scope) -> Value:
            supplied: dict[Node, Value] = {one: scope.values[one.name] for one in node.inputs}
            return Run(self._nothing, scope.evaluation, supplied).service_result(node)

        return UserFunction(f"'{node.name}'", parameters, call, None, result=node.type)

    def _nothing(self, node: Node) -> None:
        self._evaluation.warn(f"The service gives no value for '{node.name}'")

    def service_result(self, node: Service) -> Value:
        """The value of a service's only output, or a context of several by name."""
        values = {output.name: self.value(output) for output in node.outputs}
        result = next(iter(values.values())) if len(values) == 1 else values
        return fitted(result, node.type, f"The result of '{node.name}'", self._evaluation)
