"""Request-to-plan at its busiest point: everybody has been asked for advice, nobody has given it.

A child like most of the year's: the four advisers that regulation 6 always names, CAMHS and Children's
Therapies. The case is driven there through the services; what its people answered is kept for the twin.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from benchmarks.bare import Bare, complete_all_but, open_tasks
from benchmarks.twin import Twin, make_twin
from engine.config import ROOT
from engine.feel import freeze, to_json
from engine.services.environment import Standstill
from engine.services.processes.definitions import Definition, read_folder
from engine.services.views import TaskView
from engine.spiff import Instance
from engine.store import tables
from tests.support.desk import CaseDesk, Desk

OTHERS = {"familyAskedForOthers": True, "otherAdvisers": ["camhs", "therapies"]}
#: The task that is completed, and whose.
STEP, WHOSE = "give_advice", "educational_psychology"
#: Elements that stay open at the busiest point, in the twin too.
LEFT = {"give_advice", "acknowledge_request", "family_evidence"}
#: Open besides in ours: CAMHS names its contributors in its own process.
NAMING = {"name_contributors"}
#: All advisers of the twin are asked with the plainer of the two processes that ours chooses from.
CALLS = {"gather_advice": "advice"}


@dataclass
class Busiest:
    """A case at the busiest point, and what led to it."""

    desk: Desk
    case: CaseDesk
    answers: dict[str, dict[str, Any]]
    started_with: dict[str, Any]

    @property
    def task(self) -> TaskView:
        """The task whose completion is measured."""
        return self.case.task(STEP, WHOSE)

    def row(self) -> Any:
        """The instance as it is stored."""
        with self.desk.engine.database.read() as connection:
            key = int(self.case.instance_key)
            return connection.execute(select(tables.instance).where(tables.instance.c.key == key)).one()

    def definition(self) -> Definition:
        """The definition that it runs on."""
        with self.desk.engine.database.read() as connection:
            return self.desk.engine.definitions.get(connection, self.row().definition_key)

    def restored(self) -> Instance:
        """The instance in memory, to be looked at."""
        return Instance.restore(self.definition().bundle, self.row().state, Standstill(self.now))

    @property
    def now(self) -> datetime:
        """The instant at which the case stands there."""
        return self.desk.clock.now()

    def example(self) -> dict[str, Any]:
        """What whoever gives the advice answers."""
        task = self.task
        return dict(self.case.example(task, self.case.worker(task)))

    def seen_by_process(self) -> dict[str, Any]:
        """The part of that answer that the process sees."""
        return _visible(self.definition(), self.task.form_key or "", self.example())


def drive(desk: Desk) -> Busiest:
    """Raise a request and complete what comes before the advice."""
    case = desk.request()
    busiest = Busiest(desk, case, {}, {})
    busiest.started_with = dict(busiest.restored().variables())
    while task := _oldest(case):
        chosen = OTHERS if task.element_id == "choose_advice" else {}
        given = {**case.example(task, case.worker(task)), **chosen}
        busiest.answers[task.element_id] = _visible(busiest.definition(), task.form_key or "", given)
        case.complete(task.element_id, organisation=task.organisation, **chosen)
    return busiest


def _oldest(case: CaseDesk) -> TaskView | None:
    """The task that has waited longest, of those that come before the busiest point."""
    found = [task for task in case.tasks() if task.element_id not in LEFT | NAMING]
    return min(found, key=lambda task: int(task.key), default=None)


def twin_of(busiest: Busiest) -> Twin:
    """The twin of request-to-plan, with this child's facts and this case's decisions."""
    diagrams = {
        name: content for name, content in read_folder(ROOT / "bpmn").items() if name.endswith(".bpmn")
    }
    return make_twin(
        diagrams,
        "request_to_plan",
        variables=busiest.started_with,
        decided=busiest.restored().variables(),
        calls=CALLS,
    )


def bare_at_busiest(bare: Bare, busiest: Busiest) -> str:
    """A bare instance at the same point, saved.

    Raises:
        AssertionError: other tasks are open there than in ours.
    """
    workflow = bare.start()
    complete_all_but(workflow, LEFT, busiest.answers)
    ours = sorted(task.element_id for task in busiest.case.tasks() if task.element_id not in NAMING)
    assert open_tasks(workflow) == ours, (open_tasks(workflow), ours)
    return bare.save(workflow)


def _visible(definition: Definition, form_key: str, answers: Mapping[str, Any]) -> dict[str, Any]:
    form = definition.form(form_key)
    visible = form.process_variables(answers) if form else {}
    plain: dict[str, Any] = json.loads(json.dumps(visible, default=lambda value: to_json(freeze(value))))
    return plain
