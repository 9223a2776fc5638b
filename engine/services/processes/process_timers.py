"""Timers as process owners find them, late ones first; and moving those that the law doesn't."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Select, bindparam, select, tuple_

from engine.clock import format_instant, parse_instant, start_of_day
from engine.errors import BadInput, Conflict, NotFound, VersionMismatch
from engine.services import paging
from engine.services.audit.audit import Actor, Event
from engine.services.incidents import guarded
from engine.services.instances import LiveInstance
from engine.services.principals import Principal
from engine.services.processes.process_instances import find_instance
from engine.services.processes.views_of_control import TimerMoved, TimerView
from engine.services.sight import sight
from engine.services.step import CaseStep
from engine.services.views import Page, PageEnd
from engine.spiff import TokenGone
from engine.store import tables
from engine.store.types import AnyRow

if TYPE_CHECKING:
    from engine.application import Engine

Moved = tuple[datetime | None, datetime | None]


def list_timers(
    engine: Engine,
    principal: Principal,
    *,
    due_before: date | None = None,
    overdue: bool | None = None,
    process_instance_key: str | None = None,
    process_definition_id: str | None = None,
    case_key: str | None = None,
    element_id: str | None = None,
    rule: str | None = None,
    limit: int = 50,
    cursor: str | None = None,
) -> Page[TimerView]:
    """The waiting timers of the authority, the one due first first.

    Args:
        due_before: only those that fire before this day begins in London.
        overdue: only those that are due and haven't fired, or only those that aren't due yet.
    """
    principal.require("process:read")
    now = engine.clock.now()
    own = _timer.c.authority == principal.authority
    query = _LIST.where(own, sight.open_to(principal, _timer.c.case_key))
    if due_before is not None:
        query = query.where(_timer.c.due_at < start_of_day(due_before))
    if overdue is not None:
        query = query.where(_timer.c.due_at <= now if overdue else _timer.c.due_at > now)
    plain = {
        _timer.c.instance_key: process_instance_key and sight.key(process_instance_key),
        _timer.c.case_key: case_key and sight.key(case_key),
        _definition.c.process_id: process_definition_id,
        _timer.c.element_id: element_id,
        _timer.c.rule: rule,
    }
    query = query.where(*(column == value for column, value in plain.items() if value is not None))
    if cursor is not None:
        query = query.where(_after(cursor))
    with engine.database.read() as connection:
        rows = connection.execute(query.limit(paging.clamp(limit) + 1)).all()
    end = _cursor(rows[limit - 1]) if len(rows) > limit else None
    return Page(items=[_view(row, now) for row in rows[:limit]], page=PageEnd(end_cursor=end))


def change_due(
    engine: Engine, principal: Principal, key: str, token: str, due_at: datetime, reason: str
) -> TimerMoved:
    """Have a timer fire at another instant. Limits of law aren't moved: their anchors are corrected instead.

    Raises:
        NotFound: there is no such instance in this authority, or no timer waits there.
        BadInput: the instant has passed, or there is no reason.
        Conflict: the timer watches a limit of law, or its instance has ended.
    """
    if due_at <= engine.clock.now():
        raise BadInput.field("dueAt", "A timer can only be moved to an instant that is still to come.")

    def move(live: LiveInstance) -> Moved:
        timer = next((each for each in live.workflow.timers() if each.token == int(token)), None)
        if timer is not None and timer.rule:
            raise Conflict(
                f"The timer {timer.element_id} watches the limit {timer.rule}, which moves only by law:"
                " correct the day that it counts from (POST /cases/.../anchors)."
            )
        return live.move_timer(int(token), due_at), due_at

    return _moved(engine, principal, key, token, reason, move)


def recalculate(
    engine: Engine, principal: Principal, key: str, token: str, reason: str, version: int | None = None
) -> TimerMoved:
    """Work a timer's instant out again from its diagram and its case, as after a correction.

    Args:
        version: that of the instance, as the caller has seen it.

    Raises:
        NotFound: there is no such instance in this authority, or no timer waits there.
        BadInput: there is no reason.
        VersionMismatch: the instance has moved on.
        Conflict: its time counts from when it began to wait, or its instance has ended.
    """

    def recount(live: LiveInstance) -> Moved:
        if version not in (None, live.version):
            raise VersionMismatch(
                f"Process instance {key} stands at version {live.version}, not {version}. Read it again."
            )
        try:
            return live.recount_timer(int(token))
        except ValueError as problem:
            raise Conflict(str(problem)) from problem

    return _moved(engine, principal, key, token, reason, recount)


def _moved(
    engine: Engine,
    principal: Principal,
    key: str,
    token: str,
    reason: str,
    move: Callable[[LiveInstance], Moved],
) -> TimerMoved:
    principal.require("process:change")
    if not reason.strip():
        raise BadInput.field("reason", "Say why the timer is moved.")
    with engine.database.read() as connection:
        case_key = find_instance(connection, principal, key).case_key

    def work(step: CaseStep) -> TimerMoved:
        live = step.instance(sight.key(key))
        if not live.is_active:
            raise Conflict(f"Process instance {key} has ended: no timer waits in it.")
        try:
            before, after = move(live)
        except TokenGone:
            raise NotFound(f"No timer waits at token {token} of process instance {key}.") from None
        if before != after:
            _note(step, live, token, before, after, reason)
        return TimerMoved(process_instance_key=key, token=int(token), before=before, after=after)

    actor = Actor(principal.membership_key, principal.organisation)
    return guarded(engine, case_key, f"move timer {token} of process instance {sight.key(key)}", actor, work)


def _note(
    step: CaseStep,
    live: LiveInstance,
    token: str,
    before: datetime | None,
    after: datetime | None,
    reason: str,
) -> None:
    step.note_reason(
        Event.TIMER_MOVED,
        reason,
        instance=live.key,
        token=int(token),
        before=before and format_instant(before),
        after=after and format_instant(after),
    )


def _after(cursor: str) -> Any:
    instant, instance_key, token = paging.decode(cursor, str, int, int)
    try:
        last = parse_instant(instant)
    except ValueError:
        raise BadInput.field("cursor", "This cursor isn't one of ours.") from None
    place = tuple_(_timer.c.due_at, _timer.c.instance_key, _timer.c.token)
    return place > tuple_(bindparam("after", last, type_=_timer.c.due_at.type), instance_key, token)


def _cursor(row: AnyRow) -> str:
    return paging.encode([format_instant(row.due_at), row.instance_key, row.token])


def _view(row: AnyRow, now: datetime) -> TimerView:
    late = int((now - row.due_at).total_seconds())
    return TimerView(
        process_instance_key=str(row.instance_key),
        token=row.token,
        case_key=str(row.case_key),
        process_definition_id=row.process_id,
        element_id=row.element_id,
        due_at=row.due_at,
        late_seconds=late if late > 0 else None,
        rule=row.rule,
        occurrence=row.occurrence or None,
        incident_key=str(row.incident_key) if row.incident_key is not None else None,
        suspended=row.suspended_at is not None,
    )


_timer, _instance, _definition = tables.timer, tables.instance, tables.process_definition
_LIST: Select[Any] = (
    select(_timer, _definition.c.process_id)
    .join(_instance, _instance.c.key == _timer.c.instance_key)
    .join(_definition, _definition.c.key == _instance.c.definition_key)
    .order_by(_timer.c.due_at, _timer.c.instance_key, _timer.c.token)
)
