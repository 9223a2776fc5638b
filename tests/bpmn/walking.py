"""Walks through the diagrams in memory: people answer with their forms' examples, time goes to the next timer.

Who keeps silent, and who answers otherwise, is said by the test. Limits are the law's own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any

from engine.clock import SteppedClock, day_of
from engine.forms import Form, read_form
from engine.services.functions import FUNCTIONS
from engine.spiff import Bundle, ElementInfo, Instance, OpenTask, StateChange, read_bundle
from engine.trial.world import Surroundings, World
from tests.bpmn.diagrams import DIAGRAMS, FOLDER, TABLES

START = datetime(2026, 9, 1, 8, tzinfo=UTC)
"""A Tuesday: six weeks end on 13 October 2026, twenty on 19 January 2027."""
CHILD: Mapping[str, Any] = {
    "caseKey": "1",
    "requestedBy": "parent",
    "nationalCurriculumYear": 5,
    "ageOnRequest": 9,
    "settingUrn": "123456",
    "settingKind": "school",
    "lookedAfter": False,
    "detained": False,
    "sensoryImpairment": False,
    "armedForcesParent": False,
    "knownToSocialCare": False,
    "recentAssessment": False,
}
Answer = Mapping[str, Any] | Callable[[int], Mapping[str, Any]]
_MOST_STEPS = 1_000


@dataclass(frozen=True)
class Job:
    """A service task that was carried out: what kind, by which element, with what."""

    on: date
    kind: str
    element: ElementInfo
    inputs: Mapping[str, Any]


@dataclass(frozen=True)
class Happened:
    """A state change with its day."""

    on: date
    element: str
    event: str


@cache
def bundle() -> Bundle:
    files = {path.name: path.read_bytes() for path in (*DIAGRAMS, *TABLES)}
    return read_bundle(files, functions=FUNCTIONS)


@cache
def forms() -> Mapping[str, Form]:
    read = [read_form(path.read_bytes(), path.name) for path in FOLDER.glob("*.form")]
    return {form.id: form for form in read}


class _Noted(Surroundings):
    """A trial's surroundings that remember the jobs."""

    def __init__(self, world: World, jobs: list[Job], gives: Mapping[str, Answer]) -> None:
        super().__init__(world)
        self._jobs = jobs
        self._gives = gives
        self._done: Counter[str] = Counter()

    def job(
        self,
        element: ElementInfo,
        task_type: str,
        headers: Mapping[str, str],
        variables: Mapping[str, object],
    ) -> Mapping[str, object] | None:
        self._jobs.append(Job(day_of(self.now()), task_type, element, dict(variables)))
        results = super().job(element, task_type, headers, variables)
        action = str(variables.get("action"))
        if action not in self._gives:
            return results
        given = self._gives[action]
        times, self._done[action] = self._done[action], self._done[action] + 1
        return {task_type.removeprefix("ehc:"): given(times) if callable(given) else given}


@dataclass
class Walk:
    """One instance from its start to its end, or to the day on which the walk gives up.

    ``answers`` are given by element, or by element and agency: what differs from the form's example, or a
    function of how often the element was answered before. ``silent`` holds elements, or pairs with an agency.
    ``told`` are messages in their order, each as soon as nobody has anything else to do and it is waited for,
    or, with a third part, as soon as that element has been passed.
    ``gives`` is what an action on the plan gives where that isn't its example.
    """

    process: str = "request_to_plan"
    variables: Mapping[str, Any] = field(default_factory=lambda: CHILD)
    answers: Mapping[Any, Answer] = field(default_factory=dict)
    silent: frozenset[Any] = frozenset()
    facts: Mapping[str, date] = field(default_factory=dict)
    start: datetime = START
    lasts: timedelta = timedelta(days=300)
    told: tuple[tuple[Any, ...], ...] = ()
    gives: Mapping[str, Answer] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.jobs: list[Job] = []
        self.happened: list[Happened] = []
        self.thrown: list[tuple[date, str]] = []
        self._clock = SteppedClock(self.start)
        self._answered: Counter[str] = Counter()
        self._to_tell = list(self.told)
        world = World(self._clock, bundle())
        for name, day in {"request_received_on": day_of(self.start), **self.facts}.items():
            world.record(name, day, "")
        self._surroundings = _Noted(world, self.jobs, self.gives)
        self.instance = Instance.start(bundle(), self.process, self.variables, self._surroundings)
        self._note()
        self._go()

    # --- what a test asks ---

    @property
    def visited(self) -> set[str]:
        return {each.element for each in self.happened if each.event in ("completed", "triggered")}

    def days(self, element: str, event: str = "completed") -> list[date]:
        return [each.on for each in self.happened if (each.element, each.event) == (element, event)]

    def notices(self, name: str) -> list[Job]:
        return [job for job in self.jobs if job.element.properties.get("ehc:notice") == name]

    @property
    def statuses(self) -> list[str]:
        return [job.inputs["value"] for job in self.jobs if job.inputs.get("fact") == "case_status"]

    @property
    def started(self) -> list[str]:
        return [job.inputs["processId"] for job in self.jobs if job.kind == "ehc:start"]

    @property
    def open_elements(self) -> set[str]:
        return {task.element_id for task in self.instance.open_tasks()}

    # --- how it goes ---

    def _go(self) -> None:
        end = self.start + self.lasts
        for _ in range(_MOST_STEPS):
            task = next((each for each in self.instance.open_tasks() if not self._is_silent(each)), None)
            due = self.instance.next_due()
            if task is not None:
                self._answer(task)
            elif self._tells():
                pass
            elif due is not None and due <= end:
                self._clock.advance_to(max(due, self._clock.now()))
                self.instance.fire_due()
            else:
                return
            self._note()
        raise AssertionError(f"The walk goes round in circles: {self.open_elements}")

    def _tells(self) -> bool:
        """Whether the next message was waited for, and so has been given."""
        if not self._to_tell:
            return False
        name, variables, *after = self._to_tell[0]
        if not set(after) <= self.visited:
            return False
        waits = next((each for each in self.instance.subscriptions() if each.message == name), None)
        if waits is None:
            return False
        del self._to_tell[0]
        return self.instance.receive(name, waits.key, variables)

    def _is_silent(self, task: OpenTask) -> bool:
        return task.element_id in self.silent or (task.element_id, task.agency) in self.silent

    def _answer(self, task: OpenTask) -> None:
        form, now = forms()[task.form_id], self._clock.now()
        said = self.answers.get((task.element_id, task.agency), self.answers.get(task.element_id, {}))
        if callable(said):
            said = said(self._answered[task.element_id])
        self._answered[task.element_id] += 1
        seen = self.instance.values(task.token)
        checked = form.check({**form.example(now, seen), **said}, now, seen)
        assert checked.problems == (), (task.element_id, checked.problems)
        self._save_and_restore()
        self.instance.complete(task.token, form.process_variables(checked.answers))

    def _save_and_restore(self) -> None:
        self.instance = Instance.restore(bundle(), self.instance.save(), self._surroundings)

    def _note(self) -> None:
        changes, thrown = self.instance.drain()
        self.happened += [_happened(change) for change in changes]
        self.thrown += [(day_of(self._clock.now()), each.element_id) for each in thrown]


def _happened(change: StateChange) -> Happened:
    return Happened(day_of(change.at), change.element_id, change.event)
