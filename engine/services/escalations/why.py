"""Why somebody was told of a limit, who will be told when, by which row of the ladder, and why nobody more.

What is to come is said as things stand today: who holds which role, who is away, which ladder is in force.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import Connection, bindparam, select

from engine.clock import day_of
from engine.errors import NotFound
from engine.ladder import LEVELS, Rung
from engine.services.audit.audit import Actor
from engine.services.cases.cases import find_case
from engine.services.deadlines.deadline_rows import Deadline
from engine.services.escalations import escalation_lists
from engine.services.escalations.forecast_of import forecast_of
from engine.services.escalations.hearers import Hearer, Hearers
from engine.services.escalations.hearing_lists import hearings_of
from engine.services.escalations.telling import BOARDS
from engine.services.escalations.views_of_escalations import ComingView, LadderView, RecipientView
from engine.services.principals import Principal
from engine.services.sight import sight
from engine.services.step import CaseStep
from engine.store import tables
from engine.store.types import AnyRow

if TYPE_CHECKING:
    from engine.application import Engine


def ladder_of(
    engine: Engine, principal: Principal, case_key: str, rule: str, occurrence: str | None = None
) -> list[LadderView]:
    """Where each limit of a rule stands on the ladder, as far as the principal sees it.

    Args:
        occurrence: of which of several; None: of all.

    Raises:
        NotFound: there is no such case or limit for this principal.
    """
    principal.require("escalation:explain")
    with engine.database.read() as connection:
        case = find_case(engine, connection, principal, case_key)
        found = _Explainer(engine, connection, case.key).explain(rule, occurrence)
    if not sight.sees_whole_cases(principal):
        seen = sight.organisations(principal)
        found = [each for each in found if each.organisation in seen]
    return _some(found, case_key, rule, occurrence)


def explain(engine: Engine, case_key: int, rule: str, occurrence: str | None = None) -> list[LadderView]:
    """The same for whoever runs the engine, at the terminal.

    Raises:
        NotFound: there is no such case, rule or limit.
    """
    if rule not in engine.statute.rules:
        raise NotFound(f"There is no rule {rule}. See: ehc statute list.")
    with engine.database.read() as connection:
        found = _Explainer(engine, connection, case_key).explain(rule, occurrence)
    return _some(found, str(case_key), rule, occurrence)


def _some(found: list[LadderView], case_key: str, rule: str, occurrence: str | None) -> list[LadderView]:
    if not found and occurrence is not None:
        raise NotFound(
            f"Case {case_key} has no limit {rule} for {occurrence!r}. Leave the occurrence out to see all."
        )
    if not found:
        raise NotFound(f"Case {case_key} has no limit {rule}: nothing has begun it yet.")
    return found


class _Explainer:
    """Looks at one case and changes nothing."""

    def __init__(self, engine: Engine, connection: Connection, case_key: int) -> None:
        self._engine = engine
        self._connection = connection
        self._step = CaseStep.look(engine, connection, case_key, Actor.clock())

    def explain(self, rule: str, occurrence: str | None) -> list[LadderView]:
        """Each limit of the rule, of several rounds the last."""
        newest = {row.occurrence: row for row in self._step.ledger.all() if row.rule == rule}
        return [self._view(row) for which, row in newest.items() if occurrence in (None, which)]

    def _view(self, row: Deadline) -> LadderView:
        rule = self._engine.statute.rule(row.rule)
        thread = self._connection.execute(_THREAD, {"of": row.key}).one_or_none()
        coming = list(self._coming(row, thread)) if row.is_told_of else []
        foreseen, unforeseen = forecast_of(self._connection, row, self._step.today)
        return LadderView(
            deadline_key=str(row.key),
            rule=row.rule,
            occurrence=row.occurrence or None,
            title=rule.title,
            citation=rule.latest.cite,
            organisation=row.organisation,
            due_on=row.due_on,
            status=row.status,
            escalation=None if thread is None else escalation_lists.stored_view(self._engine, thread),
            told=[] if thread is None else hearings_of(self._connection, thread.key, named=True),
            coming=coming,
            explanation=None if coming else _why_nobody(row),
            forecast=foreseen,
            forecast_explanation=unforeseen,
        )

    def _coming(self, row: Deadline, thread: AnyRow | None) -> Iterator[ComingView]:
        """The tellings that come: those of the ladder, but for what a quiet time keeps back."""
        place = self._step.alert_times.place(row, None if thread is None else thread.answer_code)
        stands = None if thread is None or thread.state == "resolved" else thread
        if row.alert_at is not None and row.alert_at <= self._step.now:
            due = place.rung(self._step.today)
            if due is not None:
                yield self._telling(row, stands, self._step.now, due)
        quiet_until = None if stands is None else stands.quiet_until
        last = place.rung(self._step.today)
        for at, rung in place.coming(self._step.today):
            if quiet_until is not None and quiet_until <= at:
                if last is not None and quiet_until < at:
                    yield self._telling(row, stands, quiet_until, last)
                quiet_until = None
            last = rung
            if quiet_until is None or _breaks_quiet(row, stands, at, rung):
                quiet_until = None
                yield self._telling(row, stands, at, rung)
        if quiet_until is not None and last is not None:
            yield self._telling(row, stands, quiet_until, last)

    def _telling(self, row: Deadline, stands: AnyRow | None, at: datetime, rung: Rung) -> ComingView:
        heard_at = self._engine.working_hours.moment_from(at, self._step.calendar)
        hearers = Hearers(self._step, day_of(heard_at)).of(row, rung.roles)
        held = [rung.level] if stands is None else [rung.level, stands.level]
        assert row.broken_at is not None
        return ComingView(
            at=at,
            heard_at=heard_at,
            reason="nearing" if at < row.broken_at else "missed",
            level=max(held, key=LEVELS.index),
            channel=rung.channel,
            ladder_row=rung.row,
            row_number=rung.row_number,
            description=rung.description,
            recipients=[self._recipient(each) for each in hearers],
        )

    def _recipient(self, hearer: Hearer) -> RecipientView:
        return RecipientView(
            recipient=hearer.recipient,
            person=self._name(hearer.membership_key),
            instead_of=hearer.instead_of,
            covers=self._name(hearer.covers_key),
        )

    def _name(self, membership_key: int | None) -> str | None:
        if membership_key is None:
            return None
        name: str | None = self._connection.execute(_NAME, {"who": membership_key}).scalar()
        return name


def _breaks_quiet(row: Deadline, stands: AnyRow | None, at: datetime, rung: Rung) -> bool:
    is_missed = row.broken_at is not None and at >= row.broken_at
    return rung.level in BOARDS or (is_missed and stands is not None and stands.reason == "nearing")


def _why_nobody(row: Deadline) -> str:
    if not row.is_running:
        when = f" on {row.met_on}" if row.met_on else ""
        return f"The limit has ended{when} ({row.status}): nobody is told of it any more."
    if row.exceptions:
        return f"The limit is lifted by {', '.join(row.exceptions)}: nobody is told as long as it is."
    if row.due_on is None:
        return "The limit has no last day yet: nothing that it counts from is recorded."
    if not row.is_told_of:
        return f"Nobody can be late by it: it is a {row.nature}, not a deadline."
    return "The last row of the ladder has spoken: nobody more is told by time alone. The duty stands."


_THREAD = escalation_lists.LIST.where(tables.escalation.c.deadline_key == bindparam("of"))
_NAME = (
    select(tables.person.c.name)
    .join(tables.membership, tables.membership.c.person_key == tables.person.c.key)
    .where(tables.membership.c.key == bindparam("who"))
)
