"""The answers of a task in a replay: its form's own example, with what the recording says in its place."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

from engine.feel import Expression, FeelSyntaxError, compile_expression, to_json
from engine.forms import Form

_FEEL = "="


def answers_of(
    form: Form | None, recorded: Mapping[str, Any], now: datetime, variables: Mapping[str, object]
) -> dict[str, Any]:
    """What is answered at an instant.

    Raises:
        ValueError: a text that begins with `=` isn't FEEL.
    """
    example = form.example(now, variables) if form else {}
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
