"""What recorded exceptions lift: which limits of a case, and whether their days meet a limit's own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Connection, bindparam, select

from engine.store import tables

#: Regulation 10(4)(a), (b): the days that count begin a week before the setting closes.
CLOSURES = frozenset({"EX_SCHOOL_CLOSED", "EX_EY_CLOSED"})
_BEFORE_A_CLOSURE = timedelta(weeks=1)


@dataclass(frozen=True)
class Lifting:
    """An exception of a case; without an occurrence it lifts its rules' limits of every one."""

    code: str
    rules: tuple[str, ...]
    occurrence: str
    starts_on: date
    ends_on: date | None

    def names(self, rule: str, occurrence: str) -> bool:
        """Whether it was recorded for this limit."""
        return rule in self.rules and self.occurrence in ("", occurrence)

    def meets(self, anchored_on: date | None, due_on: date | None) -> bool:
        """Whether the circumstance fell within the time allowed, as the regulations ask of each.

        What befell the family before that time began, or after its last day, made nothing impractical.
        """
        if anchored_on is None or due_on is None:
            return False
        starts_on = self.starts_on - _BEFORE_A_CLOSURE if self.code in CLOSURES else self.starts_on
        return starts_on <= max(anchored_on, due_on) and (
            self.ends_on is None or min(anchored_on, due_on) <= self.ends_on
        )


def liftings_of(connection: Connection, case_key: int) -> list[Lifting]:
    """The exceptions that were recorded for a case, in the order of recording."""
    return [
        Lifting(row.code, tuple(row.rules), row.occurrence, row.starts_on, row.ends_on)
        for row in connection.execute(_LIFTINGS, {"case": case_key})
    ]


_exception = tables.exception
_LIFTINGS = (
    select(
        _exception.c.code,
        _exception.c.rules,
        _exception.c.occurrence,
        _exception.c.starts_on,
        _exception.c.ends_on,
    )
    .where(_exception.c.case_key == bindparam("case"))
    .order_by(_exception.c.key)
)
