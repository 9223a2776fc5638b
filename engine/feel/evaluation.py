"""One evaluation: its budget, its warnings, its clock; and the scopes in which names have values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from engine.feel.errors import FeelWarning, LimitExceeded
from engine.feel.inward import PLAIN, PartlySettled, Settled, taken_in
from engine.feel.numbers import LARGEST_INT
from engine.feel.temporal import Date, DateAndTime
from engine.feel.values import Value

MOST_WARNINGS = 100
MOST_CALLS_DEEP = 60
LONGEST_LIST = 100_000
LONGEST_STRING = 1_000_000
DEEPEST_VALUE = 100
PATTERN_SECONDS = 0.3
LONDON = "Europe/London"


class Evaluation:
    """What one evaluation may use and what it has noticed.

    Args:
        now: the instant that ``now()`` and ``today()`` answer, aware.
        steps: how many steps it may take; about one for each turn of a loop or call.
    """

    # Defaults of the class, because most evaluations are short and never set these.
    calls = 0
    where = ""
    #: Whether anything has asked for the instant: what hasn't would be the same at any time.
    told_the_time = False
    pattern_seconds = PATTERN_SECONDS
    matched: tuple[tuple[str, str], ...] = ()
    _moment: DateAndTime | None = None
    _taken: dict[int, tuple[Any, Value]] | None = None

    def __init__(self, now: datetime, steps: int) -> None:
        self._instant = now
        self.steps = steps
        self.warnings: list[FeelWarning] = []

    @property
    def instant(self) -> datetime:
        """The instant that it answers for ``now()``, aware."""
        self.told_the_time = True
        return self._instant

    def now(self) -> DateAndTime:
        """The instant of this evaluation, as London's clocks show it."""
        if self._moment is None:
            self._moment = DateAndTime.in_zone(self.instant, LONDON)
        return self._moment

    def today(self) -> Date:
        """The London day of this evaluation."""
        return self.now().date

    def spend(self, steps: int) -> None:
        """Count some steps.

        Raises:
            LimitExceeded: if there aren't so many left.
        """
        self.steps -= steps
        if self.steps < 0:
            raise LimitExceeded(
                "The expression takes too many steps. Let it work on fewer items, or split it."
            )

    def warn(self, message: str, position: int | None = None) -> None:
        """Note why something became null; only the first 100 are kept."""
        if len(self.warnings) < MOST_WARNINGS:
            self.warnings.append(FeelWarning(message, position, self.where))

    def weigh(self, value: Value) -> int:
        """Count and pay for every part of a value, shared parts as often as they appear.

        Raises:
            LimitExceeded: if it has more parts than steps are left, or is nested too deeply.
        """
        weight = count_parts(value, self.steps * 4)
        self.spend(2 + weight // 4)
        return weight

    def taken(self, name: str, value: Any) -> Value:
        """A caller's value as a FEEL value; lists and contexts are turned once for each evaluation."""
        if not isinstance(value, (list, tuple, Mapping)):
            return self._from_caller(name, value)
        known = self._taken = {} if self._taken is None else self._taken
        found = known.get(id(value))
        if found is None:
            # The caller's value is kept beside ours, so that its id can't be given to another.
            found = known[id(value)] = (value, self._from_caller(name, value))
        return found[1]

    def _from_caller(self, name: str, value: Any) -> Value:
        try:
            return taken_in(value, self.today)
        except (TypeError, ValueError, ArithmeticError) as error:
            self.warn(f"The variable '{name}' can't be used: {error}")
            return None


def count_parts(value: Value, most: int) -> int:
    """How many values a value is made of; a shared part counts each time, as it would when printed.

    Raises:
        LimitExceeded: beyond ``most`` parts, or beyond 100 levels.
    """
    parts = 0
    path: list[Iterator[Value]] = [iter((value,))]
    while path:
        for part in path[-1]:
            parts += 1 if type(part) is not str else 1 + len(part) // 16
            if type(part) is list:
                path.append(iter(part))
                break
            if type(part) is dict:
                path.append(iter(part.values()))
                break
        else:
            path.pop()
        if parts > most or len(path) > DEEPEST_VALUE:
            raise LimitExceeded("A value is too large or nested too deeply. Work on a part of it.")
    return parts


class Scope:
    """Names and their values at one place, and the scope around it."""

    __slots__ = ("evaluation", "parent", "values")

    def __init__(self, values: Mapping[str, Any], parent: Scope | None, evaluation: Evaluation) -> None:
        self.values = values
        self.parent = parent
        self.evaluation = evaluation


_SMALL = tuple(map(Decimal, range(1_024)))


def read_variable(scope: Scope, name: str) -> Value:
    """A variable of the caller as a FEEL value.

    Raises:
        KeyError: if there is none of this name.
    """
    value = scope.values[name]
    kind = type(value)
    if kind is bool or kind is str or value is None or type(scope.values) is Settled:
        return value
    if kind is int:
        if 0 <= value < 1_024:
            return _SMALL[value]
        if -LARGEST_INT < value < LARGEST_INT:
            return Decimal(value)
    elif kind in PLAIN or (kind is Decimal and value.is_finite()):
        return value
    if isinstance(scope.values, PartlySettled) and scope.values.is_settled(name):
        return value
    return scope.evaluation.taken(name, value)


def listed(evaluation: Evaluation, items: Iterable[Value]) -> list[Value]:
    """A list of bounded length.

    Raises:
        LimitExceeded: beyond 100,000 items.
    """
    result = []
    for item in items:
        result.append(item)
        if len(result) > LONGEST_LIST:
            raise LimitExceeded(f"A list has more than {LONGEST_LIST} items. Work on fewer.")
    evaluation.spend(len(result) // 8)
    return result


def joined(parts: Sequence[str], evaluation: Evaluation, between: str = "") -> str:
    """Strings one after the other, paid for by length.

    Raises:
        LimitExceeded: beyond 1,000,000 characters.
    """
    length = sum(map(len, parts)) + len(between) * len(parts)
    if length > LONGEST_STRING:
        raise LimitExceeded(f"A string has more than {LONGEST_STRING} characters. Work on a part of it.")
    evaluation.spend(length // 16)
    return between.join(parts)
