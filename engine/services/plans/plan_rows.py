"""The plan of a case within a step: read once, written at once, and audited."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, insert, select, update

from engine.plans.school_years import year_group_on
from engine.services.audit.audit import Event
from engine.store import tables

if TYPE_CHECKING:
    from engine.services.step import CaseStep


@dataclass(frozen=True)
class PlanRow:
    """The plan as its row stands; what each column means stands with the table."""

    key: int
    case_key: int
    status: str
    made_on: date
    brought_in: bool
    version: int
    setting_urn: str | None
    setting_type: str
    curriculum_year: int | None
    year_from: date | None
    setting_phase: str | None
    looked_after: bool
    in_custody: bool
    next_review_by: date | None
    updates_to: int | None
    ceased_on: date | None

    @property
    def is_live(self) -> bool:
        """Whether it is in force: one that is to cease stays so until it has ceased (section 45(4))."""
        return self.status != "ceased"


def plan_of(step: CaseStep) -> PlanRow | None:
    """The plan of the step's case, read once a step; None before it is made."""
    if _PLAN not in step.remembered:
        row = step.connection.execute(_OF_CASE, {"case": step.case_key}).one_or_none()
        step.remembered[_PLAN] = row and PlanRow(**row._mapping)
    found: PlanRow | None = step.remembered[_PLAN]
    return found


def required_plan(step: CaseStep) -> PlanRow:
    """The plan of the step's case.

    Raises:
        LookupError: there is none yet.
    """
    plan = plan_of(step)
    if plan is None:
        raise LookupError(f"Case {step.case_key} has no plan yet. Issue one first.")
    return plan


def make_plan(step: CaseStep, **values: Any) -> PlanRow:
    """The plan of a case that has none: its row is written and the making audited.

    Raises:
        ValueError: the case has a plan already; a plan changes by a new version (reg 22, reg 28).
    """
    if plan_of(step) is not None:
        raise ValueError(f"Case {step.case_key} has a plan already. Amend it instead.")
    given = {"authority": step.authority, "case_key": step.case_key, "created_at": step.now}
    step.connection.execute(_NEW, {**_UNSAID, **values, **given})
    del step.remembered[_PLAN]
    plan = required_plan(step)
    step.audit.append(Event.PLAN_MADE, plan=plan.key, on=plan.made_on.isoformat())
    return plan


def change_plan(step: CaseStep, **values: Any) -> PlanRow:
    """Write new values of the plan's columns; what changes none leaves no trace.

    Raises:
        LookupError: the case has no plan.
    """
    plan = required_plan(step)
    changed = {name: value for name, value in values.items() if getattr(plan, name) != value}
    if not changed:
        return plan
    step.connection.execute(update(_plan).where(_plan.c.key == plan.key).values(changed))
    after = step.remembered[_PLAN] = replace(plan, **changed)
    told = {name: _told(value) for name, value in changed.items() if name not in _PRIVATE}
    step.audit.append(Event.PLAN_CHANGED, plan=plan.key, columns=sorted(changed), after=told)
    return after


def curriculum_year(plan: PlanRow, on: date) -> int | None:
    """The year group of the plan's child on a day; None where nobody has said one."""
    if plan.curriculum_year is None or plan.year_from is None:
        return None
    return year_group_on(on, plan.curriculum_year, plan.year_from)


def _told(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


#: What a step remembers the plan by.
_PLAN = "plan"
#: Told to nobody by way of the audit trail: facts about a child.
_PRIVATE = frozenset({"looked_after", "in_custody"})
_UNSAID: dict[str, Any] = {
    "status": "live",
    "brought_in": False,
    "setting_urn": None,
    "curriculum_year": None,
    "year_from": None,
    "setting_phase": None,
    "looked_after": False,
    "in_custody": False,
    "next_review_by": None,
    "updates_to": None,
    "ceased_on": None,
}
_plan = tables.plan
_OF_CASE = select(*(_plan.c[field.name] for field in fields(PlanRow))).where(
    _plan.c.case_key == bindparam("case")
)
_NEW = insert(_plan)
