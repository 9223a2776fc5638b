"""One process instance, as the rest of the engine sees it: plain verbs, plain values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from engine.clock import format_instant
from engine.spiff.activities import UserTask
from engine.spiff.catching import BoundaryEvent
from engine.spiff.environment import Environment
from engine.spiff.events import DUE, KEY, MessageEvent, TimerEvent, due_of
from engine.spiff.failures import TokenGone
from engine.spiff.gateways import Join
from engine.spiff.records import OpenTask, StateChange, Subscription, Thrown, WaitingTimer
from engine.spiff.running import Running
from engine.spiff.scope import cancel_tree
from engine.spiff.state import dump, load
from engine.spiff.tokens import READY, WAITING, Token
from engine.spiff.variables import LOCAL, LOOP, View, frames_of, plain_frame, write

if TYPE_CHECKING:
    from engine.spiff.bundle import Bundle


class Instance:
    """A running process instance in memory.

    Each command first fires the timers that are due, then does its one thing, then runs on until everything
    waits. A command that raises ``StepFailed`` leaves the object in no usable state: throw it away and
    restore the state from before.
    """

    def __init__(self, running: Running, process_id: str) -> None:
        """Use ``start`` or ``restore``."""
        self._running = running
        self.process_id = process_id

    @classmethod
    def start(
        cls,
        bundle: Bundle,
        process_id: str,
        variables: Mapping[str, object],
        environment: Environment,
        *,
        at: str | None = None,
    ) -> Instance:
        """Begin an instance and run it to its first wait.

        Args:
            at: id of the start event, for a process that has several; left out, the plain one is taken, or
                the first that is drawn.

        Raises:
            LookupError: if there is no such process or start event.
            StepFailed: if a step fails.
        """
        instance = cls.prepare(bundle, process_id, variables, environment, at=at)
        instance._running.run_to_rest()
        return instance

    @classmethod
    def prepare(
        cls,
        bundle: Bundle,
        process_id: str,
        variables: Mapping[str, object],
        environment: Environment,
        *,
        at: str | None = None,
    ) -> Instance:
        """As ``start``, but nothing has happened yet: the first command sets it going."""
        begin = bundle.start_of(process_id, at)
        running = Running(bundle.definitions, process_id, environment)
        running.begin(begin)
        for name, value in variables.items():
            write(running.task_tree, name, value)
        running.given = running.ledger.take() if begin else {}
        return cls(running, process_id)

    @classmethod
    def restore(cls, bundle: Bundle, state: str, environment: Environment) -> Instance:
        """Take up an instance where ``save`` left it.

        Raises:
            StateUnreadable: if the state does not fit the bundle.
        """
        return cls(*load(state, bundle.definitions, environment))

    @property
    def running(self) -> Running:
        """What runs inside, for the modules of this room alone."""
        return self._running

    def save(self) -> str:
        """The state as JSON text; some hundred bytes for what is open, and the variables."""
        return dump(self._running, self.process_id)

    def complete(self, token: int, variables: Mapping[str, object]) -> None:
        """Complete a user task with the answers of the person who did it.

        Raises:
            TokenGone: if the task is not open, or a timer that was due has just taken it away.
            StepFailed: if a step after it fails.
        """
        self._running.run_to_rest()
        task = self._task(token)
        self._running.current = task
        task.task_spec.mappings.settle(task, variables)
        task.run()
        self._running.run_to_rest()

    def receive(
        self, message: str, key: str | None, variables: Mapping[str, object], *, before_timers: bool = False
    ) -> bool:
        """Offer a message; one receiver at most takes it, the one that has waited longest.

        Returns whether it was taken. A message that nobody takes changes nothing: keep it and offer it again.

        Args:
            before_timers: it came before what is due now, which waits for the next command.
        """
        self._running.run_to_rest(timers=not before_timers)
        taken = self._running.receive(message, key, variables)
        self._running.run_to_rest(timers=not before_timers)
        return taken

    def signal(self, name: str, variables: Mapping[str, object], *, before_timers: bool = False) -> int:
        """Give a signal to all that wait for it; how many there were.

        Args:
            before_timers: it came before what is due now, which waits for the next command.
        """
        self._running.run_to_rest(timers=not before_timers)
        caught = self._running.spread(name, variables)
        self._running.run_to_rest(timers=not before_timers)
        return caught

    def fire_due(self) -> int:
        """Fire the timers that are due, the earliest first; how many there were."""
        before = self._running.fired
        self._running.run_to_rest()
        return self._running.fired - before

    def next_due(self) -> datetime | None:
        """The instant of the earliest timer that waits; ``None`` without one."""
        found = [due for token in self._running.waiting_for(TimerEvent) if (due := due_of(token))]
        return min(found, default=None)

    def rearm(self) -> list[tuple[int, datetime | None, datetime | None]]:
        """Work out again what hangs on statutory limits, after an anchor has moved.

        Gives token, before and after of each timer that moved; ``None`` where there is no instant. The due
        dates of open tasks move with it. A timer that is now due fires with the next command. Asked again,
        nothing moves.
        """
        moved: list[tuple[int, datetime | None, datetime | None]] = []
        for token in self._tokens(WAITING | READY):
            spec = token.task_spec
            if spec.info is None or not spec.info.rule:
                continue
            if isinstance(spec, UserTask):
                spec.schedule.rework_due_date(token)
            elif isinstance(getattr(spec, "event_definition", None), TimerEvent):
                before, after = spec.event_definition.rearm(token)
                if before != after:
                    moved.append((token.id, before, after))
        return moved

    def move_timer(self, token: int, due: datetime) -> datetime | None:
        """Have a waiting timer fire at another instant; when it would have fired.

        Raises:
            TokenGone: if no timer waits there.
        """
        found = self._timer(token)
        before = due_of(found)
        found.internal_data[DUE] = format_instant(due)
        return before

    def recount_timer(self, token: int) -> tuple[datetime | None, datetime | None]:
        """Work a waiting timer's instant out again; what it was and what it is.

        Raises:
            TokenGone: if no timer waits there.
            ValueError: if its time counts from when it began to wait.
        """
        found = self._timer(token)
        moved: tuple[datetime | None, datetime | None] = found.task_spec.event_definition.recount(found)
        return moved

    def cancel(self) -> None:
        """End the instance: everything that is open is cancelled."""
        if self.status == "active":
            cancel_tree(self._running.task_tree)
            self._running.completed = True
            self._running.status = "cancelled"

    def cancel_token(self, token: int) -> None:
        """Take one open token away, with all that hangs on it; the instance goes on without it.

        Raises:
            TokenGone: if it is not open.
        """
        found = self._running.token(token)
        if found is None or not found.is_open:
            raise TokenGone(token)
        scope = found.workflow
        found.cancel()
        if scope.is_done and not scope.completed:
            scope.finish()
        self._running.run_to_rest()

    @property
    def status(self) -> str:
        """``active``, ``completed`` or ``cancelled``."""
        return self._running.status

    @property
    def changes(self) -> list[StateChange]:
        """What happened since ``drain``, in order."""
        return self._running.changes

    @property
    def thrown(self) -> list[Thrown]:
        """What the instance has thrown since ``drain``, in order."""
        return self._running.thrown

    def drain(self) -> tuple[list[StateChange], list[Thrown]]:
        """Take the changes and what was thrown; both lists are empty afterwards."""
        running = self._running
        taken = running.changes, running.thrown
        running.changes, running.thrown = [], []
        return taken

    def variables(self) -> dict[str, object]:
        """The process's variables as JSON, temporals as ISO text."""
        return plain_frame(self._running.variables or {})

    def values(self, token: int | None = None) -> Mapping[str, object]:
        """What an expression sees, as FEEL values: of the process, or of one open token.

        Raises:
            TokenGone: if the token is not there.
        """
        if token is None:
            return View([self._running.variables or {}], self._running.thawed)
        found = self._running.token(token)
        if found is None:
            raise TokenGone(token)
        return View(frames_of(found), self._running.thawed)

    def open_tasks(self) -> list[OpenTask]:
        """The user tasks that wait for a person, the oldest first."""
        return [_open_task(token) for token in self._tokens(READY) if isinstance(token.task_spec, UserTask)]

    def timers(self) -> list[WaitingTimer]:
        """The timers that wait, the oldest token first."""
        return [
            WaitingTimer(*_place(token), due_of(token), *_limit(token), token.task_spec.agency_of(token))
            for token in self._running.waiting_for(TimerEvent)
        ]

    def subscriptions(self) -> list[Subscription]:
        """The receivers of messages that wait, the oldest token first."""
        return [
            Subscription(*_place(token), token.task_spec.event_definition.name, token.internal_data.get(KEY))
            for token in self._running.waiting_for(MessageEvent)
        ]

    def waiting(self) -> list[str]:
        """Ids of the elements at which a person or an event is waited for, once a token, the oldest first.

        Boundary events and event sub-processes are not among them. Where nobody is waited for, these are the
        joins that wait for a token.
        """
        waiting = list(self._tokens(WAITING | READY))
        joins = [token for token in waiting if isinstance(token.task_spec, Join)]
        others = [token for token in waiting if not isinstance(token.task_spec, Join | BoundaryEvent)]
        return [token.task_spec.element_id for token in others or joins]

    def _tokens(self, states: int) -> Iterator[Token]:
        return (token for token in self._running.all_tokens() if token.state & states)

    def _timer(self, token_id: int) -> Token:
        for token in self._running.waiting_for(TimerEvent):
            if token.id == token_id:
                return token
        raise TokenGone(token_id)

    def _task(self, token_id: int) -> Token:
        token = self._running.token(token_id)
        if token is None or token.state != READY or not isinstance(token.task_spec, UserTask):
            raise TokenGone(token_id)
        return token


def _open_task(token: Token) -> OpenTask:
    spec: Any = token.task_spec
    schedule, own = spec.schedule, token.internal_data
    return OpenTask(
        *_place(token),
        name=spec.info.name,
        form_id=str(schedule.attribute(token, "form_id") or ""),
        candidate_groups=schedule.names(token, "candidate_groups"),
        candidate_users=schedule.names(token, "candidate_users"),
        assignee=str(schedule.attribute(token, "assignee") or ""),
        due_date=schedule.day(token, "due_date"),
        follow_up_date=schedule.day(token, "follow_up_date"),
        priority=schedule.priority(token),
        rule=spec.info.rule,
        occurrence=_limit(token)[1],
        agency=spec.agency_of(token),
        variables_local=plain_frame({**own.get(LOOP, {}), **own.get(LOCAL, {})}),
        element=spec.info,
    )


def _place(token: Token) -> tuple[int, str, str]:
    return token.id, token.task_spec.element_id, token.workflow.process_id


def _limit(token: Token) -> tuple[str, str | None]:
    """The rule that limits a token's element, and which occurrence of it."""
    info = token.task_spec.info
    if info is None or not info.rule:
        return "", None
    return info.rule, token.task_spec.occurrence_of(token)
