"""Drives recorded cases through the live services on a stepped clock, in the order of time.

Nothing here decides anything: people do what the recording says when it says so, and between them whatever
is due fires at its own instant, as the scheduler would have it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial

from engine.application import Engine
from engine.clock import SteppedClock, day_of
from engine.errors import BadInput, CaseClosed, EhcError, FieldProblem, TaskClosed
from engine.forms import Form
from engine.replay.agenda import Agenda
from engine.replay.answering import Examples, answers_of, day_of_formula, looks_into_the_process
from engine.replay.cast import Cast, NobodyThere
from engine.replay.pace import Pace, Stretch
from engine.replay.play import CasePlay
from engine.replay.recording import (
    USUAL_TIME,
    Line,
    RecordedCorrection,
    RecordedException,
    RecordedPlan,
    RecordedRequest,
    RecordedWithdrawal,
    Recording,
    Step,
)
from engine.services.cases import cases, corrections
from engine.services.imports import plan_arrivals
from engine.services.principals import Principal
from engine.services.processes.definitions import Definition
from engine.services.sweep import next_due, sweep
from engine.services.tasks import tasks
from engine.services.tasks.arrivals import Arrival, definition_of, newest_task, tasks_since, variables_at

#: A task isn't done sooner than this after it has come up.
_SOONEST = timedelta(minutes=10)
#: Things that happen before a commit, where a replay needn't be durable.
_AT_ONCE = 200


class ReplayStopped(BadInput):
    """Something in a line couldn't be carried out; the words name file, line and field."""

    code = "replay_stopped"


@dataclass(frozen=True)
class Played:
    """What a replay did."""

    requests: int
    plans: int
    tasks: int
    seconds: float
    tenths: tuple[Stretch, ...]


class Replay:
    """One run of a recording.

    Args:
        engine: on a stepped clock, which stands no later than the recording's first day.
        until: the instant at which the replayed year ends.
        batched: commit many steps at a time; for a database that nobody else has seen yet.
        on_day: is told each new day.
    """

    def __init__(
        self,
        engine: Engine,
        authority: str,
        recording: Recording,
        *,
        until: datetime,
        batched: bool = False,
        on_day: Callable[[date, Pace], None] = lambda _day, _pace: None,
    ) -> None:
        assert isinstance(engine.clock, SteppedClock)
        self._engine = engine
        self._clock = engine.clock
        self._recording = recording
        self._until = until
        self._batched = batched
        self._on_day = on_day
        self._cast = Cast(engine, authority)
        self._agenda = Agenda(engine.calendar(authority))
        self._plays: dict[int, CasePlay] = {}
        self._definitions: dict[int, Definition] = {}
        self._examples = Examples()
        self._last_task = newest_task(engine)
        self._today = self._clock.today()
        #: When something is due next, as far as it is known.
        self._due: tuple[datetime | None] | None = None
        self.pace = Pace()

    def run(self) -> Played:
        """Carry everything out that happens until the end.

        Raises:
            ReplayStopped: a line can't be carried out.
        """
        last_day = day_of(self._until)
        for line in self._recording.lines:
            received_on = last_day + timedelta(days=line.case.received.day)
            play = CasePlay(line, received_on, self._recording.usual)
            self._agenda.enter_at(received_on, line.case.received.at, partial(self._open_case, play))
        while self._some():
            pass
        self._move_clock(self._until)
        plans = sum(isinstance(play.recorded, RecordedPlan) for play in self._plays.values())
        return Played(len(self._plays) - plans, plans, self.pace.tasks, self.pace.seconds, self.pace.tenths())

    def _some(self) -> bool:
        """Let a number of things happen, in one commit if that's allowed; False when nothing is left."""
        with self._engine.database.joined() if self._batched else nullcontext():
            return all(self._next() for _ in range(_AT_ONCE))

    def _next(self) -> bool:
        """Let the next thing happen: what is due fires before what somebody does at the same instant."""
        due, planned = self._next_due(), self._agenda.next_at
        instant = min((at for at in (due, planned) if at is not None), default=None)
        if instant is None or instant > self._until:
            return False
        if due is not None and due == instant:
            self._move_clock(instant)
            self._fire(due)
        else:
            item = self._agenda.take()
            self._move_clock(item.at)
            self._due = None
            item.act()
            self._take_up_new_tasks(item.day)
        return True

    def _move_clock(self, instant: datetime) -> None:
        self._clock.advance_to(max(instant, self._clock.now()))
        if self._clock.today() != self._today:
            self._today = self._clock.today()
            self._on_day(self._today, self.pace)

    def _fire(self, due: datetime) -> None:
        sweep(self._engine)
        self._take_up_new_tasks(self._today)
        self._due = (next_due(self._engine),)
        if self._due == (due,):
            raise ReplayStopped(
                f"On {self._today} something was due that couldn't be carried out. Look at the incidents."
            )

    def _next_due(self) -> datetime | None:
        """When something is due next: asked again only when somebody has done something since."""
        if self._due is None:
            self._due = (next_due(self._engine),)
        return self._due[0]

    # --- what comes up ---------------------------------------------------------------------

    def _take_up_new_tasks(self, day: date) -> None:
        for task in tasks_since(self._engine, self._last_task):
            self._last_task = task.key
            play = self._plays.get(task.case_key)
            if play is not None:
                self._plan(play, task, day)

    def _plan(self, play: CasePlay, task: Arrival, day: date) -> None:
        """Enter a task that came up. Its days count from the one that was meant, so delays don't add up."""
        found = play.step_for(task.element_id, task.occurrence, task.organisation)
        if found is None:
            return
        where, step = found
        meant = self._day_meant(play, task, where, step, day)
        soonest = self._clock.now() + _SOONEST
        if step.claim is not None:
            taken_on, claim = day + timedelta(days=step.claim), partial(self._claim, play, task, where, step)
            self._agenda.enter_work(taken_on, USUAL_TIME, claim, earliest=soonest)
        complete = partial(self._complete, play, task, where, step)
        self._agenda.enter_work(meant, step.at or USUAL_TIME, complete, earliest=soonest)

    def _day_meant(self, play: CasePlay, task: Arrival, where: str, step: Step, day: date) -> date:
        if isinstance(step.on, int):
            return max(day, play.day(step.on))
        if step.on is None:
            return day + timedelta(days=step.after or 0)
        with self._answering_for(play.line, where):
            known = variables_at(self._engine, task.key)
            return max(day, day_of_formula(step.on, self._clock.now(), known))

    # --- what people do --------------------------------------------------------------------

    def _open_case(self, play: CasePlay) -> None:
        recorded = play.recorded
        if isinstance(recorded, RecordedRequest):
            with self._answering_for(play.line, "request"):
                requester = self._cast.requester(recorded.raised_by)
                play.key = cases.raise_request(self._engine, requester, play.request(recorded)).case_key
        else:
            with self._answering_for(play.line, "plan"):
                keeper = self._cast.keeper()
                play.key = plan_arrivals.bring_in(self._engine, keeper, play.plan(recorded)).case_key
        self._plays[int(play.key)] = play
        for nth, exception in enumerate(play.recorded.exceptions):
            self._later(play, exception, partial(self._record_exception, play, nth, exception))
        for nth, correction in enumerate(play.recorded.corrections):
            self._later(play, correction, partial(self._correct, play, nth, correction))
        if play.recorded.withdrawal is not None:
            withdrawal = play.recorded.withdrawal
            self._later(play, withdrawal, partial(self._withdraw, play, withdrawal))

    def _later(
        self,
        play: CasePlay,
        what: RecordedException | RecordedCorrection | RecordedWithdrawal,
        act: Callable[[], None],
    ) -> None:
        earliest = self._clock.now() + _SOONEST
        self._agenda.enter_work(play.day(what.on), what.at or USUAL_TIME, act, earliest=earliest)

    def _complete(self, play: CasePlay, task: Arrival, where: str, step: Step) -> None:
        with self._answering_for(play.line, where):
            form = self._definition(task.instance_key).form(task.form_key) if task.form_key else None
            seen = self._seen(play, task, form, step)
            answers = answers_of(form, step.answers, self._clock.now(), seen, self._examples)
            worker = self._cast.worker(task.organisation, task.candidate_groups, self._name(play, task, step))
            if _still_there(partial(tasks.complete, self._engine, worker, str(task.key), answers)):
                self.pace.completed()

    def _seen(self, play: CasePlay, task: Arrival, form: Form | None, step: Step) -> Mapping[str, object]:
        """What answers may look at: the request's own facts, or all that the process knows if they ask."""
        asks = form is not None and self._examples.look_into_the_process(form)
        if asks or looks_into_the_process(step.answers):
            known = variables_at(self._engine, task.key)
            return {**play.variables, **known, "yearGroup": play.year_group(self._clock.today())}
        return play.variables

    def _claim(self, play: CasePlay, task: Arrival, where: str, step: Step) -> None:
        with self._answering_for(play.line, where):
            worker = self._cast.worker(task.organisation, task.candidate_groups, self._name(play, task, step))
            _still_there(partial(tasks.claim, self._engine, worker, str(task.key)))

    def _record_exception(self, play: CasePlay, nth: int, recorded: RecordedException) -> None:
        new = corrections.NewException(
            code=recorded.code,
            rules=list(recorded.rules),
            start=play.day(recorded.start),
            end=None if recorded.end is None else play.day(recorded.end),
            evidence=recorded.evidence,
            impractical_because=recorded.impractical_because,
            family_told_on=None if recorded.family_told_on is None else play.day(recorded.family_told_on),
            occurrence=recorded.occurrence,
        )
        with self._answering_for(play.line, f"exceptions[{nth}]"):
            corrections.record_exception(self._engine, self._officer(play), play.key, new)

    def _correct(self, play: CasePlay, nth: int, recorded: RecordedCorrection) -> None:
        with self._answering_for(play.line, f"corrections[{nth}]"):
            corrections.correct_anchor(
                self._engine,
                self._officer(play),
                play.key,
                recorded.anchor,
                play.day(recorded.falls_on),
                recorded.reason,
                recorded.occurrence,
            )

    def _withdraw(self, play: CasePlay, recorded: RecordedWithdrawal) -> None:
        with self._answering_for(play.line, "withdrawal"):
            corrections.withdraw(
                self._engine, self._officer(play), play.key, self._clock.today(), recorded.reason
            )

    # --- who and what ----------------------------------------------------------------------

    def _officer(self, play: CasePlay) -> Principal:
        return self._cast.officer(play.recorded.officer)

    def _name(self, play: CasePlay, task: Arrival, step: Step) -> str | None:
        """The one the line names; a caseworker's task is the case's officer's."""
        return step.by or (play.recorded.officer if "caseworker" in task.candidate_groups else None)

    def _definition(self, instance_key: int) -> Definition:
        if instance_key not in self._definitions:
            self._definitions[instance_key] = definition_of(self._engine, instance_key)
        return self._definitions[instance_key]

    @contextmanager
    def _answering_for(self, line: Line, where: str) -> Iterator[None]:
        """Give an error the line and field that it comes from."""
        try:
            yield
        except (EhcError, NobodyThere, ValueError) as error:
            problems = error.problems if isinstance(error, BadInput) else ()
            named = [
                FieldProblem(f"line {line.number}, {where}, {each.field}", each.message) for each in problems
            ]
            raise ReplayStopped(
                f"{self._recording.path}, line {line.number}, {where}, on {self._today}: {error}", named
            ) from error


def _still_there(act: Callable[[], object]) -> bool:
    """Do something to a task, unless its process has ended it meanwhile."""
    try:
        act()
    except (TaskClosed, CaseClosed):
        return False
    return True
