"""Expressions of a diagram, compiled once and worked out over the variables that a token sees.

A formula is FEEL or a constant. It knows the element it stands at, so that a failure can name it, and so
that ``limit`` means that element's limit while its own expressions are worked out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine

from engine.feel import Expression, LimitExceeded, to_json
from engine.spiff.elements import ElementInfo
from engine.spiff.failures import StepFailed
from engine.spiff.timing import Cycle, Period, parse_cycle, parse_duration, parse_moment
from engine.spiff.variables import View, frames_of

if TYPE_CHECKING:
    from engine.spiff.tokens import Token

TimeKind = Literal["date", "duration", "cycle"]
TRY_AGAIN = "Correct the expression or the variables it uses, then try again."


@dataclass(frozen=True)
class Place:
    """Where an expression stands: the element, and which of its limits is meant."""

    info: ElementInfo
    occurrence: Formula | None = None

    @property
    def element_id(self) -> str:
        """Id of the element, for messages."""
        return self.info.id

    def fails(self, message: str, remedy: str = TRY_AGAIN) -> StepFailed:
        """The error that names this place."""
        return StepFailed(self.info.id, self.info.process_id, message, remedy)

    def limit_of(self, token: Token) -> Mapping[str, Callable[[], object]]:
        """The variable ``limit``, asked for only if the expression looks at it."""
        if not self.info.rule:
            return {}
        return {"limit": lambda: self._ask_for_limit(token)}

    def _ask_for_limit(self, token: Token) -> object:
        occurrence = (
            self.occurrence.text_value(token, "occurrence", optional=True) if self.occurrence else None
        )
        try:
            return token.workflow.top_workflow.environment.limit(self.info, self.info.rule, occurrence)
        except (LookupError, ValueError) as problem:
            reason = problem.args[0] if problem.args else problem
            raise self.fails(f"The limit {self.info.rule} cannot be given: {reason}") from problem


@dataclass(frozen=True)
class Formula:
    """A value written in a diagram: an expression, or a constant where ``expression`` is ``None``."""

    place: Place
    text: str
    expression: Expression | None = None

    def value(self, token: Token, extra: Mapping[str, object] | None = None) -> object:
        """The value over the variables that the token sees; FEEL's own errors give null."""
        return self._worked_out(token, extra)[0]

    def text_value(self, token: Token, what: str, *, optional: bool = False) -> str | None:
        """The value as text; numbers and dates are written out.

        Raises:
            StepFailed: if it is nothing or no single value, unless ``optional`` allows nothing.
        """
        value, why = self._worked_out(token, None)
        plain = value if isinstance(value, str) else to_json(value)
        if plain is None and optional:
            return None
        if plain is None or isinstance(plain, list | dict):
            raise self.place.fails(f"The {what} '{self.text}' gives {shown(value)}, not a text{why}.")
        return str(plain).lower() if isinstance(plain, bool) else str(plain)

    def _worked_out(self, token: Token, extra: Mapping[str, object] | None) -> tuple[Any, str]:
        """The value, and FEEL's warnings as the end of a sentence."""
        if self.expression is None:
            return self.text, ""
        top = token.workflow.top_workflow
        view = View(frames_of(token), top.thawed, extra, self.place.limit_of(token))
        try:
            result = self.expression.evaluate(view, now=top.now())
        except LimitExceeded as problem:
            raise self.place.fails(
                f"The expression '{self.text}' takes too much to work out: {problem}."
            ) from problem
        return result.value, "".join(f" ({warning})" for warning in result.warnings[:3])


@dataclass(frozen=True)
class Condition(Formula):
    """An expression that must be true or false, and nothing else."""

    def holds(self, token: Token, extra: Mapping[str, object] | None = None) -> bool:
        """Whether it is true.

        Raises:
            StepFailed: if it is neither true nor false: a way must not be taken by accident.
        """
        value, why = self._worked_out(token, extra)
        if value is True or value is False:
            return bool(value)
        raise self._undecided(value, why)

    def holds_yet(self, token: Token) -> bool:
        """Whether it is true by now; while a variable that it asks for is not there, it is not.

        Raises:
            StepFailed: if it gives something that is no answer.
        """
        value, why = self._worked_out(token, None)
        if value is None or value is True or value is False:
            return value is True
        raise self._undecided(value, why)

    def _undecided(self, value: object, why: str) -> StepFailed:
        return self.place.fails(
            f"The condition '{self.text}' is neither true nor false: it gives {shown(value)}{why}."
        )


@dataclass(frozen=True)
class Time:
    """A timer's time, worked out: an instant, a delay, or a repeating interval."""

    at: datetime | None = None
    delay: Period | None = None
    cycle: Cycle | None = None
    text: str = ""

    def due(self, origin: datetime) -> datetime:
        """When it is first due, counted from ``origin``."""
        if self.at is not None:
            return self.at
        if self.cycle is not None:
            return self.cycle.first(origin)
        assert self.delay is not None
        return self.delay.after(origin)


@dataclass(frozen=True)
class TimeFormula(Formula):
    """The time of a timer: its value is a date, a duration or a repeating interval, or the text of one."""

    kind: TimeKind = "date"

    def before_start(self, now: datetime) -> Time:
        """The time of a process's timer start event, over no variables.

        Raises:
            StepFailed: if it gives nothing that is such a time.
        """
        value = self.text if self.expression is None else self.expression.evaluate({}, now=now).value
        return self._read(value, "")

    def worked_out(self, token: Token) -> Time | None:
        """The time as it is now; ``None`` where it is that of a limit, and the limit has no end.

        Raises:
            StepFailed: if the expression gives nothing that is such a time.
        """
        value, why = self._worked_out(token, None)
        if value is None and self.kind == "date" and self.place.info.rule:
            return None
        return self._read(value, why)

    def _read(self, value: object, why: str) -> Time:
        text = value if isinstance(value, str) else to_json(value)
        if not isinstance(text, str):
            raise self.place.fails(
                f"The timer's time '{self.text}' gives {shown(value)}, which is no {self.kind}{why}."
            )
        try:
            return read_time(text, self.kind)
        except (ValueError, OverflowError) as problem:
            raise self.place.fails(f"The timer's time '{self.text}' cannot be used: {problem}") from problem


def read_time(text: str, kind: TimeKind) -> Time:
    """Read the text of a time.

    Raises:
        ValueError: if it is not of this kind.
    """
    if kind == "date":
        return Time(at=parse_moment(text), text=text)
    if kind == "duration":
        return Time(delay=parse_duration(text), text=text)
    return Time(cycle=parse_cycle(text), text=text)


def shown(value: object) -> str:
    """What sort of value it is, in words: the value itself may be nobody's business in a message."""
    plain = value if isinstance(value, str | bool) else to_json(value)
    if plain is None or isinstance(plain, bool):
        return {None: "null", True: "true", False: "false"}[plain]
    if plain is not value and isinstance(plain, str):
        return "a date, time or duration"
    words = {str: "a text", int: "a number", float: "a number", list: "a list", dict: "a context"}
    return words.get(type(plain), "something else")


class FeelEngine(PythonScriptEngine):
    """What the library asks for conditions: FEEL over scopes, never Python."""

    def __init__(self) -> None:
        """There is no environment of Python names."""

    def evaluate(self, task: Token, expression: Condition, external_context: object = None) -> bool:
        """Whether a condition holds for a token."""
        return expression.holds(task)
