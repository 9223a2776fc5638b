"""`ehc decide`: what a decision answers, for one input or for a line of each."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import click

from engine.clock import Clock, SystemClock
from engine.dmn import Model, ModelRefused, UnknownDecision, read_models
from engine.feel import LimitExceeded, thaw, to_json
from engine.services.functions import FUNCTIONS

REFUSED = 2
FROM_STDIN = "-"


class Refusal(click.ClickException):
    """A sentence that says why there is no answer; exit code 2."""

    exit_code = REFUSED


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...", type=click.Path(path_type=Path))
@click.option("--decision", "wanted", metavar="NAME", help="Name or id of a decision or decision service.")
@click.option(
    "--input",
    "text",
    metavar="JSON",
    default="{}",
    help='The input data by name; \'-\' reads lines {"decision": ..., "input": {...}} from standard input.',
)
def decide(files: Sequence[Path], wanted: str | None, text: str) -> None:
    """Evaluate a decision of FILE, which may import the other FILEs.

    Prints {"result": ..., "warnings": [...]}: dates, times and durations as ISO text. The same text is taken
    as input where the input's type says so, and so are a number or a boolean as text. What is wrong with the
    files' expressions is among the warnings. With lines from standard input each answers a line of its own,
    and a bad line {"error": ...}.

    \b
    Example:
      ehc decide bpmn/phase_transfer.dmn --input '{"curriculumYear": 5}'
    """
    desk = Desk(_models(files), SystemClock())
    if text == FROM_STDIN:
        for answer in _answers(desk, wanted, sys.stdin):
            click.echo(answer)
        return
    try:
        click.echo(desk.answer(wanted, _parsed(text)))
    except (UnknownDecision, LimitExceeded, ValueError) as error:
        raise Refusal(_sentence(error)) from error


class Desk:
    """Answers questions to some models.

    Args:
        models: a decision is looked for in the first, then in the next.
        clock: of the evaluations.
    """

    def __init__(self, models: Sequence[Model], clock: Clock) -> None:
        self._models = models
        self._clock = clock

    def answer(self, wanted: str | None, inputs: Mapping[str, Any]) -> str:
        """The result of a decision and its warnings, as a line of JSON.

        Raises:
            UnknownDecision: if there is no such decision, or several and none is named.
            LimitExceeded: if it takes too much to work out.
        """
        model, decision = self._find(wanted)
        result = model.evaluate(decision, inputs, now=self._clock.now(), all_text=True)
        warnings = [str(warning) for warning in result.warnings]
        if warnings:
            warnings += [str(problem) for problem in model.problems]
        return _json({"result": to_json(result.value), "warnings": warnings})

    def _find(self, wanted: str | None) -> tuple[Model, str]:
        if wanted is None:
            return self._only()
        for model in self._models:
            if model.offers(wanted):
                return model, wanted
        raise UnknownDecision(f"There is no decision '{wanted}'. There are: {self._known()}.")

    def _only(self) -> tuple[Model, str]:
        offered = [(model, info.name) for model in self._models for info in model.offered]
        if len(offered) != 1:
            raise UnknownDecision(f"Say which decision, with --decision. There are: {self._known()}.")
        return offered[0]

    def _known(self) -> str:
        names = [f"'{info.name}'" for model in self._models for info in model.offered]
        return ", ".join(names) or "none"


def _answers(desk: Desk, wanted: str | None, lines: Iterator[str]) -> Iterator[str]:
    for line in lines:
        if line.strip():
            yield _answer_to(desk, wanted, line)


def _answer_to(desk: Desk, wanted: str | None, line: str) -> str:
    try:
        question = _parsed(line)
        decision = question.get("decision") or wanted
        inputs = question.get("input") or {}
        if not isinstance(inputs, dict) or not isinstance(decision, (str, type(None))):
            raise ValueError('A line is {"decision": NAME, "input": {...}}.')
        return desk.answer(decision, inputs)
    except (UnknownDecision, LimitExceeded, ValueError) as error:
        return _json({"error": _sentence(error)})


def _sentence(error: BaseException) -> str:
    return str(error.args[0]) if error.args else str(error)


def _models(paths: Sequence[Path]) -> list[Model]:
    try:
        files = {str(path): path.read_bytes() for path in paths}
        return list(read_models(files, FUNCTIONS, lenient=True).values())
    except OSError as error:
        raise Refusal(f"The file {error.filename} can't be read: {error.strerror}.") from error
    except ModelRefused as error:
        raise Refusal(str(error)) from error


def _parsed(text: str) -> dict[str, Any]:
    """A JSON object; a value tagged like ``{"@": "2026-11-02"}`` is the date it says.

    Raises:
        ValueError: if the text is something else.
    """
    try:
        value = json.loads(text, parse_float=Decimal, parse_int=Decimal)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"The input isn't JSON: {error}.") from error
    if not isinstance(value, dict):
        raise ValueError("The input is a JSON object, with a value for each name.")
    try:
        return {key: thaw(item) for key, item in value.items()}
    except (RecursionError, ArithmeticError) as error:
        raise ValueError(f"The input can't be used: {error}.") from error


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
