"""Editing a draft version by hand. What was issued can't be edited: a plan changes only by a new version."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

from engine.errors import BadInput, NotFound, PlanVersionIssued
from engine.plans import writing
from engine.plans.checking import problems_of
from engine.services.audit.audit import Actor, Event
from engine.services.incidents import guarded
from engine.services.plans import plans
from engine.services.plans.plan_history import get_version
from engine.services.plans.plan_rows import required_plan
from engine.services.plans.plan_versions import change_draft, find_version
from engine.services.plans.plan_views import PlanVersionView
from engine.services.principals import Principal
from engine.services.sight import sight
from engine.services.step import CaseStep

if TYPE_CHECKING:
    from engine.application import Engine


def edit_draft(
    engine: Engine, principal: Principal, key: str, number: str, sections: Mapping[str, Any]
) -> PlanVersionView:
    """Replace sections of a draft version; the others stay, and one that is sent as null is taken out.

    Health's agreement falls away with the section G that it was given to (regulation 12(2)).

    Raises:
        PlanVersionIssued: the version was issued, or given up.
        BadInput: what was sent hasn't the shape of sections; each is named.
        NotFound: there is no such version for this principal.
    """
    principal.require("plan:draft")
    given = {letter: section for letter, section in sections.items() if section is not None}
    if problems := problems_of({**given, **{letter: {} for letter in sections if letter not in given}}):
        raise BadInput("The sections can't be kept.", problems)

    def case_of(connection: Connection) -> int:
        """Where the plan lies, if this principal may change it."""
        found = plans.find_plan(engine, connection, principal, key)
        if not sight.sees_whole_cases(principal):
            raise NotFound(f"There is no plan {key} for you.")
        case_key: int = found.case_key
        return case_key

    def work(step: CaseStep) -> None:
        plan = required_plan(step)
        version = find_version(step, plan, sight.key(number))
        if version is None:
            raise NotFound(f"Plan {key} has no version {number} for you.")
        if version.state != "draft":
            raise PlanVersionIssued(
                f"Version {number} of plan {key} was {version.state} and never changes again. A plan changes"
                " only by a new version (regulations 22 and 28): start an amendment."
            )
        after = {**version.sections, **{letter: section or {} for letter, section in sections.items()}}
        change_draft(step, version, sections=writing.without_stale_agreement(version.sections, after))
        letters = ", ".join(sorted(sections))
        step.audit.append(Event.PLAN_EDITED, plan=plan.key, version=version.number, sections=letters)

    actor = Actor(principal.membership_key, principal.organisation)
    guarded(engine, case_of, f"edit plan {sight.key(key)}", actor, work)
    return get_version(engine, principal, key, number)
