"""Who holds the rights over a plan on a day: parents until compulsory school age ends, then the young person.

The Code's glossary and section 83 of the Children and Families Act 2014 tell a child from a young person by
the end of compulsory school age (Education Act 1996, s.8); who acts for a young person who lacks capacity is
regulation 64. Rights pass on a day of the calendar, so they are worked out for the day of each notice.
"""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum

_SEPTEMBER, _FRIDAY = 9, 4


class RightsHolder(StrEnum):
    """In what quality somebody is told of a decision and may appeal."""

    PARENT = "parent"
    YOUNG_PERSON = "young_person"
    ALTERNATIVE_PERSON = "alternative_person"


def end_of_compulsory_school_age(born: date) -> date:
    """The last day of compulsory school age: the last Friday in June of the school year of the 16th birthday.

    A school year begins on 1 September, so whoever is born on that day leaves ten months later than whoever
    is born the day before. Somebody whose birthday falls in July or August leaves before it.
    """
    year = born.year + 16 + (born.month >= _SEPTEMBER)
    last_of_june = date(year, 6, 30)
    return last_of_june - timedelta(days=(last_of_june.weekday() - _FRIDAY) % 7)


def rights_holder(born: date, on: date, lacks_capacity_since: date | None = None) -> RightsHolder:
    """Who holds the rights on a day.

    Parents hold them to the end of the last day of compulsory school age, the young person from the day
    after; for a young person known by then to lack capacity, an alternative person (reg 64). A child's
    capacity doesn't matter: its parents hold the rights whatever it can decide.
    """
    if on <= end_of_compulsory_school_age(born):
        return RightsHolder.PARENT
    if lacks_capacity_since is not None and lacks_capacity_since <= on:
        return RightsHolder.ALTERNATIVE_PERSON
    return RightsHolder.YOUNG_PERSON
