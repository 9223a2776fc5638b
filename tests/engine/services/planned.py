"""A case whose plan is issued, and the actions that diagrams ask for, carried out on it in a step."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from engine.services.audit.audit import Actor
from engine.services.incidents import guarded
from engine.services.plans.plan_actions import PLAN_ACTIONS
from engine.services.step import CaseStep
from engine.services.tasks.requirements import REQUIREMENTS
from engine.spiff import ElementInfo
from engine.store import tables
from tests.engine.services.rows import rows
from tests.support.desk import CaseDesk, Desk

#: The family says at once that it has nothing to add, so that no test waits for its fifteen days.
QUICK = {"family_response": {"nothingMore": True}}
ELEMENT = ElementInfo("do", "serviceTask", "test", "test.bpmn", name="Do")


def ready_to_sign(desk: Desk, **request: Any) -> CaseDesk:
    """A case in which only the signature is missing."""
    case = desk.request(**request)
    case.until("sign_plan", **QUICK)
    return case


def with_plan(desk: Desk, **request: Any) -> CaseDesk:
    """A case whose plan was issued today."""
    case = ready_to_sign(desk, **request)
    case.complete("sign_plan")
    return case


def act(case: CaseDesk, action: str, **inputs: Any) -> dict[str, Any]:
    """Carry out an action of `ehc:plan` in a step of its own."""
    return in_step(case, lambda step: PLAN_ACTIONS[action](step, ELEMENT, inputs))


def require(case: CaseDesk, name: str, answers: Mapping[str, Any]) -> dict[str, str]:
    """What a requirement finds missing, by field."""
    problems = in_step(case, lambda step: REQUIREMENTS[name](step, ELEMENT, answers))
    return {problem.field: problem.message for problem in problems}


def in_step(case: CaseDesk, work: Callable[[CaseStep], Any]) -> Any:
    """Do something in a step of the case."""
    return guarded(case.desk.engine, int(case.key), "test", Actor.clock(), work)


def file(case: CaseDesk, form_key: str, organisation: str = "send_team", **answers: Any) -> str:
    """File the answers of a form, as the task that asks for them would; gives the document's key."""
    content = json.dumps(answers)

    def work(step: CaseStep) -> None:
        step.file(
            {
                "task_key": None,
                "kind": "answers",
                "form_key": form_key,
                "organisation": organisation,
                "audience": {},
                "content": content,
                "digest": "0" * 64,
                "created_at": step.now,
                "created_by": None,
            }
        )
        step.last_document()

    in_step(case, work)
    return str(rows(case.desk, tables.document, case_key=int(case.key))[-1].key)


def plan_row(case: CaseDesk) -> Any:
    """The row of the case's plan."""
    (row,) = rows(case.desk, tables.plan, case_key=int(case.key))
    return row


def versions(case: CaseDesk) -> list[Any]:
    """The rows of the plan's versions, oldest first."""
    return rows(case.desk, tables.plan_version, case_key=int(case.key))


def sections(case: CaseDesk, number: int = 1) -> dict[str, Any]:
    """What a version says."""
    found: dict[str, Any] = json.loads(versions(case)[number - 1].sections)
    return found
