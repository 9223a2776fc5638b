"""What somebody wants to happen in a trial, read from JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

_VERBS = ("advance", "advanceTo", "complete", "message", "signal", "start")
_DETAILS: Mapping[str, frozenset[str]] = {
    "advance": frozenset(),
    "advanceTo": frozenset(),
    "complete": frozenset({"answers"}),
    "message": frozenset({"correlationKey", "variables"}),
    "signal": frozenset({"variables"}),
    "start": frozenset({"variables"}),
}


class StepsRefused(ValueError):
    """A list of steps that cannot be read; the message names the step."""


@dataclass(frozen=True)
class Step:
    """One step: its number in the list, what to do, and with what."""

    number: int
    verb: str
    what: str
    variables: Mapping[str, object] = field(default_factory=dict)
    key: str | None = None


def read_steps(text: str) -> list[Step]:
    """Read a JSON list of steps.

    Raises:
        StepsRefused: if it is no such list.
    """
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as problem:
        raise StepsRefused(f"The steps are not JSON: {problem}.") from problem
    if not isinstance(document, list):
        raise StepsRefused('The steps are not a list. Write for example [{"advance": "P6W"}].')
    return [_step(number, entry) for number, entry in enumerate(document, start=1)]


def _step(number: int, entry: Any) -> Step:
    if not isinstance(entry, dict):
        raise StepsRefused(f'Step {number} is not an object such as {{"complete": "decide"}}.')
    verbs = [verb for verb in _VERBS if verb in entry]
    if len(verbs) != 1:
        raise StepsRefused(f"Step {number} must say exactly one of {', '.join(_VERBS)}.")
    verb = verbs[0]
    strange = sorted(set(entry) - {verb} - _DETAILS[verb])
    if strange:
        raise StepsRefused(f"Step {number}: '{verb}' does not take {', '.join(strange)}.")
    if not isinstance(entry[verb], str) or not entry[verb]:
        raise StepsRefused(f"Step {number}: what follows '{verb}' must be a text.")
    given = entry.get("answers" if verb == "complete" else "variables") or {}
    if not isinstance(given, dict):
        raise StepsRefused(
            f"Step {number}: the {'answers' if verb == 'complete' else 'variables'} are not an object."
        )
    return Step(number, verb, entry[verb], given, _key(number, entry.get("correlationKey")))


def _key(number: int, given: object) -> str | None:
    if given is None or isinstance(given, str):
        return given
    if isinstance(given, int | float) and not isinstance(given, bool):
        return str(int(given)) if float(given).is_integer() else str(given)
    raise StepsRefused(f"Step {number}: the correlationKey must be a text or a number.")
