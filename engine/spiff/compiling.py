"""Compiling the expressions of one file, each once, with a finding for each that cannot be read.

How a text is read depends on the tool that drew the diagram. In a Camunda 8 diagram a text without ``=`` is a
constant and a condition without it is refused; in others conditions, times and scripts are FEEL with or
without ``=``. In the attributes of Camunda 8's own elements a text without ``=`` is a constant everywhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeVar

from engine.feel import FeelSyntaxError, Functions, LimitExceeded, check, compile_expression, to_json
from engine.spiff.cron import looks_like_cron
from engine.spiff.elements import ElementInfo
from engine.spiff.expressions import Condition, Formula, Place, TimeFormula, TimeKind, read_time
from engine.spiff.findings import Report
from engine.spiff.timing import looks_like_a_duration, looks_like_a_moment

if TYPE_CHECKING:
    from collections.abc import Callable

FEEL_HELP = "Correct the expression; the guide for process owners lists what FEEL offers."
_Made = TypeVar("_Made", bound=Formula)
_WEEKS = re.compile(r'=?\s*duration\s*\(\s*"(?P<text>P\d+W)"\s*\)\s*')
"""A duration in weeks, which FEEL itself does not know."""
_SOME_TIME = datetime(2026, 1, 1, tzinfo=UTC)


class Compiler:
    """Compiles for one file; knows its dialect, its names with spaces and the functions there are."""

    def __init__(
        self,
        report: Report,
        *,
        is_cloud: bool,
        names: Iterable[str],
        functions: Functions,
        checks_functions: bool,
    ) -> None:
        self._report = report
        self._checks_functions = checks_functions
        self._is_cloud = is_cloud
        self._names = tuple(sorted(set(names)))
        self._functions = functions
        self._places: dict[str, Place] = {}

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
        weeks = _WEEKS.fullmatch(text)
        if weeks and kind == "duration":
            text = weeks["text"]
        literal = looks_like_a_moment(text) or looks_like_a_duration(text)
        literal = literal or (kind == "cycle" and looks_like_cron(text))
        if literal or (self._is_cloud and not text.startswith("=")):
            return TimeFormula(place, text, kind=kind) if self._is_time(place, text, kind) else None
        formula = self._feel(TimeFormula, place, text, "time", kind=kind)
        return formula and self._check_closed_time(formula)

    def refuse(self, place: Place, rule: str, message: str) -> None:
        """Note that a constant cannot be used."""
        self._report.error(place.element_id, rule, message, "Correct the value.")

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
            expression = compile_expression(body, self._names, self._functions)
            problems = self._unknown(body)
        except FeelSyntaxError as problem:
            problems = [f"{problem}."]
        except LimitExceeded as problem:
            problems = [str(problem)]
        if not problems:
            return make(place, text, expression, **more)
        self._report.error(
            element or place.element_id,
            "feel",
            f"The {what} '{_short(text)}' cannot be worked out: {' '.join(problems[:3])}",
            FEEL_HELP,
        )
        return None

    def _unknown(self, body: str) -> list[str]:
        """Functions and literals that there are not, if this is where they are looked for."""
        if not self._checks_functions:
            return []
        return [problem.message for problem in check(body, (*self._names, "*"), self._functions)]

    def _check_closed_time(self, formula: TimeFormula) -> TimeFormula | None:
        """A time that depends on no variable is worked out now, so that an impossible one is found."""
        assert formula.expression is not None
        if check(formula.text.removeprefix("=").strip(), (), self._functions):
            return formula
        value = formula.expression.evaluate({}, now=_SOME_TIME).value
        plain = value if isinstance(value, str) else to_json(value)
        if not isinstance(plain, str):
            self._report_time(formula.place, formula.kind, f"'{_short(formula.text)}' gives no time.")
            return None
        return formula if self._is_time(formula.place, plain, formula.kind) else None

    def _is_time(self, place: Place, text: str, kind: TimeKind) -> bool:
        try:
            read_time(text, kind).due(_SOME_TIME)
        except (ValueError, OverflowError) as problem:
            self._report_time(place, kind, str(problem))
            return False
        return True

    def _report_time(self, place: Place, kind: TimeKind, problem: str) -> None:
        self._report.error(
            place.element_id,
            "bad-time",
            f"The timer's {_KIND_NAMES[kind]} cannot be used: {problem}",
            "Correct the timer's time.",
        )

    def _refuse_due_as_time(self, place: Place) -> None:
        self._report.error(
            place.element_id,
            "due-as-time",
            "The timer fires at limit.due, the last day on which the duty can still be kept.",
            "Use limit.broken: 00:00 in London on the day after.",
        )


_KIND_NAMES: Mapping[str, str] = {"date": "date", "duration": "duration", "cycle": "repeating interval"}


def _short(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= 80 else f"{words[:77]}..."
