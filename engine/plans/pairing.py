"""One date for two reviews: the annual review of a plan and the review of a looked-after child.

A looked-after child is reviewed within 20 working days of coming into care, then within three months, then
every six months. Neither review may be later than its own limit; both may be earlier. So one date fits both
unless somebody's last day comes before everybody could be invited.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from engine.calendar import Calendar
from engine.law import Statute, due

_FIRST, _SECOND, _NEXT = "lac_first_review_20wd", "lac_second_review_3m", "lac_next_review_6m"
_NOTICE, _MEETING = "reg20_3_notice_2w", "review_meeting_4w"
#: The notice of the meeting that the law asks for (reg 20(3), reg 21(3)).
_NOTICE_NEEDED = timedelta(weeks=2)


@dataclass(frozen=True)
class Hindrance:
    """A limit that can't be kept by any common date."""

    rule: str
    citation: str
    last_day: date
    message: str


@dataclass(frozen=True)
class Pairing:
    """The common date that is proposed, or why there is none.

    Attributes:
        earliest_on: the first day for which everybody can be invited in time.
        meeting_by: the last day of the annual review's meeting.
        looked_after_by: the last day of the looked-after review that it can be held with.
        proposed_on: a working day that keeps both; None where there is none.
    """

    earliest_on: date
    meeting_by: date
    looked_after_by: date
    proposed_on: date | None
    hindrances: tuple[Hindrance, ...]


def pair(
    law: Statute, calendar: Calendar, *, today: date, meeting_by: date, last_review_on: date, held: int
) -> Pairing:
    """Find the latest working day that keeps both sets of limits.

    Args:
        meeting_by: the last day of the annual review's meeting (`review_meeting_4w`).
        last_review_on: the day of the last looked-after review; where there was none, the day of coming into
            care.
        held: looked-after reviews held so far.
    """
    earliest = today + _NOTICE_NEEDED
    limits = _limits(law, calendar, last_review_on, held, until=meeting_by)
    overdue, last_day = limits[0]
    if last_day < today:
        return Pairing(earliest, meeting_by, last_day, None, (_overdue(law, overdue, last_day),))
    fitting = [day for _, day in limits if earliest <= day <= meeting_by]
    rule, looked_after_by = next(each for each in limits if not fitting or each[1] == fitting[-1])
    day = calendar.last_working_day_by(min(looked_after_by, meeting_by))
    if day >= earliest:
        return Pairing(earliest, meeting_by, looked_after_by, day, ())
    hindrances = tuple(_hindrances(law, rule, looked_after_by, meeting_by, earliest))
    return Pairing(earliest, meeting_by, looked_after_by, None, hindrances)


def _limits(
    law: Statute, calendar: Calendar, last: date, held: int, *, until: date
) -> list[tuple[str, date]]:
    """The looked-after reviews to come, with their last days: the first, and all up to a day."""
    found: list[tuple[str, date]] = []
    while not found or found[-1][1] < until:
        rule = (_FIRST, _SECOND)[held] if held < 2 else _NEXT
        last = due(law.rule(rule), last, calendar=calendar).last_day
        found.append((rule, last))
        held += 1
    return found


def _overdue(law: Statute, rule: str, last_day: date) -> Hindrance:
    message = f"Its last day was {last_day}: hold it at once, or give the day of the last one that was held."
    return Hindrance(rule, law.rule(rule).latest.cite, last_day, message)


def _hindrances(
    law: Statute, rule: str, looked_after_by: date, meeting_by: date, earliest: date
) -> list[Hindrance]:
    last_days = ((rule, looked_after_by), (_MEETING, meeting_by))
    words = f"Two weeks' notice ({law.rule(_NOTICE).latest.cite}) allows no meeting before {earliest}."
    return [
        Hindrance(name, law.rule(name).latest.cite, day, f"Its last day is {day}. {words}")
        for name, day in last_days
        if day < earliest
    ] or [Hindrance(rule, law.rule(rule).latest.cite, looked_after_by, f"No working day is left. {words}")]
