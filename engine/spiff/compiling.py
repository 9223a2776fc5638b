"""Compiling the expressions of one file, each once, with a finding for each that cannot be read.

How a text is read depends on the tool that drew the diagram. In a Camunda 8 diagram a text without ``=`` is a
constant and a condition without it is refused; in others conditions, times and scripts are FEEL with or
without ``=``. In the attributes of Camunda 8's own elements a text without ``=`` is a constant everywhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, TypeVar

from engine.feel import Expression, FeelSyntaxError, Functions, compile_expression
from engine.spiff.elements import ElementInfo
from engine.spiff.expressions import Condition, Formula, Place, TimeFormula, TimeKind, read_time
from engine.spiff.findings import Report
from engine.spiff.timing import looks_like_a_duration, looks_like_a_moment

if TYPE_CHECKING:
    from collections.abc import Callable

FEEL_HELP = "Correct the expression; the guide for process owners lists what FEEL offers."
_Made = TypeVar("_Made", bound=Formula)


class Compiler:
    """Compiles for one file; knows its dialect, its names with spaces and the functions there are."""

    def __init__(self, report: Report, *, is_cloud: bool, names: Iterable[str], functions: Functions) -> None:
        self._report = report
        self._is_cloud = is_cloud
        self._names = tuple(sorted(set(names)))
        self._functions = functions
        self._places: dict[str, Place] = {}
        self._expressions: dict[str, Expression] = {}

    def place(self, info: ElementInfo) -> Place:
        """The place that formulas of an element name when they fail."""
        known = self._places.get(info.id)
        if known is None:
            occurrence = self.value(Place(info), info.occurrence, "occurrence") if info.occurrence else None
            known = self._places[info.id] = Place(info, occurrence)
        return known

    def value(self, place: Place, text: str, what: str) -> Formula | None:
        """A value: FEEL with ``=``, else a constant."""
        if not text.startswith("="):
            return Formula(place, text)
        return self._feel(Formula, place, text, what)

    def script(self, place: Place, text: str) -> Formula | None:
        """What a script task works out."""
        if text.startswith("=") or not self._is_cloud:
            return self._feel(Formula, place, text, "script")
        self._report.warn(
            place.element_id,
            "constant-script",
            f"The script '{_short(text)}' has no '=' in front, so its result is this very text.",
            "Put = in front if it is meant as an expression.",
        )
        return Formula(place, text)

    def condition(self, place: Place, text: str, element: str | None = None) -> Condition | None:
        """A condition; ``element`` is what to name in a finding if it is not the place, such as a flow."""
        if self._is_cloud and not text.startswith("="):
            self._report.error(
                element or place.element_id,
                "condition-without-equals",
                f"The condition '{_short(text)}' has no '=' in front: it is a text, never true or false.",
                "Put = in front of the condition.",
            )
            return None
        return self._feel(Condition, place, text, "condition", element)

    def time(self, place: Place, text: str, kind: TimeKind) -> TimeFormula | None:
        """The time of a timer; a literal one is read at once."""
        if "".join(text.split()).lstrip("=") == "limit.due":
            self._refuse_due_as_time(place)
            return None
        literal = looks_like_a_moment(text) or looks_like_a_duration(text)
        if literal or (self._is_cloud and not text.startswith("=")):
            return self._literal_time(place, text, kind)
        return self._feel(TimeFormula, place, text, "time", kind=kind)

    def _literal_time(self, place: Place, text: str, kind: TimeKind) -> TimeFormula | None:
        try:
            read_time(text, kind)
        except (ValueError, OverflowError) as problem:
            self._report.error(
                place.element_id,
                "bad-time",
                f"The timer's {_KIND_NAMES[kind]} cannot be used: {problem}",
                "Correct the timer's time.",
            )
            return None
        return TimeFormula(place, text, kind=kind)

    def _refuse_due_as_time(self, place: Place) -> None:
        self._report.error(
            place.element_id,
            "due-as-time",
            "The timer fires at limit.due, the last day on which the duty can still be kept.",
            "Use limit.broken: 00:00 in London on the day after.",
        )

    def _feel(
        self,
        make: Callable[..., _Made],
        place: Place,
        text: str,
        what: str,
        element: str | None = None,
        **more: object,
    ) -> _Made | None:
        body = text.removeprefix("=").strip()
        try:
            expression = self._expressions.get(body)
            if expression is None:
                expression = compile_expression(body, self._names, self._functions)
                self._expressions[body] = expression
        except FeelSyntaxError as problem:
            self._report.error(
                element or place.element_id,
                "feel-syntax",
                f"The {what} '{_short(text)}' is not a FEEL expression: {problem}.",
                FEEL_HELP,
            )
            return None
        return make(place, text, expression, **more)


_KIND_NAMES: Mapping[str, str] = {"date": "date", "duration": "duration", "cycle": "cycle"}


def _short(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= 80 else f"{words[:77]}..."
