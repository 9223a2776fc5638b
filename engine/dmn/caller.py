"""What a caller gives to one evaluation of a model, and what of it was looked at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine.dmn.typed_input import typed_input
from engine.feel.evaluation import Evaluation
from engine.feel.syntax.names import normal
from engine.feel.types import Type
from engine.feel.values import Value


class Given(Mapping[str, Any]):
    """Inputs by their names as FEEL writes them, each read only when somebody looks at it.

    Attributes:
        names: what has been looked at, whether it was there or not.
    """

    def __init__(self, inputs: Mapping[str, Any]) -> None:
        self.names: set[str] = set()
        self._inputs = inputs
        self._spelt = {normal(name): name for name in inputs}

    def __getitem__(self, name: str) -> Any:
        self.names.add(name)
        return self._inputs[self._spelt[name]]

    def __iter__(self) -> Iterator[str]:
        return iter(self._spelt)

    def __len__(self) -> int:
        return len(self._spelt)


@dataclass(frozen=True)
class Caller:
    """What a caller gives to one evaluation.

    Attributes:
        inputs: values by name, which notes what is looked at.
        paths: for each namespace the names of the imports that lead to it.
        evaluation: that they are for.
        all_text: as in ``Model.evaluate``.
    """

    inputs: Given
    paths: Mapping[str, tuple[str, ...]]
    evaluation: Evaluation
    all_text: bool

    def given(self, name: str, namespace: str, kind: Type) -> Value:
        """What is given for a name of a model, as its type wants it; null if nothing."""
        value = _lookup(self.inputs, self.paths.get(namespace, ()), name)
        try:
            return typed_input(value, kind, self.evaluation.today, self.all_text)
        except (TypeError, ValueError, ArithmeticError) as error:
            self.evaluation.warn(f"The input '{name}' can't be used: {error}")
            return None


def _lookup(inputs: Mapping[str, Any], path: Sequence[str], name: str) -> Any:
    """The value of a name inside the contexts of a path, inside fewer of them, or by its plain name."""
    for start in range(len(path) + 1):
        value: Any = inputs
        for key in (*path[start:], name):
            value = value.get(key) if isinstance(value, Mapping) else None
        if value is not None:
            return value
        dotted = ".".join((*path[start:], name))
        if inputs.get(dotted) is not None:
            return inputs[dotted]
    return None
