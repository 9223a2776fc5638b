"""Running diagrams in memory: several instances, their messages and signals, and time that is moved."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from engine.clock import SteppedClock, format_instant
from engine.forms import Form
from engine.spiff import Bundle, Instance, OpenTask, StateChange, StepFailed, Thrown
from engine.spiff.timing import parse_duration, parse_moment
from engine.trial.answers import Answers
from engine.trial.steps import Step
from engine.trial.world import Surroundings, World

MOST_ANSWERS_AT_ONCE = 200
"""Answers to one element at one instant, after which a trial without steps leaves it alone."""
MOST_INSTANCES = 1_000


class StepRefused(ValueError):
    """A step that cannot be done as things stand; the message names it."""


@dataclass(frozen=True)
class Incident:
    """A step of an instance that failed; the instance stands where it stood before."""

    element_id: str
    message: str
    remedy: str


@dataclass(frozen=True)
class Outcome:
    """How a trial ends: ``completed``, ``waiting`` or ``incident``, and what is left."""

    status: str
    waiting: list[str]
    variables: dict[str, object]
    incidents: list[Incident]


@dataclass
class _Player:
    """One instance of the trial; ``stuck`` while its last command failed."""

    instance: Instance
    surroundings: Surroundings
    stuck: bool = False


@dataclass
class _Kept:
    """A message that nobody has taken yet."""

    name: str
    key: str | None
    variables: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class _Timed:
    """A timer start event, with the instants that are still to come."""

    process_id: str
    element_id: str
    variables: Mapping[str, object]
    instants: Iterator[datetime]


class Trial:
    """A trial of one bundle.

    Args:
        tell: called for each thing that happens, in order.
    """

    def __init__(
        self, bundle: Bundle, forms: Mapping[str, Form], start: datetime, tell: Callable[[StateChange], None]
    ) -> None:
        self._bundle = bundle
        self._clock = SteppedClock(start)
        self._world = World(self._clock, bundle)
        self._answers = Answers(forms)
        self._tell = tell
        self._players: list[_Player] = []
        self._kept: list[_Kept] = []
        self._timed: list[tuple[datetime, _Timed]] = []
        self._incidents: list[Incident] = []

    def begin(self, process_id: str, variables: Mapping[str, object]) -> None:
        """Start a process, with what it brings about; one that only a timer starts waits for it."""
        starts = self._bundle.processes[process_id].starts
        if all(start.kind == "timer" for start in starts):
            for start in starts:
                instants = self._bundle.starts_at(process_id, start.element_id, self._clock.now())
                self._schedule(_Timed(process_id, start.element_id, variables, instants))
        else:
            self._start(process_id, variables, None)
            self._settle()

    def run(self, until: datetime) -> None:
        """Answer all open tasks with examples, then go to the next due time, until nothing is left to do."""
        answered: Counter[tuple[datetime, int, str]] = Counter()
        while True:
            while self._answer_one(answered):
                self._settle()
            due = self._next_due()
            if due is None or due > until:
                return
            self._go_to(due)

    def do(self, step: Step) -> None:
        """Do one step.

        Raises:
            StepRefused: if it cannot be done.
        """
        verbs: dict[str, Callable[[Step], None]] = {
            "advance": self._advance,
            "advanceTo": self._advance_to,
            "complete": self._complete,
            "message": self._message,
            "signal": self._signal,
            "start": self._start_step,
        }
        verbs[step.verb](step)
        self._settle()

    def outcome(self) -> Outcome:
        """How things stand."""
        waiting = [element for player in self._players for element in player.instance.waiting()]
        going = bool(self._timed) or any(player.instance.status == "active" for player in self._players)
        status = "incident" if self._incidents else "waiting" if going else "completed"
        variables = self._players[0].instance.variables() if self._players else {}
        return Outcome(status, waiting, variables, self._incidents)

    # --- steps ---

    def _advance(self, step: Step) -> None:
        try:
            until = parse_duration(step.what).after(self._clock.now())
        except (ValueError, OverflowError) as problem:
            raise StepRefused(f"Step {step.number}: {problem}") from problem
        self._pass_time(until)

    def _advance_to(self, step: Step) -> None:
        try:
            until = parse_moment(step.what)
        except ValueError as problem:
            raise StepRefused(f"Step {step.number}: {problem}") from problem
        if until < self._clock.now():
            now = format_instant(self._clock.now())
            raise StepRefused(f"Step {step.number}: {step.what} has passed: the clock stands at {now}.")
        self._pass_time(until)

    def _complete(self, step: Step) -> None:
        for player in self._players:
            for task in player.instance.open_tasks():
                if task.element_id == step.what:
                    seen = player.instance.variables()
                    self._answer(
                        player, task, self._answers.given(task, step.variables, self._clock.now(), seen)
                    )
                    return
        open_ = sorted({task.element_id for player in self._players for task in player.instance.open_tasks()})
        rest = f"Open are: {', '.join(open_)}." if open_ else "No task is open."
        raise StepRefused(f"Step {step.number}: there is no open task '{step.what}'. {rest}")

    def _message(self, step: Step) -> None:
        self._kept.append(_Kept(step.what, step.key, step.variables))

    def _signal(self, step: Step) -> None:
        self._spread(step.what, step.variables, None)

    def _start_step(self, step: Step) -> None:
        if step.what not in self._bundle.processes:
            known = ", ".join(sorted(self._bundle.processes))
            raise StepRefused(f"Step {step.number}: there is no process '{step.what}'. There are: {known}.")
        self._start(step.what, step.variables, None)

    # --- time ---

    def _pass_time(self, until: datetime) -> None:
        """Let time pass; each timer fires at its instant."""
        while (due := self._next_due()) is not None and due <= until:
            self._go_to(due)
        self._clock.advance_to(until)

    def _go_to(self, due: datetime) -> None:
        self._clock.advance_to(max(due, self._clock.now()))
        self._start_timed()
        for player in self._active():
            next_due = player.instance.next_due()
            if next_due is not None and next_due <= self._clock.now():
                self._command(player, lambda now: now.fire_due())
        self._settle()

    def _next_due(self) -> datetime | None:
        found = [due for player in self._active() if (due := player.instance.next_due()) is not None]
        return min([*found, *(due for due, _ in self._timed)], default=None)

    def _schedule(self, timed: _Timed) -> None:
        """Note the next instant at which a timer starts a process."""
        try:
            due = next(timed.instants, None)
        except StepFailed as failure:
            self._note(failure)
            return
        if due is not None:
            self._timed.append((due, timed))

    def _start_timed(self) -> None:
        """Start what a timer starts by now."""
        due_now = [entry for entry in self._timed if entry[0] <= self._clock.now()]
        self._timed = [entry for entry in self._timed if entry not in due_now]
        for _, timed in due_now:
            self._start(timed.process_id, timed.variables, timed.element_id)
            self._schedule(timed)

    # --- instances ---

    def _active(self) -> list[_Player]:
        return [player for player in self._players if player.instance.status == "active" and not player.stuck]

    def _start(self, process_id: str, variables: Mapping[str, object], at: str | None) -> None:
        if len(self._players) >= MOST_INSTANCES:
            self._note(
                StepFailed(
                    at or "", process_id, "The trial has 1,000 instances.", "Look for an endless chain."
                )
            )
            return
        surroundings = Surroundings(self._world)
        instance = Instance.prepare(self._bundle, process_id, variables, surroundings, at=at)
        surroundings.instance = instance
        player = _Player(instance, surroundings)
        try:
            instance.fire_due()
        except StepFailed as failure:
            self._note(failure)
            return
        self._players.append(player)
        self._collect(player)

    def _command(self, player: _Player, command: Callable[[Instance], object]) -> bool:
        """Carry out a command; if it fails the instance stands where it stood."""
        before = player.instance.save()
        try:
            command(player.instance)
        except StepFailed as failure:
            player.instance = Instance.restore(self._bundle, before, player.surroundings)
            player.surroundings.instance = player.instance
            player.stuck = True
            self._note(failure)
            return False
        player.stuck = False
        self._collect(player)
        return True

    def _note(self, failure: StepFailed) -> None:
        self._incidents.append(Incident(failure.element_id, failure.message, failure.remedy))

    def _collect(self, player: _Player) -> None:
        """Tell what happened, and pass on what was thrown."""
        changes, thrown = player.instance.drain()
        for change in changes:
            self._tell(change)
        for event in thrown:
            self._pass_on(event, player)

    def _pass_on(self, event: Thrown, thrower: _Player) -> None:
        if event.kind == "message":
            self._kept.append(_Kept(event.name, event.key, event.variables))
        elif event.kind == "signal":
            self._spread(event.name, event.variables, thrower)

    def _spread(self, name: str, variables: Mapping[str, object], thrower: _Player | None) -> None:
        """Give a signal to all but its thrower, and start what it starts."""
        for player in self._active():
            if player is not thrower:
                self._command(player, lambda now: now.signal(name, variables))
        for process in self._bundle.processes.values():
            if name in process.start_signals:
                self._start(process.id, variables, process.start_signals[name])

    def _settle(self) -> None:
        """Until nothing moves: limits that moved, processes to start, messages to deliver."""
        while self._move_limits() or self._start_asked() or self._deliver():
            pass

    def _move_limits(self) -> bool:
        if not self._world.has_new_facts:
            return False
        self._world.has_new_facts = False
        for player in self._active():
            self._command(player, _rearm)
        return True

    def _start_asked(self) -> bool:
        if not self._world.to_start:
            return False
        self._start(*self._world.to_start.pop(0), None)
        return True

    def _deliver(self) -> bool:
        for message in self._kept:
            if self._is_taken(message) or self._starts(message):
                self._kept.remove(message)
                return True
        return False

    def _is_taken(self, message: _Kept) -> bool:
        for player in self._active():
            waits = [wait for wait in player.instance.subscriptions() if wait.message == message.name]
            if any(wait.key in (None, message.key) for wait in waits):
                self._command(player, lambda now: now.receive(message.name, message.key, message.variables))
                return True
        return False

    def _starts(self, message: _Kept) -> bool:
        for process in self._bundle.processes.values():
            if message.name in process.start_messages:
                self._start(process.id, message.variables, process.start_messages[message.name])
                return True
        return False

    def _answer_one(self, answered: Counter[tuple[datetime, int, str]]) -> bool:
        """Answer the first open task that has not been answered too often at this instant."""
        now = self._clock.now()
        for number, player in enumerate(self._players):
            for task in player.instance.open_tasks() if not player.stuck else ():
                mark = now, number, task.element_id
                if answered[mark] < MOST_ANSWERS_AT_ONCE:
                    answered[mark] += 1
                    seen = player.instance.variables()
                    self._answer(player, task, self._answers.example(task, now, seen))
                    return True
        return False

    def _answer(self, player: _Player, task: OpenTask, answers: Mapping[str, object]) -> None:
        self._command(player, lambda instance: instance.complete(task.token, answers))


def _rearm(instance: Instance) -> None:
    instance.rearm()
    instance.fire_due()
