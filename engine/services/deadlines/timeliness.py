"""How many limits were kept: per agency and quarter for advice, and for 6, 16 and 20 weeks.

Pure queries over deadlines. A limit counts from the day after its last day: what may still be kept in time
isn't judged. A body's advice that was excused is counted as late, as the local area's own report counts it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, and_, bindparam, case, func, literal, or_, select

from engine.store import tables

if TYPE_CHECKING:
    from engine.application import Engine

ADVICE = "reg8_advice_6w"
#: The limits that a request opens, and the weeks by which they are known.
OF_THE_REQUEST = {
    "reg5_decide_to_assess": 6,
    "reg10_decide_no_plan": 16,
    "draft_plan_backstop": 16,
    "reg13_2_final_20w": 20,
}
#: All settings together: each alone has too few for a share.
SETTINGS = "settings"
QUARTER = timedelta(weeks=13)


@dataclass(frozen=True)
class Period:
    """Days from the first to the last, both included."""

    first: date
    last: date


@dataclass(frozen=True)
class Tally:
    """Limits by how they ended. `open_late` are those that were missed and aren't met yet."""

    on_time: int = 0
    late: int = 0
    excused: int = 0
    open_late: int = 0

    @property
    def ended(self) -> int:
        """How many were met, in time or not."""
        return self.on_time + self.late + self.excused

    @property
    def due(self) -> int:
        """How many have been met or should have been."""
        return self.ended + self.open_late

    @property
    def share_of_due(self) -> float | None:
        """On time out of all that were due; excused and still open ones count as late."""
        return _share(self.on_time, self.due)

    @property
    def share_with_exceptions(self) -> float | None:
        """On time out of all that were met, those with an exception included."""
        return _share(self.on_time, self.ended)

    @property
    def share_without_exceptions(self) -> float | None:
        """On time out of those that were met and aren't excused."""
        return _share(self.on_time, self.ended - self.excused)


@dataclass(frozen=True)
class AgencyTimeliness:
    """One agency's advice, a tally for each period that was asked for."""

    organisation: str
    name: str
    tallies: tuple[Tally, ...]


@dataclass(frozen=True)
class LimitTimeliness:
    """One limit of the authority's own over a period."""

    rule: str
    title: str
    weeks: int
    tally: Tally


def quarters(last_day: date, days: int = 364) -> tuple[Period, ...]:
    """The four quarters of 13 weeks up to a day; the first is longer where the year has more days."""
    starts = [last_day + timedelta(days=1) - QUARTER * count for count in (4, 3, 2, 1)]
    begins = min(starts[0], last_day - timedelta(days=days - 1))
    ends = [*(start - timedelta(days=1) for start in starts[1:]), last_day]
    return tuple(Period(first, last) for first, last in zip([begins, *starts[1:]], ends, strict=True))


def advice_by_agency(engine: Engine, authority: str, periods: Sequence[Period]) -> list[AgencyTimeliness]:
    """The advice that was due in each period, by the agency that owed it, in the order of names."""
    names: dict[str, str] = {}
    found: dict[tuple[str, Period], Counter[str]] = {}
    for period in periods:
        with engine.database.read() as connection:
            values = {
                "authority": authority,
                "first": period.first,
                "last": period.last,
                "today": engine.clock.today(),
            }
            for row in connection.execute(_ADVICE, values):
                names[row.agency] = row.name
                found.setdefault((row.agency, period), Counter())[row.ending] += row.number
    return [
        AgencyTimeliness(agency, name, tuple(_tally(found.get((agency, period))) for period in periods))
        for agency, name in sorted(names.items(), key=lambda item: item[1])
    ]


def limits_of_requests(engine: Engine, authority: str, period: Period) -> list[LimitTimeliness]:
    """How the authority kept 6, 16 and 20 weeks in the cases whose requests were received in a period."""
    found: dict[str, Counter[str]] = {rule: Counter() for rule in OF_THE_REQUEST}
    with engine.database.read() as connection:
        values = {
            "authority": authority,
            "first": period.first,
            "last": period.last,
            "today": engine.clock.today(),
        }
        for row in connection.execute(_OF_REQUESTS, values):
            found[row.rule][row.ending] += row.number
    return [
        LimitTimeliness(rule, engine.statute.rule(rule).title, weeks, _tally(found[rule]))
        for rule, weeks in OF_THE_REQUEST.items()
    ]


def cases_by_status(engine: Engine, authority: str) -> dict[str, int]:
    """How many cases stand where, the most frequent status first."""
    with engine.database.read() as connection:
        rows = connection.execute(_STATUSES, {"authority": authority}).all()
    return {row.status: row.number for row in rows}


def was_missed(today: date) -> ColumnElement[bool]:
    """A limit that was met late, excused or not, or still isn't met after its last day."""
    ended_late = _deadline.c.status.in_(("late", "late_excused"))
    return or_(ended_late, and_(_deadline.c.status == "running", _deadline.c.due_on < today))


def reasons_by_agency(
    engine: Engine, authority: str, periods: Sequence[Period]
) -> dict[str, tuple[dict[str | None, int], ...]]:
    """Why advice was late, in each period, by the agency that owed it: a number for each coded reason.

    None stands for those of which nobody has said why.
    """
    found: dict[str, tuple[dict[str | None, int], ...]] = {}
    for number, period in enumerate(periods):
        with engine.database.read() as connection:
            query = _REASONS.where(
                was_missed(engine.clock.today()), _deadline.c.due_on.between(period.first, period.last)
            )
            for row in connection.execute(query, {"authority": authority}):
                of_agency = found.setdefault(row.agency, tuple({} for _ in periods))
                of_agency[number][row.answer_code] = row.number
    return found


def _tally(counted: Counter[str] | None) -> Tally:
    counted = counted or Counter()
    return Tally(counted["on_time"], counted["late"], counted["late_excused"], counted["running"])


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


_deadline, _case, _organisation = tables.deadline, tables.ehc_case, tables.organisation
_JUDGED = ("on_time", "late", "late_excused", "running")
#: Met, or missed: a limit that still runs and has time left isn't counted.
_IS_JUDGED = and_(
    _deadline.c.status.in_(_JUDGED),
    (_deadline.c.status != "running") | (_deadline.c.due_on < bindparam("today")),
)
_IS_SETTING = _deadline.c.organisation.like("urn:%")
_AGENCY = case((_IS_SETTING, literal(SETTINGS)), else_=_deadline.c.organisation).label("agency")
_NAME = case((_IS_SETTING, literal("Schools and other settings")), else_=_organisation.c.name).label("name")
_ADVICE = (
    select(_AGENCY, _NAME, _deadline.c.status.label("ending"), func.count().label("number"))
    .join(
        _organisation,
        and_(
            _organisation.c.authority == _deadline.c.authority,
            _organisation.c.code == _deadline.c.organisation,
        ),
    )
    .where(
        _deadline.c.authority == bindparam("authority"),
        _deadline.c.rule == ADVICE,
        _deadline.c.due_on.between(bindparam("first"), bindparam("last")),
        _deadline.c.due_on < bindparam("today"),
        _IS_JUDGED,
    )
    .group_by(_AGENCY, _NAME, _deadline.c.status)
)
_REASONS = (
    select(_AGENCY, tables.escalation.c.answer_code, func.count().label("number"))
    .outerjoin(tables.escalation, tables.escalation.c.deadline_key == _deadline.c.key)
    .where(_deadline.c.authority == bindparam("authority"), _deadline.c.rule == ADVICE)
    .group_by(_AGENCY, tables.escalation.c.answer_code)
)
_OF_REQUESTS = (
    select(_deadline.c.rule, _deadline.c.status.label("ending"), func.count().label("number"))
    .join(_case, _case.c.key == _deadline.c.case_key)
    .where(
        _deadline.c.authority == bindparam("authority"),
        _deadline.c.rule.in_(OF_THE_REQUEST),
        _case.c.received_on.between(bindparam("first"), bindparam("last")),
        _IS_JUDGED,
    )
    .group_by(_deadline.c.rule, _deadline.c.status)
)
_STATUSES = (
    select(_case.c.status, func.count().label("number"))
    .where(_case.c.authority == bindparam("authority"))
    .group_by(_case.c.status)
    .order_by(func.count().desc(), _case.c.status)
)
