"""The answers of a task in a replay: its form's own example, with what the recording says in its place."""

from __future__ import annotations

import json
import re
from collections.abc import Hashable, Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from engine.clock import day_of
from engine.feel import Expression, FeelSyntaxError, compile_expression, to_json
from engine.forms import Form
from engine.services.days import as_day

_FEEL = "="
#: A name within what the process keeps of a plan or of a review, in any formula of a form.
_PART_OF_A_CONTEXT = re.compile(r"\b(?:plan|review|move)\.[a-z]")
#: Examples kept; those of a day are used again for other cases of that day.
_KEPT = 500


class Examples:
    """The examples of forms. One that tells no time of day is worked out once a day for what it looks at."""

    def __init__(self) -> None:
        self._texts: dict[int, tuple[Form, str]] = {}
        self._known: dict[tuple[object, ...], dict[str, object]] = {}

    def of(self, form: Form, now: datetime, variables: Mapping[str, object]) -> dict[str, object]:
        """The form's example at an instant, for a case with these variables."""
        text = self._text(form)
        if _PART_OF_A_CONTEXT.search(text):
            return form.example(now, variables)
        seen = tuple(
            (name, value) for name, value in variables.items() if name in text and isinstance(value, Hashable)
        )
        key = (id(form), now if "now(" in text else day_of(now), *seen)
        if key not in self._known:
            if len(self._known) >= _KEPT:
                self._known.clear()
            self._known[key] = form.example(now, variables)
        return self._known[key]

    def look_into_the_process(self, form: Form) -> bool:
        """Whether a formula of the form reads what the process knows (`review.meetingBy`)."""
        return _PART_OF_A_CONTEXT.search(self._text(form)) is not None

    def _text(self, form: Form) -> str:
        if id(form) not in self._texts:
            self._texts[id(form)] = (form, json.dumps(form.document))
        return self._texts[id(form)][1]


def answers_of(
    form: Form | None,
    recorded: Mapping[str, Any],
    now: datetime,
    variables: Mapping[str, object],
    examples: Examples,
) -> dict[str, Any]:
    """What is answered at an instant.

    Raises:
        ValueError: a text that begins with `=` isn't FEEL.
    """
    example = examples.of(form, now, variables) if form else {}
    return {**example, **{name: _worked_out(value, now, variables) for name, value in recorded.items()}}


def day_of_formula(text: str, now: datetime, variables: Mapping[str, object]) -> date:
    """The day that a step's `on` gives in FEEL.

    Raises:
        ValueError: it isn't FEEL, or gives no date.
    """
    found = to_json(_compiled(text[1:]).evaluate(variables, now=now).value)
    day = as_day(found)
    if day is None:
        raise ValueError(f"{text} gives {found} and no date. Write FEEL that gives one.")
    return day


def require_feel(value: Any) -> None:
    """See to it that every text among answers that begins with `=` is FEEL.

    Raises:
        ValueError: one isn't.
    """
    if isinstance(value, Mapping | list):
        for item in value.values() if isinstance(value, Mapping) else value:
            require_feel(item)
    elif isinstance(value, str) and value.startswith(_FEEL):
        _compiled(value[1:])


def looks_into_the_process(value: Any) -> bool:
    """Whether FEEL among answers names anything: only what the process knows has a name there."""
    if isinstance(value, Mapping):
        return any(looks_into_the_process(item) for item in value.values())
    if isinstance(value, list):
        return any(looks_into_the_process(item) for item in value)
    return isinstance(value, str) and value.startswith(_FEEL) and bool(_NAME.search(_TEXT.sub("", value)))


def _worked_out(value: Any, now: datetime, variables: Mapping[str, object]) -> Any:
    if isinstance(value, str) and value.startswith(_FEEL):
        return to_json(_compiled(value[1:]).evaluate(variables, now=now).value)
    if isinstance(value, dict):
        return {name: _worked_out(item, now, variables) for name, item in value.items()}
    if isinstance(value, list):
        return [_worked_out(item, now, variables) for item in value]
    return value


@lru_cache(maxsize=500)
def _compiled(text: str) -> Expression:
    try:
        return compile_expression(text)
    except FeelSyntaxError as error:
        raise ValueError(f"={text} isn't FEEL: {error}") from None


#: Texts within FEEL, and a word that is no call and no keyword of the language.
_TEXT = re.compile(r'"(?:[^"\\]|\\.)*"')
_NAME = re.compile(
    r"\b(?!(?:if|then|else|and|or|not|null|true|false|in|between|for|return)\b)[A-Za-z]\w*\b(?!\s*\()"
)
