"""Reading a replay file: every line is checked for shape before anything is written anywhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from engine.errors import BadInput, FieldProblem
from engine.replay.numbers import is_nhs_number, is_upn
from engine.replay.recording import (
    FORMAT,
    Head,
    Line,
    PlanAsBroughtIn,
    RecordedPlan,
    RecordedRequest,
    Recording,
    Step,
)

Shape = TypeVar("Shape")

_WHOLE = "the whole line"
#: What stands under a task's name.
_SHAPES_BY_TASK: dict[str, Any] = {"work": list[Step | None] | None, "usual": Step}
#: Problems that are named at a time.
_MOST_NAMED = 20
_WHERE = re.compile(r" - at `\$\.?(?P<path>.*?)`$")
_MISSING = re.compile(r"^Object missing required field `(?P<name>.+)`$")
_UNKNOWN = re.compile(r"^Object contains unknown field `(?P<name>.+)`$")


class RecordingRefused(BadInput):
    """A replay file has lines that can't be right; `problems` names each by line and field."""

    code = "replay_refused"

    def __init__(self, path: Path, problems: list[LineProblem]) -> None:
        ordered = sorted(problems, key=lambda problem: problem.line)
        first, more = ordered[0], len(ordered) - 1
        others = f" There {'is one more' if more == 1 else f'are {more} more'}." if more else ""
        super().__init__(
            f"{path}, {first}{others} Nothing was written.",
            [FieldProblem(f"line {each.line}, {each.field}", each.message) for each in ordered[:_MOST_NAMED]],
        )


class LineProblem(msgspec.Struct, frozen=True):
    """What is wrong where: line of the file, dotted path of the field, and what to do."""

    line: int
    field: str
    message: str

    def __str__(self) -> str:
        return f"line {self.line}, {self.field}: {self.message}"


def read_recording(path: Path) -> Recording:
    """Read a replay file.

    Raises:
        RecordingRefused: with every line and field that can't be right.
        BadInput: the file can't be read at all.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise BadInput(f"{path} can't be read: {error.strerror}. Name a replay file.") from None
    lines = [(number, text) for number, text in enumerate(content.split(b"\n"), start=1) if text.strip()]
    problems: list[LineProblem] = []
    if not lines:
        raise RecordingRefused(path, [LineProblem(1, "replay", "The file is empty. " + _FIRST_LINE)])
    head = _decoded(*lines[0], Head, problems)
    cases = [Line(number, case) for number, case in _cases(lines[1:], problems)]
    if head is not None:
        problems += _problems_of_head(lines[0][0], head)
        problems += [found for line in cases for found in _problems_of(line, head.days)]
    if problems or head is None:
        raise RecordingRefused(path, problems)
    return Recording(path, head.days, head.usual, tuple(cases))


def _cases(
    lines: list[tuple[int, bytes]], problems: list[LineProblem]
) -> Iterator[tuple[int, RecordedRequest | RecordedPlan]]:
    for number, text in lines:
        shape: type[RecordedRequest | RecordedPlan] = RecordedPlan if _is_plan(text) else RecordedRequest
        case = _decoded(number, text, shape, problems)
        if case is not None:
            yield number, case


def _is_plan(text: bytes) -> bool:
    """Whether a line brings in a plan; what isn't an object at all is told when it is read as a request."""
    try:
        return "plan" in msgspec.json.decode(text, type=dict[str, msgspec.Raw])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return False


def _decoded(number: int, text: bytes, shape: type[Shape], problems: list[LineProblem]) -> Shape | None:
    try:
        return msgspec.json.decode(text, type=shape)
    except msgspec.ValidationError as error:
        problems.append(_named_by_task(number, text, _problem(number, str(error))))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        problems.append(
            LineProblem(number, _WHOLE, f"This isn't one JSON object: {error}. Write one to a line.")
        )
    return None


def _problem(number: int, message: str) -> LineProblem:
    found = _WHERE.search(message)
    path = found["path"] if found else ""
    words = _WHERE.sub("", message)
    if missing := _MISSING.match(words):
        return LineProblem(number, _joined(path, missing["name"]), "This field is missing. Add it.")
    if unknown := _UNKNOWN.match(words):
        return LineProblem(number, _joined(path, unknown["name"]), "There is no such field. Leave it out.")
    return LineProblem(number, path or _WHOLE, f"{words}. See examples/README.md.")


def _named_by_task(number: int, text: bytes, problem: LineProblem) -> LineProblem:
    """The decoder leaves out under which task's name a step stands: find the first that can't be read."""
    holder, unnamed, _ = problem.field.partition("[...]")
    steps = msgspec.json.decode(text).get(holder) if unnamed and holder in _SHAPES_BY_TASK else None
    for name, value in steps.items() if isinstance(steps, dict) else ():
        try:
            msgspec.convert(value, _SHAPES_BY_TASK[holder])
        except msgspec.ValidationError as error:
            found = _problem(number, str(error))
            rest = "" if found.field == _WHOLE else found.field
            return LineProblem(
                number,
                f"{holder}.{name}{'' if rest.startswith('[') or not rest else '.'}{rest}",
                found.message,
            )
    return problem


def _joined(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _problems_of_head(number: int, head: Head) -> Iterator[LineProblem]:
    if head.replay != FORMAT:
        yield LineProblem(number, "replay", f"This release reads format {FORMAT}, not {head.replay}.")
    for name, step in head.usual.items():
        yield from _problems_of_step(number, f"usual.{name}", step)


def _problems_of(line: Line, days: int) -> Iterator[LineProblem]:
    number, case = line.number, line.case
    if case.received.day <= -days:
        yield LineProblem(
            number, "received.day", f"The year has {days} days: give a day from {1 - days} to 0."
        )
    if case.child.nhs_number is not None and not is_nhs_number(case.child.nhs_number):
        yield LineProblem(number, "child.nhsNumber", "The last digit doesn't fit the others. Mend it.")
    if case.child.upn is not None and not is_upn(case.child.upn):
        yield LineProblem(number, "child.upn", "The letter doesn't fit the digits. Mend it.")
    if case.child.birthday in _NO_BIRTHDAYS:
        yield LineProblem(number, "child.birthday", "There is no such day in every year. Choose another.")
    if isinstance(case, RecordedPlan):
        yield from _problems_of_plan(number, case.plan)
    for name, steps in case.work.items():
        for nth, step in enumerate(steps or ()):
            if step is not None:
                yield from _problems_of_step(number, f"work.{name}[{nth}]", step)


def _problems_of_plan(number: int, plan: PlanAsBroughtIn) -> Iterator[LineProblem]:
    if (plan.last_meeting_on is None) != (plan.last_decided_on is None):
        missing = "lastMeetingOn" if plan.last_meeting_on is None else "lastDecidedOn"
        yield LineProblem(
            number, f"plan.{missing}", "A review has a meeting and a decision. Give both days, or neither."
        )


def _problems_of_step(number: int, path: str, step: Step) -> Iterator[LineProblem]:
    if (step.after is None) == (step.on is None):
        yield LineProblem(number, path, "Give either after or on, and not both.")


_FIRST_LINE = 'The first line is {"replay": 1, "days": 365}.'
_NO_BIRTHDAYS = frozenset({"02-29", "02-30", "02-31", "04-31", "06-31", "09-31", "11-31"})
