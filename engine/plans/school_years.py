"""School years: they begin on 1 September, and a year group moves on with them."""

from __future__ import annotations

from datetime import date

#: The first and last year groups there are: nursery for two-year-olds, and the fifteenth year.
FIRST_YEAR, LAST_YEAR = -2, 15
_SEPTEMBER = 9
#: Whoever is taught out of their year is so by a year or two; more is a slip.
_MOST_APART = 3
#: The usual year group of everybody who is older.
OLDEST_KNOWN = 14


def school_year_of(day: date) -> date:
    """The 1 September on which the school year of a day began."""
    return date(day.year if day.month >= _SEPTEMBER else day.year - 1, _SEPTEMBER, 1)


def year_group_on(day: date, year_group: int, since: date) -> int:
    """The year group on a day of somebody who is in `year_group` in the school year of `since`.

    Whoever is out of their year stays so: only the years between count, not the age.
    """
    return year_group + school_year_of(day).year - school_year_of(since).year


def usual_year_group(born: date, day: date) -> int:
    """The year group that a child of this birthday is usually in: reception begins after the fourth one."""
    reception = school_year_of(born).year + 5
    return school_year_of(day).year - reception


def impossible_year(born: date, year: int, day: date) -> str | None:
    """Why somebody of this birthday can't be in a year group on a day; None if they can."""
    usual = min(usual_year_group(born, day), OLDEST_KNOWN)
    if abs(year - usual) <= _MOST_APART:
        return None
    return (
        f"Year {year} is impossible at this age: year {usual} is usual. Send the year group of the present"
        " school year."
    )
