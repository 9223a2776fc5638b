"""The answers of a task in a replay: its form's own example, with what the recording says in its place."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

from engine.clock import day_of
from engine.feel import Expression, FeelSyntaxError, compile_expression, to_json
from engine.forms import Form

_FEEL = "="
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
        seen = tuple((name, value) for name, value in variables.items() if name in text)
        key = (id(form), now if "now(" in text else day_of(now), *seen)
        if key not in self._known:
            if len(self._known) >= _KEPT:
                self._known.clear()
            self._known[key] = form.example(now, variables)
        return self._known[key]

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
    return {**example, **{name: _worked_out(value, now) for name, value in recorded.items()}}


def _worked_out(value: Any, now: datetime) -> Any:
    if isinstance(value, str) and value.startswith(_FEEL):
        return to_json(_compiled(value[1:]).evaluate({}, now=now).value)
    if isinstance(value, dict):
        return {name: _worked_out(item, now) for name, item in value.items()}
    if isinstance(value, list):
        return [_worked_out(item, now) for item in value]
    return value


@lru_cache(maxsize=500)
def _compiled(text: str) -> Expression:
    try:
        return compile_expression(text)
    except FeelSyntaxError as error:
        raise ValueError(f"={text} isn't FEEL: {error}") from None
