"""Timers and due dates of elements that the law limits."""

from __future__ import annotations

import re
from collections.abc import Iterator

from engine.definitions.checks.rules import rule_of
from engine.definitions.known import Known
from engine.definitions.remarks import Remark, called, error, warning
from engine.spiff.elements import ElementInfo

_LIMIT = re.compile(r"\blimit\b")
_DUE = re.compile(r"\blimit\s*\.\s*due\b")
_LITERAL = re.compile(r"\bP(\d|T\d)", re.IGNORECASE)
_OURS_TO_END = {"guidance", "good_practice"}


def time_is_the_limit(element: ElementInfo, known: Known) -> Iterator[Remark]:
    """A timer with a rule gets its time from the law: no number of weeks, and not the last day itself."""
    if element.event != "timer" or not element.rule or _is_refused_when_read(element):
        return
    if _DUE.search(element.time):
        yield error(
            "timer-on-due-day",
            f"The timer {called(element)} goes off at limit.due, the last day on which the limit is kept.",
            "Write =limit.broken, which is 00:00 on the day after.",
        )
    elif not element.time.strip().startswith("=") or not _LIMIT.search(element.time):
        yield error(
            "timer-not-from-law",
            f"The timer {called(element)} has the rule {element.rule}, but its time is “{element.time}”.",
            "Write =limit.broken. The engine works the day out from the rule.",
        )
    elif element.time_kind != "date":
        yield error(
            "limit-as-length",
            f"The timer {called(element)} takes the limit, which is a day, as its {element.time_kind}.",
            "Make it a timer with a date (time date).",
        )
    elif _LITERAL.search(element.time):
        yield error(
            "timer-with-length",
            f"The timer {called(element)} adds a length of its own to the limit: “{element.time}”.",
            "Write =limit.broken alone; for a warning before it choose a rule for a warning.",
        )


def _is_refused_when_read(element: ElementInfo) -> bool:
    """A plain ``limit.due`` and a literal length have findings of their own from the diagram's reading."""
    time = "".join(element.time.split())
    literal_length = element.time_kind != "date" and not time.startswith("=")
    return time.removeprefix("=") == "limit.due" or literal_length


def deadlines_do_not_interrupt(element: ElementInfo, known: Known) -> Iterator[Remark]:
    """Being late ends no duty: when a statutory deadline passes, the task stays open."""
    rule = rule_of(element, known)
    breaks_in = element.kind in ("boundaryEvent", "startEvent") and element.interrupting
    if rule is None or element.event != "timer" or not breaks_in:
        return
    if rule.latest.nature == "deadline" and rule.latest.kind not in _OURS_TO_END:
        yield error(
            "interrupting-deadline",
            f"The timer {called(element)} would end the work when {rule.latest.cite} is missed; "
            "the duty goes on.",
            "Make the timer non-interrupting (dashed border).",
        )


def due_date_is_the_limit(element: ElementInfo, known: Known) -> Iterator[Remark]:
    """A task with a rule shows the same last day as the deadline's row."""
    if element.kind != "userTask" or not element.rule or _DUE.search(element.due_date):
        return
    shown = f"is “{element.due_date}”" if element.due_date else "is empty"
    yield warning(
        "due-date-not-limit",
        f"The task {called(element)} has the rule {element.rule}, but its due date {shown}.",
        "Write =limit.due, so that the list of tasks and the deadline agree.",
    )


def limit_needs_a_rule(element: ElementInfo, known: Known) -> Iterator[Remark]:
    """``limit`` is the limit of the element's own rule; without one it is nothing."""
    texts = [element.time, element.due_date, element.follow_up_date]
    texts += [assignment.source for assignment in (*element.inputs, *element.outputs)]
    if element.rule or "limit" in {assignment.target for assignment in element.inputs}:
        return
    if any(_uses_limit(text) for text in texts):
        yield error(
            "limit-without-rule",
            f"{called(element)} uses limit, but has no rule that would give it one.",
            "Choose the rule (ehc:rule), or write another date.",
        )


def _uses_limit(text: str) -> bool:
    return (
        text.strip().startswith("=") and re.search(r"(?<![.\w])limit\s*\.\s*(due|broken)\b", text) is not None
    )
