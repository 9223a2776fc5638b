"""What became of a population: its reviews by year, and how many limits of plans were kept, per rule."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, select

from engine.application import Engine
from engine.clock import start_of_day
from engine.store import tables
from engine.store.types import AnyRow

#: The limits of a plan's life that are shown, in the order of a review.
RULES = (
    "s44_first_review",
    "s44_next_review",
    "review_meeting_4w",
    "reg20_3_notice_2w",
    "reg20_4_circulate_2w",
    "reg20_report_2w",
    "reg20_10_decision_4w",
    "devon_amend_notice_4w",
    "reg22_3_final_8w",
    "devon_final_12w",
    "reg18_1b_other_phase",
    "reg18_1a_secondary_to_post16",
    "cop_under5_3_6m",
    "s45_4_hold",
)


@dataclass(frozen=True)
class Kept:
    """How a rule's limits ended; `open_late` were missed and aren't met yet."""

    rule: str
    on_time: int
    late: int
    open_late: int

    @property
    def percent(self) -> int | None:
        """The share that was on time of what was due; None where nothing was."""
        due = self.on_time + self.late + self.open_late
        return round(100 * self.on_time / due) if due else None


@dataclass(frozen=True)
class Year:
    """Reviews whose decision was notified within 365 days, by what was decided; lighter ones apart."""

    first: date
    maintained: int
    amended: int
    ended: int
    lighter: int

    @property
    def reviews(self) -> int:
        """All but the lighter ones."""
        return self.maintained + self.amended + self.ended


def kept(engine: Engine) -> list[Kept]:
    """The limits of every rule that is shown and was due at all."""
    today = engine.clock.today()
    deadline = tables.deadline
    query = (
        select(deadline.c.rule, deadline.c.status, deadline.c.due_on < today, func.count())
        .where(deadline.c.rule.in_(RULES))
        .group_by(deadline.c.rule, deadline.c.status, deadline.c.due_on < today)
    )
    found: dict[tuple[str, str], int] = {}
    with engine.database.read() as connection:
        for rule, status, is_past, number in connection.execute(query):
            name = "open_late" if status == "running" and is_past else status
            found[rule, name] = found.get((rule, name), 0) + number
    rows = [Kept(rule, *(found.get((rule, name), 0) for name in _STATUSES)) for rule in RULES]
    return [row for row in rows if row.percent is not None]


def years(engine: Engine, number: int) -> list[Year]:
    """The years of a replay that ends today, the first one first."""
    review, last = tables.review, engine.clock.today()
    query = select(review.c.kind, review.c.decision, func.count()).group_by(review.c.kind, review.c.decision)
    found = []
    with engine.database.read() as connection:
        for nth in range(number, 0, -1):
            first, after = (last - timedelta(days=365 * before - 1) for before in (nth, nth - 1))
            within = query.where(
                review.c.closed_at >= start_of_day(first), review.c.closed_at < start_of_day(after)
            )
            found.append(_year(first, connection.execute(within).all()))
    return found


def _year(first: date, counted: Sequence[AnyRow]) -> Year:
    def number(decision: str) -> int:
        return sum(count for kind, decided, count in counted if kind != "light" and decided == decision)

    lighter = sum(count for kind, _, count in counted if kind == "light")
    return Year(first, number("maintain"), number("amend"), number("cease"), lighter)


_STATUSES = ("on_time", "late", "open_late")
