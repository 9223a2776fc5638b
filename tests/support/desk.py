"""Drives cases in tests as people would: through the services, as the right member, on a stepped clock."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import select

from engine.application import Engine
from engine.clock import LONDON, SteppedClock
from engine.config import ROOT, FileSettings, Settings
from engine.services import demonstration
from engine.services.cases import cases, corrections
from engine.services.cases.cases import ChildFacts, NewChild, RequestForAssessment
from engine.services.escalations.escalation_lists import Asked, list_escalations
from engine.services.imports import plan_arrivals
from engine.services.imports.plan_arrivals import LastReview, PlanFromElsewhere
from engine.services.principals import Principal, principal_of
from engine.services.sweep import next_due, sweep
from engine.services.tasks import task_lists, tasks
from engine.services.tasks.task_conditions import Conditions
from engine.services.views import DeadlineView, EscalationView, TaskView
from engine.store import tables
from engine.store.database import Database

#: A Monday in term time: the day on which the law's own worked examples begin.
MONDAY = date(2026, 11, 2)


#: Seals secrets on a server's database.
_KEY = "the key of these tests and of no others"

#: Far more than any case has; a loop that goes on longer is a defect.
_MOST_TASKS = 200


@contextmanager
def opened_desk(database_url: str, *, on: date = MONDAY, **options: Any) -> Iterator[Desk]:
    """An engine with the demonstration authority on a stepped clock, closed at the end."""
    with TemporaryDirectory(prefix="ehc-files-") as folder:
        settings = Settings(
            database_url,
            ROOT / "bpmn",
            ROOT / "examples" / "authority.yaml",
            secret_key=None if database_url.startswith("sqlite") else _KEY,  # SQLite has one beside it
            files=FileSettings(folder=Path(folder)),
        )
        clock = SteppedClock(at(on))
        engine = Engine(Database(database_url, durable=False), clock, settings, **options)
        try:
            yield Desk(engine, clock)
        finally:
            engine.close()


def _age(task: TaskView) -> int:
    return int(task.key)


def at(day: date, hour: int = 9, minute: int = 0) -> datetime:
    """A time of day in London as an instant."""
    return datetime.combine(day, time(hour, minute), LONDON).astimezone(UTC)


class Desk:
    """Everybody's desk in one authority."""

    def __init__(self, engine: Engine, clock: SteppedClock) -> None:
        self.engine = engine
        self.clock = clock
        self.authority = demonstration.fill(engine)
        self._principals = self._all_principals()
        self._members = self._first_of_each()

    def member(self, role: str, organisation: str = "send_team") -> Principal:
        """The first member with this role in this organisation."""
        return self._members[organisation, role]

    def all_with(self, role: str, organisation: str = "send_team") -> list[Principal]:
        """Every member with this role in this organisation."""
        return [who for who in self._principals if (who.organisation, who.role) == (organisation, role)]

    def request(
        self,
        *,
        received_on: date | None = None,
        role: str = "parent",
        year: int | None = 4,
        born: date = date(2017, 5, 14),
        **facts: bool,
    ) -> CaseDesk:
        """Raise a request for an invented child and give its case."""
        raised = cases.raise_request(
            self.engine,
            self.member("caseworker"),
            RequestForAssessment(
                child=NewChild("Ada", "Example", born, year),
                requested_by_role=role,
                requested_by_name="Sam Example",
                received_on=received_on or self.clock.today(),
                setting_urn="103001",
                facts=ChildFacts(**facts),
            ),
        )
        return CaseDesk(self, raised.case_key, raised.process_instance_key)

    def plan(
        self,
        *,
        made_on: date | None = None,
        born: date = date(2017, 5, 14),
        year: int | None = 4,
        last_review: LastReview | None = None,
        setting: str | None = "103001",
        setting_type: str | None = None,
        looked_after: bool = False,
    ) -> CaseDesk:
        """Bring in the plan of an invented child, made today unless another day is given."""
        brought = plan_arrivals.bring_in(
            self.engine,
            self.member("caseworker"),
            PlanFromElsewhere(
                child=NewChild("Ada", "Example", born, year),
                finalised_on=made_on or self.clock.today(),
                setting_urn=setting,
                setting_type=setting_type,
                last_review=last_review,
                looked_after=looked_after,
            ),
        )
        return CaseDesk(self, brought.case_key, "", plan_key=brought.plan_key)

    def step_to(self, day: date, hour: int = 9, minute: int = 0) -> None:
        """Move the clock on, sweeping at each instant at which something is due."""
        target = at(day, hour, minute)
        while (due := next_due(self.engine)) is not None and due <= target:
            self.clock.advance_to(max(due, self.clock.now()))
            if not sweep(self.engine):
                break
        self.clock.advance_to(max(target, self.clock.now()))

    def jump_to(self, day: date, hour: int = 9, minute: int = 0) -> None:
        """Move the clock on with nobody sweeping: downtime, or the moment between two sweeps."""
        self.clock.advance_to(at(day, hour, minute))

    def _all_principals(self) -> list[Principal]:
        with self.engine.database.read() as connection:
            keys = connection.execute(select(tables.membership.c.key).order_by(tables.membership.c.key))
            return [principal_of(connection, key) for key in keys.scalars().all()]

    def _first_of_each(self) -> dict[tuple[str, str], Principal]:
        found: dict[tuple[str, str], Principal] = {}
        for principal in self._principals:
            found.setdefault((principal.organisation, principal.role), principal)
        return found


class CaseDesk:
    """One case as its SEND team sees it, and everybody's tasks on it."""

    def __init__(self, desk: Desk, key: str, instance_key: str, *, plan_key: str = "") -> None:
        self.desk = desk
        self.key = key
        self.instance_key = instance_key
        self.plan_key = plan_key

    @property
    def status(self) -> str:
        """Where the case stands."""
        status: str = self._case_row().status
        return status

    def tasks(self, state: str | None = None) -> list[TaskView]:
        """The case's tasks, the open ones by default."""
        asked = Conditions(case_key=self.key, states=[state] if state else [])
        page = task_lists.list_tasks(self.desk.engine, self._officer(), asked, limit=200)
        return page.items

    def waiting(self) -> set[str]:
        """Element ids of the open tasks."""
        return {task.element_id for task in self.tasks()}

    def task(self, element_id: str, organisation: str | None = None) -> TaskView:
        """The one open task of an element (of an organisation)."""
        found = [
            task
            for task in self.tasks()
            if task.element_id == element_id and organisation in (None, task.organisation)
        ]
        assert found, f"{element_id} isn't open; open are {sorted(self.waiting())}"
        return found[0]

    def complete(self, element_id: str, *, organisation: str | None = None, **answers: Any) -> TaskView:
        """Complete a task with its form's example, changed by what is given."""
        task = self.task(element_id, organisation)
        who = self.worker(task)
        example = self.example(task, who)
        return tasks.complete(self.desk.engine, who, task.key, {**example, **answers})

    def example(self, task: TaskView, who: Principal) -> Mapping[str, Any]:
        """The example answer that the task's form offers now."""
        example: Mapping[str, Any] = tasks.task_form(self.desk.engine, who, task.key).schema["examples"][0]
        return example

    def worker(self, task: TaskView) -> Principal:
        """A member who may complete a task."""
        roles = task.candidate_groups or ["professional", "caseworker"]
        for role in (*roles, "service_manager"):
            if (task.organisation, role) in self.desk._members:
                return self.desk.member(role, task.organisation)
        raise AssertionError(f"nobody can do {task.element_id} of {task.organisation}")

    def complete_all(self, *element_ids: str, **answers: Any) -> None:
        """Complete every open task of these elements (of any, without names)."""
        while found := [task for task in self.tasks() if not element_ids or task.element_id in element_ids]:
            who = self.worker(found[0])
            tasks.complete(self.desk.engine, who, found[0].key, {**self.example(found[0], who), **answers})

    def until(self, element_id: str, *, but: Collection[str] = (), **answers: Mapping[str, Any]) -> TaskView:
        """Complete what is open, each with its example, until an element waits.

        Args:
            but: elements to leave open.
            answers: element id -> what to answer otherwise.
        """
        for _ in range(_MOST_TASKS):
            if element_id in self.waiting():
                return self.task(element_id)
            self.do_one(but, answers)
        raise AssertionError(f"{element_id} never came; open are {sorted(self.waiting())}")

    def finish(self, *, but: Collection[str] = (), **answers: Mapping[str, Any]) -> None:
        """Complete everything that is open, and what follows from it, without moving the clock."""
        for _ in range(_MOST_TASKS):
            if not self.waiting() - set(but):
                return
            self.do_one(but, answers)
        raise AssertionError(f"the case never rests; open are {sorted(self.waiting())}")

    def do_one(self, but: Collection[str] = (), answers: Mapping[str, Mapping[str, Any]] = {}) -> None:
        """Complete the oldest open task."""
        found = sorted((task for task in self.tasks() if task.element_id not in but), key=_age)
        assert found, f"nothing to do; open are {sorted(self.waiting())}"
        task = found[0]
        who = self.worker(task)
        given = {**self.example(task, who), **answers.get(task.element_id, {})}
        tasks.complete(self.desk.engine, who, task.key, given)

    def deadlines(self) -> list[DeadlineView]:
        """Every limit of the case."""
        return cases.case_deadlines(self.desk.engine, self._officer(), self.key)

    def deadline(self, rule: str, occurrence: str | None = None) -> DeadlineView:
        """The newest row of a rule."""
        rows = [row for row in self.deadlines() if (row.rule, row.occurrence) == (rule, occurrence)]
        assert rows, f"no row of {rule}; there are {[(row.rule, row.occurrence) for row in self.deadlines()]}"
        return rows[-1]

    def escalations(self, state: str | None = None) -> list[EscalationView]:
        """The threads of lateness of the case."""
        asked = Asked(case_key=self.key, state=state)
        return list_escalations(self.desk.engine, self.desk.member("group_head"), asked).items

    def correct(self, anchor: str, on: date, occurrence: str = "") -> Any:
        """Correct an anchor with a reason."""
        return corrections.correct_anchor(
            self.desk.engine,
            self._officer(),
            self.key,
            anchor,
            on,
            "The letter shows another date.",
            occurrence,
        )

    def excuse(self, code: str, *rules: str, start: date, end: date | None = None) -> Any:
        """Record an exception with evidence."""
        new = corrections.NewException(
            code, list(rules), start, end, "Letter from the family", "Nobody could be reached."
        )
        return corrections.record_exception(self.desk.engine, self._officer(), self.key, new)

    def withdraw(self, on: date) -> Any:
        """The family withdraws the request."""
        return corrections.withdraw(self.desk.engine, self._officer(), self.key, on, "The family moved on.")

    def step(self, *, weeks: int = 0, days: int = 0) -> None:
        """Move the clock on by days, sweeping in between."""
        self.desk.step_to(self.desk.clock.today() + timedelta(weeks=weeks, days=days))

    def _officer(self) -> Principal:
        return self.desk.member("caseworker")

    def _case_row(self) -> Any:
        with self.desk.engine.database.read() as connection:
            query = select(tables.ehc_case).where(tables.ehc_case.c.key == int(self.key))
            return connection.execute(query).one()
