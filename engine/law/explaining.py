"""Why a limit falls on its day, in sentences that a caseworker and a lawyer can both check."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import TYPE_CHECKING

from engine.law.rules import Limb
from engine.law.statute import statute
from engine.law.words import counted, in_words, joined, month_name, ordinal, sentence, without_weekday

if TYPE_CHECKING:
    from engine.law.limits import Due, Reckoning

_DAY = timedelta(days=1)
_SATURDAY = 5

_ENDINGS: dict[str, Callable[[str, str], str]] = {
    "deadline": lambda last, after: (
        f"It is kept until the end of {last} and broken from 00:00 on {after}, London time."
    ),
    "minimum": lambda last, after: f"All of it must be allowed: silence may not be acted on before {after}.",
    "window": lambda last, after: f"It is open until the end of {last}.",
    "hold": lambda last, after: f"What it holds back may not be done before {after}.",
    "bar": lambda last, after: f"A request made by the end of {last} may be refused for this reason.",
    "duty": lambda last, after: f"It is owed on {last}.",
    "marker": lambda last, after: f"Nobody is late by it; it marks {last}.",
}
_STANDINGS = {
    "guidance": "This is guidance, to be followed unless there is good reason not to; it is no legal limit.",
    "derived": "This follows from other limits; no provision sets it.",
    "good_practice": "This is good practice, not law.",
    "tribunal_practice": "This is what the tribunal does in practice, not a rule of law.",
}
_CONFIDENCES = {
    "read_secondary": "The provision was checked in what others write about it, not in its own text.",
    "read_in_part": "Only a part of the provision's text was checked.",
    "memory": "The provision's text was not checked: read it before relying on this.",
}
_STARTS = {
    "memory": ", a first day known from memory",
    "inferred": ", a first day inferred from a neighbouring provision",
}


def steps(due: Due) -> tuple[str, ...]:
    """How the last day was found: what happened, the rule, the counting, and what kind of day it is."""
    return tuple(_steps(due))


def notes(due: Due) -> tuple[str, ...]:
    """What else to know about a limit: its standing, other readings, and what may lift it."""
    return tuple(_notes(due))


def _steps(due: Due) -> Iterator[str]:
    for place, reckoning in enumerate(due.reckonings):
        yield f"{_happened(reckoning.anchor)} on {in_words(reckoning.anchored_on)}."
        if place == 0:
            yield _rule(due)
        yield sentence(_counting(reckoning))
        yield from _not_counted(due, reckoning)
        yield from _rolled(reckoning)
    if len(due.reckonings) > 1:
        yield f"The later of these days stands: {in_words(due.last_day)}."
    yield from _kind_of_day(due)
    yield _ENDINGS[due.nature](in_words(due.last_day), in_words(due.last_day + _DAY))


def _rule(due: Due) -> str:
    start = f"version of {without_weekday(due.version)}{_STARTS.get(due.terms.start_confidence, '')}"
    return f"{due.full_rule.title}: {due.citation} ({due.rule}, {start})."


def _happened(anchor: str) -> str:
    known = statute().anchors().get(anchor)
    return known.title if known else sentence(anchor.removesuffix("_on").replace("_", " "))


def _counting(reckoning: Reckoning) -> str:
    limb, _, anchored_on, day, _ = reckoning
    length = limb.length
    if length.unit == "immediate":
        return f"it is due at once, on {in_words(day)}."
    if length.unit == "date":
        return _fixed_date(limb, anchored_on, day)
    if length.unit.endswith("working_days") and limb.counting != "BACK":
        return _working_days(limb, day)
    return _CALENDAR_COUNTING[limb.counting or "EXCL"](
        counted(length.number or 0, length.unit), in_words(day)
    )


_CALENDAR_COUNTING: dict[str, Callable[[str, str], str]] = {
    "EXCL": lambda length, day: f"{length} after that day (the day itself isn't counted) is {day}.",
    "INCL": lambda length, day: (
        f"{length} beginning with that day (it is counted as the first) end on {day}."
    ),
    "PERIOD_INCL": lambda length, day: f"the {length} that begin with that day end on {day}.",
    "BACK": lambda length, day: f"at least {length} before that day means on or before {day}.",
}


def _fixed_date(limb: Limb, anchored_on: date, day: date) -> str:
    if limb.counting != "BEFORE":
        return f"the law names that day itself, {in_words(day)}."
    return (
        f"the law says before {limb.length.text} of that year, {anchored_on.year}: the last day is "
        f"{in_words(day)}."
    )


def _working_days(limb: Limb, day: date) -> str:
    which = "tribunal working day" if limb.length.unit.startswith("tribunal") else "working day"
    nth = f"the {ordinal(limb.length.number or 0)} {which}"
    if limb.counting == "INCL":
        return f"{nth}, counting from that day itself, is {in_words(day)}."
    return f"{nth} after that day (the day itself isn't counted) is {in_words(day)}."


def _not_counted(due: Due, reckoning: Reckoning) -> Iterator[str]:
    """The bank holidays that the count passed over, by name."""
    unit = reckoning.limb.length.unit
    if unit == "tribunal_working_days":
        yield ("Not counted for the tribunal: weekends, bank holidays, August, and 25 December to 1 January.")
    elif unit == "working_days":
        passed = _holidays_between(due, *sorted((reckoning.anchored_on, reckoning.counted)))
        yield f"Not counted: {joined(['weekends', *passed])}."


def _holidays_between(due: Due, first: date, last: date) -> list[str]:
    days = (first + timedelta(days=number) for number in range((last - first).days + 1))
    named = ((day, due.calendar.bank_holiday(day)) for day in days if day.weekday() < _SATURDAY)
    return [f"{in_words(day)} ({name})" for day, name in named if name]


def _rolled(reckoning: Reckoning) -> Iterator[str]:
    if reckoning.last_day != reckoning.counted:
        yield (
            "The tribunal doesn't work that day, so what must reach it is in time on its next working day, "
            f"{in_words(reckoning.last_day)}."
        )


def _kind_of_day(due: Due) -> Iterator[str]:
    """Whether the last day is a working day, and the safe one before it where that isn't too early."""
    holiday = due.calendar.bank_holiday(due.last_day)
    if due.safe_day == due.last_day:
        return
    what = f"a bank holiday ({holiday})" if holiday else "no working day"
    if due.safe_day > due.anchored_on or due.last_day < due.anchored_on:
        yield f"That is {what}, and the limit doesn't move; the safe day is {in_words(due.safe_day)}."
    else:
        yield f"That is {what}, and the limit doesn't move."


def _notes(due: Due) -> Iterator[str]:
    if due.kind in _STANDINGS:
        yield _STANDINGS[due.kind]
    yield from _range(due)
    yield from _short_month(due)
    if due.strict_day is not None:
        yield (
            "Some count the day of the event as the first; to be in time by that reading too, act by "
            f"{in_words(due.strict_day)}."
        )
    yield from _other_anchors(due)
    yield from _exceptions(due)
    yield from _computed_holidays(due)
    if due.terms.confidence in _CONFIDENCES:
        yield _CONFIDENCES[due.terms.confidence]
    yield from due.terms.notes


def _range(due: Due) -> Iterator[str]:
    length = due.deciding.limb.length
    if due.earliest_day is not None and length.earliest is not None:
        inner = counted(length.earliest, length.unit)
        yield f"The range begins on {in_words(due.earliest_day)}, {inner} after the event."


def _short_month(due: Due) -> Iterator[str]:
    """Where the corresponding date doesn't exist, a word on the reading that was taken."""
    limb, _, anchored_on, day, _ = due.deciding
    period = limb.counting == "PERIOD_INCL"
    end = day + _DAY if period else day
    if limb.length.unit != "months" or anchored_on.day <= monthrange(end.year, end.month)[1]:
        return
    missing = f"{month_name(end.month)} {end.year} has no {_day_of_month(anchored_on.day)}"
    if period:
        yield f"{missing}, so the safe reading is taken; {in_words(end)} would be arguable."
    else:
        yield f"{missing}, so its last day counts."


def _day_of_month(day: int) -> str:
    """A day of a month in figures, as in *29th*."""
    return f"{day}{'st' if day == 31 else 'th'}"


def _other_anchors(due: Due) -> Iterator[str]:
    counted_from = {reckoning.limb for reckoning in due.reckonings}
    for limb in due.terms.limbs:
        if limb not in counted_from:
            length = counted(limb.length.number or 0, limb.length.unit)
            names = joined(limb.anchors, "or")
            yield f"It may be later: {length} from {names}, which isn't given, if that is the later day."


def _exceptions(due: Due) -> Iterator[str]:
    if due.terms.exceptions:
        codes = joined(due.terms.exceptions, "or")
        yield f"It is lifted by {codes}, if such a circumstance makes keeping it impractical."


def _computed_holidays(due: Due) -> Iterator[str]:
    if due.calendar.rests_on_computed(due.last_day):
        last = due.calendar.published_to.year
        yield (
            f"The bank holidays known here end with {last}: working days in {due.last_day.year} rest on "
            "computed ones."
        )
