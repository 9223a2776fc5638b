"""What a change did to an instance, seen from before and after: tasks, timers, limits, places."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from engine.services.days import as_day
from engine.services.instances import LiveInstance
from engine.services.principals import SEND_TEAM
from engine.services.processes.views_of_moves import (
    LimitEffectView,
    MovedView,
    PlaceView,
    TaskChangeView,
    TimerChangeView,
)
from engine.spiff import OpenTask, Position, WaitingTimer, positions

if TYPE_CHECKING:
    from engine.services.step import CaseStep

Limit = tuple[str, str]


@dataclass(frozen=True)
class Snapshot:
    """An instance and its case's limits at one moment of a step."""

    places: tuple[Position, ...]
    tasks: Mapping[int, OpenTask]
    timers: Mapping[int, WaitingTimer]
    limits: Mapping[Limit, str]

    @classmethod
    def of(cls, step: CaseStep, live: LiveInstance) -> Snapshot:
        """As it is now."""
        return cls(
            places=tuple(positions(live.workflow)) if live.is_active else (),
            tasks={task.token: task for task in live.workflow.open_tasks()},
            timers={timer.token: timer for timer in live.workflow.timers()},
            limits={limit: row.status for limit, row in step.ledger.deadlines.items()},
        )

    def watched(self) -> set[Limit]:
        """The limits that a task or timer hangs on."""
        held: list[OpenTask | WaitingTimer] = [*self.tasks.values(), *self.timers.values()]
        return {(item.rule, item.occurrence or "") for item in held if item.rule}


def moved_view(
    step: CaseStep, live: LiveInstance, before: Snapshot, *, applied: bool, steps: list[str]
) -> MovedView:
    """The difference between a moment and now."""
    after = Snapshot.of(step, live)
    gone = [task for token, task in before.tasks.items() if token not in after.tasks]
    come = [task for token, task in after.tasks.items() if token not in before.tasks]
    return MovedView(
        process_instance_key=str(live.key),
        version=live.version + 1 if applied else live.version,
        applied=applied,
        before=[place_view(place) for place in before.places],
        after=[place_view(place) for place in after.places],
        tasks_cancelled=[_task(task) for task in gone],
        tasks_created=[_task(task) for task in come],
        timers=list(timer_changes(live, before.timers, after.timers)),
        limits=list(_limits(step, before, after)),
        steps=steps,
    )


def place_view(place: Position) -> PlaceView:
    """One token, for people."""
    return PlaceView(
        token=place.token,
        element_id=place.element_id,
        process_id=place.process_id,
        name=place.name,
        kind=place.kind,
        scope=place.scope,
        iteration=place.counter,
        due_at=place.due_at,
    )


def timer_changes(
    live: LiveInstance, before: Mapping[int, WaitingTimer], after: Mapping[int, WaitingTimer]
) -> Iterator[TimerChangeView]:
    """The timers that come, go or are due at another time."""
    for token in sorted(before.keys() | after.keys()):
        was, now = _due(before.get(token)), _due(after.get(token))
        if was != now:
            timer = after.get(token) or before[token]
            info = live.definition.bundle.elements.get(timer.process_id, {}).get(timer.element_id)
            yield TimerChangeView(
                element_id=timer.element_id,
                name=(info.name if info else "") or timer.element_id,
                before=was,
                after=now,
            )


def _due(timer: WaitingTimer | None) -> datetime | None:
    return None if timer is None else timer.due_at


def _task(task: OpenTask) -> TaskChangeView:
    return TaskChangeView(
        element_id=task.element_id,
        name=task.name,
        organisation=task.agency or SEND_TEAM,
        due_date=as_day(task.due_date),
    )


def _limits(step: CaseStep, before: Snapshot, after: Snapshot) -> Iterator[LimitEffectView]:
    """Limits that close, that begin, and those that run on though nobody in this instance works on them."""
    unwatched = before.watched() - after.watched()
    for (rule, occurrence), row in sorted(step.ledger.deadlines.items()):
        was, now = before.limits.get((rule, occurrence)), row.status
        effect, message = "", ""
        if was is None:
            effect, message = "begins", "begins to run"
        elif was == "running" and now != "running":
            effect, message = "closes", f"is closed as {now}, because an element that closes it is passed"
        elif now == "running" and (rule, occurrence) in unwatched:
            effect = "unattended"
            message = "runs on, and no task or timer of this instance hangs on it"
        if effect:
            yield LimitEffectView(
                rule=rule,
                occurrence=occurrence or None,
                due_date=row.due_on,
                effect=effect,
                message=f"{rule} {message}.",
            )
