"""Hit policies: one answer from the rules that match."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from engine.feel.builtins.statistics import greatest, least, total
from engine.feel.errors import NoValue
from engine.feel.evaluation import Evaluation
from engine.feel.operators.comparison import equal, stamp
from engine.feel.values import Value


@dataclass(frozen=True)
class Hits:
    """The rules that match.

    Attributes:
        rules: their ids.
        rows: the values of each one's outputs.
        orders: for each output its values from the most to the least important; empty if it has none.
        names: of the outputs.
    """

    rules: list[str]
    rows: list[list[Value]]
    orders: list[list[Value]]
    names: list[str]

    def row(self, index: int) -> Value:
        """A rule's answer: the value of the only output, or a context of several."""
        row = self.rows[index]
        return row[0] if len(self.names) == 1 else dict(zip(self.names, row, strict=False))

    def all(self) -> list[Value]:
        """The answers of all rules in their order."""
        return [self.row(index) for index in range(len(self.rows))]

    def by_importance(self) -> list[int]:
        """The places of the rules, the most important first: by the first output, then the next."""
        places = [{stamp(value): place for place, value in enumerate(order)} for order in self.orders]

        def importance(index: int) -> list[int]:
            row = self.rows[index]
            ranks = zip(places, row, strict=False)
            return [place.get(stamp(value), len(place)) for place, value in ranks]

        return sorted(range(len(self.rows)), key=importance)


class Policy(ABC):
    """What becomes of the rules that match."""

    first_only = False

    @abstractmethod
    def decide(self, hits: Hits, evaluation: Evaluation) -> Value:
        """The answer, given at least one rule that matches."""

    def nothing(self) -> Value:
        """The answer if no rule matches and there is no default."""
        return None


class Unique(Policy):
    """One rule at most may match."""

    def decide(self, hits: Hits, evaluation: Evaluation) -> Value:
        """Its answer; null if several match."""
        if len(hits.rules) > 1:
            evaluation.warn(f"Only one rule may match, but these do: {', '.join(hits.rules)}")
            return None
        return hits.row(0)


class AnyEqual(Policy):
    """All rules that match must answer the same."""

    def decide(self, hits: Hits, evaluation: Evaluation) -> Value:
        """That answer; null if they differ."""
        first, *others = hits.all()
        if any(equal(first, other, evaluation) is not True for other in others):
            evaluation.warn(f"These rules match and answer differently: {', '.join(hits.rules)}")
            return None
        return first


class First(Policy):
    """The first rule that matches answers."""

    first_only = True

    def decide(self, hits: Hits, evaluation: Evaluation) -> Value:
        """Its answer."""
        return hits.row(0)


class Priority(Policy):
    """The rule with the most important outputs answers."""

    def decide(self, hits: Hits, evaluation: Evaluation) -> Value:
        """Its answer."""
        return hits.row(hits.by_importance()[0])


class Collect(Policy):
    """All answers, in the order of the rules."""

    def decide(self, hits: Hits, evaluation: Evaluation) -> Value:
        """The list of them."""
        return hits.all()

    def nothing(self) -> Value:
        """The empty list."""
        return []


class OutputOrder(Collect):
    """All answers, the most important first."""

    def decide(self, hits: Hits, evaluation: Evaluation) -> Value:
        """The list of them."""
        return [hits.row(index) for index in hits.by_importance()]


class Aggregate(Policy):
    """All answers of one output made into one value."""

    def __init__(self, together: Callable[[list[Value]], Value], empty: Value = None) -> None:
        self._together = together
        self._empty = empty

    def decide(self, hits: Hits, evaluation: Evaluation) -> Value:
        """That value; null for several outputs, or values that don't fit together."""
        if len(hits.names) != 1:
            evaluation.warn("A table that collects into one value has one output")
            return None
        try:
            return self._together(hits.all())
        except (NoValue, ArithmeticError) as reason:
            evaluation.warn(f"The answers can't be put together: {reason}")
            return None

    def nothing(self) -> Value:
        """Zero for a count, else null."""
        return self._empty


def _count(answers: list[Value]) -> Decimal:
    return Decimal(len(answers))


POLICIES: dict[tuple[str, str], Policy] = {
    ("UNIQUE", ""): Unique(),
    ("ANY", ""): AnyEqual(),
    ("FIRST", ""): First(),
    ("PRIORITY", ""): Priority(),
    ("RULE ORDER", ""): Collect(),
    ("OUTPUT ORDER", ""): OutputOrder(),
    ("COLLECT", ""): Collect(),
    ("COLLECT", "LIST"): Collect(),
    ("COLLECT", "SUM"): Aggregate(total),
    ("COLLECT", "MIN"): Aggregate(least),
    ("COLLECT", "MAX"): Aggregate(greatest),
    ("COLLECT", "COUNT"): Aggregate(_count, Decimal(0)),
}
"""Policies by hit policy and aggregation, as the file writes them."""
