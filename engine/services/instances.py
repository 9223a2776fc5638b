"""A process instance within a step: restored, acted on, and written back with its projections.

The tables of tasks, timers and subscriptions are projections of the state. What they hold before the
step is known from the state that was restored, so only the difference is written, and nothing is read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, bindparam, delete, func, insert, update

from engine.clock import format_instant
from engine.errors import Conflict
from engine.services.audit.audit import Event
from engine.services.days import as_day
from engine.services.plans.amendment_limits import limit_of_amendment
from engine.services.principals import SEND_TEAM
from engine.services.processes.definitions import Definition
from engine.services.processes.redrawing import redraw_subscriptions, redraw_tasks, redraw_timers
from engine.services.tasks.draft_rows import drop_of_cancelled
from engine.services.tasks.officer_tasks import officer_for
from engine.spiff import (
    Instance,
    OpenTask,
    StateChange,
    StateUnreadable,
    StepFailed,
    Subscription,
    Thrown,
    WaitingTimer,
)
from engine.store import tables
from engine.store.types import AnyRow, Key

if TYPE_CHECKING:
    from engine.services.step import CaseStep


class StepFault(Exception):
    """A step of this instance can't be carried out; raised inside the transaction, to roll it back.

    `instance_key` names an instance that is still there when the step is rolled back: for one that the step
    itself began, that which asked for it; None where only a request was being raised.
    """

    def __init__(self, instance_key: int | None, cause: StepFailed | StateUnreadable) -> None:
        super().__init__(str(cause).removeprefix(": "))
        self.instance_key = instance_key
        self.cause = cause


class LiveInstance:
    """One instance in memory for the length of a step."""

    def __init__(
        self,
        step: CaseStep,
        key: int,
        definition: Definition,
        workflow: Instance,
        *,
        version: int,
        blamed: int | None,
    ) -> None:
        self.step = step
        self.key = key
        self.definition = definition
        self.workflow = workflow
        self.version = version
        self._blamed = blamed
        self._tasks: dict[int, OpenTask] = {}
        self._timers: dict[int, WaitingTimer] = {}
        self._subscriptions: dict[int, Subscription] = {}
        self._listened: set[int] = set()
        self._thrown: list[Thrown] = []
        self._completed: set[int] = set()
        self._takers: dict[int, int] = {}
        self._changed = False
        self._exchanged = False
        self._was_active = True
        #: Since when nothing in it is carried out; None for one that runs.
        self.suspended_at: datetime | None = None

    @classmethod
    def restore(cls, step: CaseStep, row: AnyRow) -> LiveInstance:
        """From its row.

        Raises:
            StepFault: the state no longer fits its definition.
        """
        definition = step.engine.definitions.get(step.connection, row.definition_key)
        with faults_of(step, row.key):
            workflow = Instance.restore(definition.bundle, row.state, step.environment)
            live = cls(step, row.key, definition, workflow, version=row.version, blamed=row.key)
            live._was_active = row.status == "active"
            live.suspended_at = row.suspended_at
            live._tasks = _by_token(workflow.open_tasks())
            live._timers = _by_token(workflow.timers())
            live._subscriptions = _by_token(workflow.subscriptions())
        live._listened = set(live._subscriptions)
        return live

    @classmethod
    def start(
        cls,
        step: CaseStep,
        key: int,
        definition: Definition,
        variables: Mapping[str, object],
        *,
        asked_by: int | None,
    ) -> LiveInstance:
        """A new one, run to its first wait.

        Args:
            asked_by: the stored instance on whose behalf it begins, if any.

        Raises:
            StepFault: one of its first steps can't be carried out.
        """
        with faults_of(step, asked_by):
            workflow = Instance.start(definition.bundle, definition.process_id, variables, step.environment)
        live = cls(step, key, definition, workflow, version=0, blamed=asked_by)
        live._collect()
        return live

    @property
    def is_active(self) -> bool:
        """Whether anything is left to do."""
        return self.workflow.status == "active"

    # --- acting ----------------------------------------------------------------------------

    def act(self, action: Callable[[], object]) -> None:
        """Do one thing and take note of what it set off."""
        with self._at_work():
            action()
        self._collect()

    def fire_due(self) -> int:
        """Fire what is due, earliest first; every firing records how late it was."""
        due = [timer for timer in self.workflow.timers() if _is_due(timer, self.step)]
        self.step.limits_fired = {(timer.rule, timer.occurrence or "") for timer in due if timer.rule}
        with self._at_work():
            fired = self.workflow.fire_due()
        for timer in due:
            assert timer.due_at is not None
            late = (self.step.now - timer.due_at).total_seconds()
            self.step.lateness.append(late)
            self.step.audit.append(
                Event.TIMER_FIRED,
                element=timer.element_id,
                instance=self.key,
                due=format_instant(timer.due_at),
                late_seconds=int(late),
            )
        self._collect()
        return fired

    def waits_for(self, message: str, key: str | None) -> bool:
        """Whether it would take a message with this key."""
        waiting = self.workflow.subscriptions()
        return any(item.message == message and item.key in (None, key) for item in waiting)

    def receive(
        self, message: str, key: str | None, variables: Mapping[str, object], *, before_timers: bool = False
    ) -> bool:
        """Give it a message; False when it doesn't wait for one with this key.

        Args:
            before_timers: it came before what is due now.
        """
        with self._at_work():
            taken = self.workflow.receive(message, key, variables, before_timers=before_timers)
        if taken:
            self._collect()
        return taken

    def signal(self, name: str, variables: Mapping[str, object]) -> None:
        """Give it a signal that came before what is due now."""
        self.act(lambda: self.workflow.signal(name, variables, before_timers=True))

    def rearm(self) -> None:
        """Work out its limits again; the timers and due dates that move are noted."""
        with self._at_work():
            moved = self.workflow.rearm()
        self._changed = True
        for token, before, after in moved:
            self.step.audit.append(
                Event.TIMER_MOVED,
                instance=self.key,
                token=token,
                before=before and format_instant(before),
                after=after and format_instant(after),
            )

    def move_timer(self, token: int, due: datetime) -> datetime | None:
        """Have a waiting timer fire at another instant; when it would have fired.

        Raises:
            TokenGone: no timer waits there.
        """
        self._changed = True
        with self._at_work():
            return self.workflow.move_timer(token, due)

    def recount_timer(self, token: int) -> tuple[datetime | None, datetime | None]:
        """Work a waiting timer's instant out again; what it was and what it is.

        Raises:
            TokenGone: no timer waits there.
            ValueError: its time counts from when it began to wait.
        """
        self._changed = True
        with self._at_work():
            return self.workflow.recount_timer(token)

    def cancel(self) -> None:
        """End it where it stands."""
        self.act(self.workflow.cancel)

    def take(self, token: int, membership_key: int) -> None:
        """Note who is about to complete a task that nobody holds: it's closed as theirs."""
        self._takers[token] = membership_key

    def exchange(self, definition: Definition, workflow: Instance) -> None:
        """Go on as this workflow, on another version of the process; what is projected follows it."""
        self.definition, self.workflow, self._exchanged = definition, workflow, True
        self._collect()

    def take_thrown(self) -> list[Thrown]:
        """What it threw since the last call and nobody inside caught."""
        thrown, self._thrown = self._thrown, []
        return thrown

    def listens_anew(self) -> bool:
        """Whether it waits for a message that it didn't wait for when this was last asked."""
        before, self._listened = self._listened, {item.token for item in self.workflow.subscriptions()}
        return not self._listened <= before

    def _at_work(self) -> AbstractContextManager[None]:
        self.step.at_work = self.key
        return faults_of(self.step, self._blamed)

    def _collect(self) -> None:
        changes, thrown = self.workflow.drain()
        self._thrown.extend(thrown)
        self._changed = True
        for change in changes:
            self._note(change)
        if changes:
            self.step.audit.append(
                Event.PROCESS_STEPPED,
                instance=self.key,
                changes=[[change.element_id, change.event, change.token] for change in changes],
            )

    def _note(self, change: StateChange) -> None:
        if change.event != "completed":
            return
        self._completed.add(change.token)
        element = self.definition.bundle.elements[change.process_id].get(change.element_id)
        if element is None or not element.properties:
            return
        which = change.occurrence or ""
        for rule in element.properties.get("ehc:meets", "").split():
            if which and not self._is_open(rule, which):
                continue
            self.step.ledger.meet(rule, self._occurrence_of(rule, which), change.met_on or self.step.today)
        for rule in element.properties.get("ehc:supersedes", "").split():
            self.step.ledger.supersede(rule, self._occurrence_of(rule, which))

    def _is_open(self, rule: str, which: str) -> bool:
        """Whether there is a row to close: one of several never begins by being met.

        So one element can end an amendment after a review and one without, each by the limit that it has.
        """
        rows = self.step.ledger.deadlines
        return (rule, which) in rows or (rule, "") in rows

    def _occurrence_of(self, rule: str, which: str) -> str:
        """The row that an element means: its own occurrence's, else the case's only one."""
        return which if (rule, which) in self.step.ledger.deadlines else ""

    # --- writing ---------------------------------------------------------------------------

    def write(self) -> None:
        """State and projections, if anything changed.

        Raises:
            Conflict: the row isn't as it was when it was read, though its case is locked.
        """
        if self._changed:
            with self._at_work():
                if self._exchanged:
                    self._redraw()
                self._write_tasks()
                self._write_timers()
                self._write_subscriptions()
                self._write_state()
            self._changed = False

    def _redraw(self) -> None:
        """Let the rows of what stays open follow the version that it is on now."""
        tasks = _by_token(self.workflow.open_tasks())
        reopened = redraw_tasks(self.step, self.key, self._tasks, tasks)
        self._tasks |= {token: tasks[token] for token in reopened}
        redraw_timers(self.step, self.key, self._timers, _by_token(self.workflow.timers()))
        heard = _by_token(self.workflow.subscriptions())
        redraw_subscriptions(self.step, self.key, self._subscriptions, heard)
        self.step.connection.execute(_RELATE, {"row_key": self.key, "on": self.definition.key})
        self._exchanged = False

    def _write_state(self) -> None:
        if self._was_active and not self.is_active:
            self._was_active = False
            self.step.audit.append(Event.PROCESS_ENDED, instance=self.key, status=self.workflow.status)
        values = {
            "row_key": self.key,
            "old_version": self.version,
            "new_state": self.workflow.save(),
            "new_status": self.workflow.status,
            "new_version": self.version + 1,
            "new_ended_at": None if self.is_active else self.step.now,
        }
        if self.step.connection.execute(_SAVE, values).rowcount != 1:
            raise Conflict(
                f"Instance {self.key} was changed by somebody else meanwhile. Send the same again."
            )
        self.version += 1

    def _write_tasks(self) -> None:
        before, after = self._tasks, _by_token(self.workflow.open_tasks())
        gone = before.keys() - after.keys()
        if gone:
            self.step.connection.execute(_CLOSE_TASK, [self._closed(token) for token in sorted(gone)])
            if gone - self._completed:
                drop_of_cancelled(self.step.connection, self.step.case_key)
        new = [after[token] for token in sorted(after.keys() - before.keys())]
        if new:
            self.step.connection.execute(_NEW_TASK, [self._task_row(task) for task in new])
        moved = [
            {**self._place(token), "on": as_day(after[token].due_date)}
            for token in before.keys() & after.keys()
            if before[token].due_date != after[token].due_date
        ]
        if moved:
            self.step.connection.execute(_MOVE_TASK, moved)
        self._tasks = after

    def _closed(self, token: int) -> dict[str, Any]:
        state = "COMPLETED" if token in self._completed else "CANCELED"
        if state == "CANCELED":
            self.step.audit.append(Event.TASK_CANCELED, element=self._tasks[token].element_id, token=token)
        return {**self._place(token), "new_state": state, "at": self.step.now, "who": self._takers.get(token)}

    def _place(self, token: int) -> dict[str, int]:
        return {"in_case": self.step.case_key, "of": self.key, "nth": token}

    def _task_row(self, task: OpenTask) -> dict[str, Any]:
        organisation = task.agency or SEND_TEAM
        occurrence = task.occurrence or ""
        rule = limit_of_amendment(self.step, task.rule, occurrence) if task.rule else None
        if rule:
            self.step.ledger.owed_by(rule, occurrence, organisation)
        self.step.audit.append(
            Event.TASK_CREATED, element=task.element_id, token=task.token, organisation=organisation
        )
        officer = officer_for(self.step, organisation, task.candidate_groups)
        if officer is not None:
            self.step.audit.append(Event.TASK_ASSIGNED, element=task.element_id, token=task.token, to=officer)
        return {
            "authority": self.step.authority,
            "case_key": self.step.case_key,
            "instance_key": self.key,
            "token": task.token,
            "element_id": task.element_id,
            "assignee_key": officer,
            "name": task.name,
            "organisation": organisation,
            "candidate_groups": list(task.candidate_groups),
            "form_key": task.form_id or None,
            "rule": rule,
            "occurrence": occurrence,
            "due_on": as_day(task.due_date),
            "priority": task.priority if task.priority is not None else 50,
            "state": "CREATED" if officer is None else "ASSIGNED",
            "version": 1,
            "created_at": self.step.now,
        }

    def _write_timers(self) -> None:
        before, after = self._timers, _by_token(self.workflow.timers())
        armed = {token: timer for token, timer in after.items() if timer.due_at is not None}
        gone = [{"of": self.key, "nth": token} for token in before if token not in armed]
        if gone:
            self.step.connection.execute(_DROP_TIMER, gone)
        moved = [
            {"of": self.key, "nth": token, "at": timer.due_at}
            for token, timer in armed.items()
            if token in before and before[token].due_at not in (None, timer.due_at)
        ]
        if moved:
            self.step.connection.execute(_MOVE_TIMER, moved)
        new = [timer for token, timer in armed.items() if token not in before or before[token].due_at is None]
        if new:
            self.step.connection.execute(_NEW_TIMER, [self._timer_row(timer) for timer in new])
        self._timers = after

    def _timer_row(self, timer: WaitingTimer) -> dict[str, Any]:
        return {
            "authority": self.step.authority,
            "case_key": self.step.case_key,
            "instance_key": self.key,
            "token": timer.token,
            "element_id": timer.element_id,
            "due_at": timer.due_at,
            "rule": timer.rule or None,
            "occurrence": timer.occurrence or "",
            "suspended_at": self.suspended_at,
        }

    def _write_subscriptions(self) -> None:
        before, after = self._subscriptions, _by_token(self.workflow.subscriptions())
        gone = [{"of": self.key, "nth": token} for token in before.keys() - after.keys()]
        if gone:
            self.step.connection.execute(_DROP_SUBSCRIPTION, gone)
        new = [after[token] for token in sorted(after.keys() - before.keys())]
        if new:
            self.step.connection.execute(_NEW_SUBSCRIPTION, [self._subscription_row(item) for item in new])
        self._subscriptions = after

    def _subscription_row(self, subscription: Subscription) -> dict[str, Any]:
        return {
            "authority": self.step.authority,
            "case_key": self.step.case_key,
            "instance_key": self.key,
            "token": subscription.token,
            "element_id": subscription.element_id,
            "message": subscription.message,
            "correlation_key": subscription.key,
        }


@contextmanager
def faults_of(step: CaseStep, instance_key: int | None) -> Iterator[None]:
    """Lay what fails within, and what it asks of the case, at this instance's door."""
    step.acting = instance_key
    try:
        yield
    except (StepFailed, StateUnreadable) as cause:
        raise StepFault(instance_key, cause) from cause


def insert_instance(
    connection: Connection, step: CaseStep, definition_key: int, parent: int | None = None
) -> int:
    """An empty row for an instance that is about to start; gives its key."""
    values = {
        "authority": step.authority,
        "case_key": step.case_key,
        "definition_key": definition_key,
        "status": "active",
        "version": 0,
        "state": "",
        "started_at": step.now,
        "parent_key": parent,
    }
    return int(connection.execute(_NEW_INSTANCE, values).scalar_one())


def _by_token(items: Iterable[Any]) -> dict[int, Any]:
    return {item.token: item for item in items}


def _is_due(timer: WaitingTimer, step: CaseStep) -> bool:
    return timer.due_at is not None and timer.due_at <= step.now


_task, _timer, _subscription = tables.task, tables.timer, tables.subscription
_NEW_INSTANCE = insert(tables.instance).returning(tables.instance.c.key)
_SAVE = (
    update(tables.instance)
    .where(
        tables.instance.c.key == bindparam("row_key"), tables.instance.c.version == bindparam("old_version")
    )
    .values(
        state=bindparam("new_state"),
        status=bindparam("new_status"),
        version=bindparam("new_version"),
        ended_at=bindparam("new_ended_at"),
    )
)
_RELATE = (
    update(tables.instance)
    .where(tables.instance.c.key == bindparam("row_key"))
    .values(definition_key=bindparam("on"))
)
_NEW_TASK = insert(_task)
_THIS_TASK = (
    _task.c.case_key == bindparam("in_case"),
    _task.c.instance_key == bindparam("of"),
    _task.c.token == bindparam("nth"),
)
_CLOSE_TASK = (
    update(_task)
    .where(*_THIS_TASK)
    .values(
        state=bindparam("new_state"),
        completed_at=bindparam("at"),
        assignee_key=func.coalesce(bindparam("who", type_=Key), _task.c.assignee_key),
        version=_task.c.version + 1,
    )
)
_MOVE_TASK = update(_task).where(*_THIS_TASK).values(due_on=bindparam("on"), version=_task.c.version + 1)
_THIS_TIMER = (_timer.c.instance_key == bindparam("of"), _timer.c.token == bindparam("nth"))
_NEW_TIMER = insert(_timer)
_DROP_TIMER = delete(_timer).where(*_THIS_TIMER)
_MOVE_TIMER = update(_timer).where(*_THIS_TIMER).values(due_at=bindparam("at"), incident_key=None)
_NEW_SUBSCRIPTION = insert(_subscription)
_DROP_SUBSCRIPTION = delete(_subscription).where(
    _subscription.c.instance_key == bindparam("of"), _subscription.c.token == bindparam("nth")
)
