"""Appeals, as far as what a council may do hangs on them: lodged, and ended (section 45(4))."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, select

from engine.errors import BadInput, Conflict
from engine.services.audit.audit import Actor, Event
from engine.services.cases.cases import find_case
from engine.services.deadlines.deadline_rows import Deadline
from engine.services.incidents import guarded
from engine.services.plans.plan_changes import as_seen
from engine.services.plans.views_of_changes import AppealView
from engine.services.principals import Principal
from engine.services.step import CaseStep
from engine.store import tables

if TYPE_CHECKING:
    from engine.application import Engine

#: The time to appeal against a notice: its row is named as the notice is.
WINDOW = "ftt_r20_appeal_2m"


def lodge(
    engine: Engine,
    principal: Principal,
    case_key: str,
    occurrence: str,
    lodged_on: date,
    *,
    version: int | None = None,
) -> AppealView:
    """An appeal against a notice has reached the tribunal: what waits for the end of its time knows.

    Args:
        occurrence: the notice's occurrence; empty for a decision on the request itself.

    Raises:
        BadInput: no notice of this case has such a time to appeal, or the day can't be.
        Conflict: an appeal was lodged already, or the time was over before.
    """

    def work(step: CaseStep) -> AppealView:
        row = _window(step, occurrence)
        if row.anchored_on is not None and lodged_on < row.anchored_on:
            raise BadInput.field(
                "lodgedOn", f"The notice was sent on {row.anchored_on}: nobody appeals before."
            )
        if lodged_on > step.today:
            raise BadInput.field("lodgedOn", f"An appeal can't be lodged after today, {step.today}.")
        if not row.is_running:
            raise Conflict(_over(row))
        step.receive("appeal_lodged", correlation(occurrence), {"lodgedOn": lodged_on})
        step.audit.append(Event.APPEAL_LODGED, on=lodged_on.isoformat(), occurrence=occurrence)
        return AppealView(case_key=case_key, occurrence=occurrence, lodged_on=lodged_on, ended_on=None)

    return _on_case(engine, principal, case_key, "lodge an appeal", work, version)


def end(
    engine: Engine,
    principal: Principal,
    case_key: str,
    occurrence: str,
    ended_on: date,
    *,
    cease_upheld: bool,
    version: int | None = None,
) -> AppealView:
    """An appeal was finally decided, or ended otherwise.

    Args:
        cease_upheld: whether the decision to end the plan stands.

    Raises:
        BadInput: no notice of this case has such a time to appeal, or the day can't be.
        Conflict: no appeal is pending: none was lodged, or it has ended.
    """

    def work(step: CaseStep) -> AppealView:
        row = _window(step, occurrence)
        lodged_on = row.met_on
        if lodged_on is None:
            raise Conflict("No appeal against this notice was lodged.")
        ended = _ended_on(step, occurrence)
        if ended is not None:
            raise Conflict(f"This appeal ended on {ended} already. What was decided then stands.")
        if not lodged_on <= ended_on <= step.today:
            raise BadInput.field("endedOn", f"The appeal was lodged on {lodged_on} and ends by {step.today}.")
        step.receive("appeal_ended", correlation(occurrence), {"ceaseUpheld": cease_upheld})
        step.audit.append(Event.APPEAL_ENDED, on=ended_on.isoformat(), occurrence=occurrence)
        return AppealView(case_key=case_key, occurrence=occurrence, lodged_on=lodged_on, ended_on=ended_on)

    return _on_case(engine, principal, case_key, "end an appeal", work, version)


def correlation(occurrence: str) -> str:
    """The key by which processes of a case know which of its notices an appeal is about."""
    return f"appeal:{occurrence}"


def _over(row: Deadline) -> str:
    if row.met_on is not None:
        return f"An appeal against this notice was lodged on {row.met_on} already."
    return (
        f"The time to appeal ended with {row.due_on}. If the tribunal admits a later one, your lawyers know"
        " what follows."
    )


def _ended_on(step: CaseStep, occurrence: str) -> str | None:
    """The day on which the appeal against a notice ended, from the case's history; None if it hasn't."""
    for body in step.connection.execute(_HISTORY, {"case": step.case_key}).scalars():
        event = json.loads(body)
        if event["event"] == Event.APPEAL_ENDED.value and event["details"]["occurrence"] == occurrence:
            return str(event["details"]["on"])
    return None


def _window(step: CaseStep, occurrence: str) -> Deadline:
    row = step.ledger.deadlines.get((WINDOW, occurrence))
    if row is None:
        known = sorted(which or "(none)" for rule, which in step.ledger.deadlines if rule == WINDOW)
        names = ", ".join(known) or "none"
        raise BadInput.field(
            "occurrence", f"No appealable notice of this case is called so. There are: {names}."
        )
    return row


def _on_case(
    engine: Engine,
    principal: Principal,
    case_key: str,
    attempted: str,
    work: Callable[[CaseStep], AppealView],
    version: int | None,
) -> AppealView:
    principal.require("plan:change")
    with engine.database.read() as connection:
        row = find_case(engine, connection, principal, case_key)

    def once_due_has_fired(step: CaseStep) -> AppealView:
        as_seen(step, version)
        step.fire_due()
        return work(step)

    actor = Actor(principal.membership_key, principal.organisation)
    return guarded(engine, row.key, attempted, actor, once_due_has_fired)


_event = tables.audit_event
_HISTORY = select(_event.c.body).where(
    _event.c.case_key == bindparam("case"), _event.c.body.contains(Event.APPEAL_ENDED.value)
)
