"""Proves that a live plan is looked after: its review is on its way, and its version is what was issued."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from sqlalchemy import Connection, bindparam, select

from engine.services.plans.plan_rows import PlanRow, plan_of
from engine.services.step import CaseStep
from engine.store import tables

#: Processes of which one runs for every live plan: it waits for the next review, or holds it.
REVIEWING = ("review_schedule", "annual_review")


def plan_differences(step: CaseStep) -> Iterator[str]:
    """What is wrong with the plan of a case, in words."""
    plan = plan_of(step)
    if plan is None:
        return
    yield from _versions(step.connection, plan)
    if plan.is_live:
        reviewing = step.connection.execute(_REVIEWING, {"case": step.case_key}).scalars().all()
        if not reviewing:
            yield f"plan {plan.key} is {plan.status}, but no review is scheduled or under way"
    elif plan.ceased_on is None:
        yield f"plan {plan.key} has ceased without a day"


def _versions(connection: Connection, plan: PlanRow) -> Iterator[str]:
    rows = connection.execute(_VERSIONS, {"plan": plan.key}).all()
    issued = [row.number for row in rows if row.state == "issued"]
    if max(issued, default=None) != plan.version:
        yield f"plan {plan.key} says that version {plan.version} is in force; issued are {issued}"
    drafts = [row.number for row in rows if row.state == "draft"]
    if len(drafts) > 1:
        yield f"plan {plan.key} has several drafts: {drafts}"
    for row in rows:
        if hashlib.sha256(row.sections.encode()).hexdigest() != row.digest:
            yield f"version {row.number} of plan {plan.key} doesn't fit its digest"
        if (row.issued_on is None) == (row.state == "issued"):
            yield f"version {row.number} of plan {plan.key} is {row.state}, issued on {row.issued_on}"


_version, _instance = tables.plan_version, tables.instance
_definition = tables.process_definition
_VERSIONS = (
    select(_version.c.number, _version.c.state, _version.c.sections, _version.c.digest, _version.c.issued_on)
    .where(_version.c.plan_key == bindparam("plan"))
    .order_by(_version.c.number)
)
_REVIEWING = (
    select(_instance.c.key)
    .join(_definition, _definition.c.key == _instance.c.definition_key)
    .where(
        _instance.c.case_key == bindparam("case"),
        _instance.c.status == "active",
        _definition.c.process_id.in_(REVIEWING),
    )
)
