"""An instance that goes on on another version of its process: the rows of what stays open follow it.

A task keeps its key, its holder, the day it came up and the day it is due; its name, form and candidates are
those of the version it is on.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, case, select, update

from engine.services.audit.audit import Event
from engine.services.days import as_day
from engine.spiff import OpenTask, Subscription, WaitingTimer
from engine.store import tables

if TYPE_CHECKING:
    from engine.services.step import CaseStep


def redraw_tasks(
    step: CaseStep, instance_key: int, before: Mapping[int, OpenTask], after: Mapping[int, OpenTask]
) -> list[int]:
    """Bring the rows of open tasks up to the new version; gives the tokens of tasks that are open again.

    One that is open again was cancelled when its instance was carried to the version it now comes back from.
    """
    for token in sorted(before.keys() & after.keys()):
        drawn = _drawn(after[token])
        if drawn != _drawn(before[token]):
            step.connection.execute(_REDRAW_TASK, {**_place(step, instance_key, token), **drawn})
            _owe(step, before[token], after[token])
    return _reopen(step, instance_key, sorted(after.keys() - before.keys()))


def redraw_timers(
    step: CaseStep,
    instance_key: int,
    before: Mapping[int, WaitingTimer],
    after: Mapping[int, WaitingTimer],
) -> None:
    """Bring the rows of waiting timers up to the new version; their times are written elsewhere."""
    for token in sorted(before.keys() & after.keys()):
        drawn = _of_timer(after[token])
        if drawn != _of_timer(before[token]):
            step.connection.execute(_REDRAW_TIMER, {"of": instance_key, "nth": token, **drawn})


def redraw_subscriptions(
    step: CaseStep,
    instance_key: int,
    before: Mapping[int, Subscription],
    after: Mapping[int, Subscription],
) -> None:
    """Bring the rows of awaited messages up to the new version."""
    for token in sorted(before.keys() & after.keys()):
        drawn = _of_subscription(after[token])
        if drawn != _of_subscription(before[token]):
            step.connection.execute(_REDRAW_SUBSCRIPTION, {"of": instance_key, "nth": token, **drawn})


def _owe(step: CaseStep, before: OpenTask, after: OpenTask) -> None:
    if after.rule and (after.rule, after.occurrence) != (before.rule, before.occurrence) and after.agency:
        step.ledger.owed_by(after.rule, after.occurrence or "", after.agency)


def _reopen(step: CaseStep, instance_key: int, tokens: list[int]) -> list[int]:
    opened = []
    for token in tokens:
        if step.connection.execute(_REOPEN, _place(step, instance_key, token)).rowcount:
            element = step.connection.execute(_ELEMENT_OF, _place(step, instance_key, token)).scalar_one()
            step.audit.append(Event.TASK_REOPENED, element=element, token=token, instance=instance_key)
            opened.append(token)
    return opened


def _place(step: CaseStep, instance_key: int, token: int) -> dict[str, Any]:
    return {"in_case": step.case_key, "of": instance_key, "nth": token}


def _drawn(task: OpenTask) -> dict[str, Any]:
    return {
        "new_element": task.element_id,
        "new_name": task.name,
        "new_groups": list(task.candidate_groups),
        "new_form": task.form_id or None,
        "new_rule": task.rule or None,
        "new_occurrence": task.occurrence or "",
        "new_due": as_day(task.due_date),
        "new_priority": task.priority,
    }


def _of_timer(timer: WaitingTimer) -> dict[str, Any]:
    return {
        "new_element": timer.element_id,
        "new_rule": timer.rule or None,
        "new_occurrence": timer.occurrence or "",
    }


def _of_subscription(item: Subscription) -> dict[str, Any]:
    return {"new_element": item.element_id, "new_message": item.message, "new_key": item.key}


_task, _timer, _subscription = tables.task, tables.timer, tables.subscription
_THIS_TASK = (
    _task.c.case_key == bindparam("in_case"),
    _task.c.instance_key == bindparam("of"),
    _task.c.token == bindparam("nth"),
)
_REDRAW_TASK = (
    update(_task)
    .where(*_THIS_TASK)
    .values(
        element_id=bindparam("new_element"),
        name=bindparam("new_name"),
        candidate_groups=bindparam("new_groups"),
        form_key=bindparam("new_form"),
        rule=bindparam("new_rule"),
        occurrence=bindparam("new_occurrence"),
        due_on=bindparam("new_due"),
        priority=bindparam("new_priority"),
        version=_task.c.version + 1,
    )
)
_REOPEN = (
    update(_task)
    .where(*_THIS_TASK, _task.c.state == "CANCELED")
    .values(
        state=case((_task.c.assignee_key.is_(None), "CREATED"), else_="ASSIGNED"),
        completed_at=None,
        version=_task.c.version + 1,
    )
)
_ELEMENT_OF = select(_task.c.element_id).where(*_THIS_TASK)
_REDRAW_TIMER = (
    update(_timer)
    .where(_timer.c.instance_key == bindparam("of"), _timer.c.token == bindparam("nth"))
    .values(
        element_id=bindparam("new_element"),
        rule=bindparam("new_rule"),
        occurrence=bindparam("new_occurrence"),
    )
)
_REDRAW_SUBSCRIPTION = (
    update(_subscription)
    .where(_subscription.c.instance_key == bindparam("of"), _subscription.c.token == bindparam("nth"))
    .values(
        element_id=bindparam("new_element"),
        message=bindparam("new_message"),
        correlation_key=bindparam("new_key"),
    )
)
