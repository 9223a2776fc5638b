"""A limit with its history: what changed it, what it counts from and what lifts it, and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, bindparam, select

from engine.clock import parse_instant
from engine.errors import NotFound
from engine.services.audit.audit import parse
from engine.services.audit.timeline import describe
from engine.services.cases.cases import find_case, names_of
from engine.services.cases.views_of_records import ChangeOfDeadline, DeadlineDetail
from engine.services.deadlines.views_of_deadlines import deadline_views
from engine.services.principals import Principal
from engine.services.sight import sight
from engine.store import tables
from engine.store.types import AnyRow

if TYPE_CHECKING:
    from engine.application import Engine

_ANCHORS = ("anchor:recorded", "anchor:corrected")
_OF_LIMITS = ("deadline:opened", "deadline:moved", "deadline:closed")
_MOVED = "deadline:moved"


def get_deadline(engine: Engine, principal: Principal, key: str) -> DeadlineDetail:
    """One limit: why it is due when it is, and everything that changed it.

    Raises:
        NotFound: there is none that this principal sees.
    """
    principal.require("case:read")
    with engine.database.read() as connection:
        row, case = _find(engine, connection, principal, key)
        (view,) = deadline_views(engine, connection, case, [row])
        history = _history(engine, connection, principal, row)
    return DeadlineDetail(
        case_key=str(case.key), round=row.round, opened_at=row.opened_at, deadline=view, history=history
    )


def _find(engine: Engine, connection: Connection, principal: Principal, key: str) -> tuple[AnyRow, AnyRow]:
    query = _ONE.where(sight.deadlines(principal))
    row = connection.execute(query, {"row_key": sight.key(key)}).one_or_none()
    if row is not None:
        try:
            return row, find_case(engine, connection, principal, str(row.case_key))
        except NotFound:
            pass
    raise NotFound(f"There is no deadline {key} for you.")


def _history(
    engine: Engine, connection: Connection, principal: Principal, row: AnyRow
) -> list[ChangeOfDeadline]:
    anchors = set(engine.statute.rule(row.rule).anchors)
    events = [
        parse(body)
        for body in connection.execute(_EVENTS, {"case": row.case_key}).scalars()
        if row.rule in body or any(name in body for name in anchors)
    ]
    told = [event for event in events if _concerns(event, row, anchors)]
    names = names_of(connection, told)
    return [_change(principal, event, names, _cause(event, told)) for event in told]


def _concerns(event: Mapping[str, Any], row: AnyRow, anchors: set[str]) -> bool:
    details = event["details"]
    if event["event"] in _OF_LIMITS:
        return bool(details["rule"] == row.rule and (details.get("occurrence") or "") == row.occurrence)
    if event["event"] in _ANCHORS:
        fits = details.get("occurrence", "") in ("", row.occurrence)
        # A correction is told twice: as it was asked for, with its reason, and as it was done.
        return details.get("anchor") in anchors and fits and ("before" in details or "on" in details)
    return event["event"] == "exception:recorded" and _lifts(details, row)


def _lifts(details: Mapping[str, Any], row: AnyRow) -> bool:
    return row.rule in details["rules"] and details["occurrence"] in ("", row.occurrence)


def _cause(event: Mapping[str, Any], told: Iterable[Mapping[str, Any]]) -> str | None:
    """Why a last day moved: what it counts from moved in the same step, else the calendar or the rule did."""
    if event["event"] != _MOVED:
        return None
    together = [
        each
        for each in told
        if each["at"] == event["at"] and each["event"] in _ANCHORS and each["sequence"] < event["sequence"]
    ]
    return describe(together[-1]) if together else "The calendar or the dates of the rule changed."


def _change(
    principal: Principal, event: Mapping[str, Any], names: Mapping[int, str], because: str | None
) -> ChangeOfDeadline:
    details, membership = event["details"], event["actor"]["membership"]
    own = sight.sees_whole_cases(principal) or event["actor"]["organisation"] in sight.organisations(
        principal
    )
    return ChangeOfDeadline(
        sequence=event["sequence"],
        at=parse_instant(event["at"]),
        event=event["event"],
        actor=(names.get(membership) if membership else "the engine") if own or not membership else None,
        text=describe(event),
        before=_day(details.get("before")),
        after=_day(details.get("after") or details.get("on") or details.get("due")),
        because=because,
    )


def _day(text: Any) -> date | None:
    return date.fromisoformat(text) if text else None


_deadline, _event = tables.deadline, tables.audit_event
_ONE = select(_deadline).where(_deadline.c.key == bindparam("row_key"))
_EVENTS = select(_event.c.body).where(_event.c.case_key == bindparam("case")).order_by(_event.c.sequence)
