"""Amending a plan: a draft version is made, answered for, and issued or given up (regulations 22 and 28)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, select

from engine.errors import FieldProblem
from engine.plans import writing
from engine.plans.completeness import missing, newly_missing
from engine.services.audit.audit import Event
from engine.services.plans.plan_papers import papers_of
from engine.services.plans.plan_rows import PlanRow, change_plan, plan_of, required_plan
from engine.services.plans.plan_updates import advice_in, keep_answers, updates_to_answer
from engine.services.plans.plan_versions import (
    Version,
    amended_circumstances,
    change_draft,
    current_version,
    first_circumstances,
    insert_version,
    next_number,
    open_draft,
    seen_by_process,
    setting_type,
)
from engine.spiff import ElementInfo
from engine.store import tables
from engine.store.plan_tables import LIVE_REVIEW

if TYPE_CHECKING:
    from engine.services.step import CaseStep

ORIGINS = ("review", "amendment", "phase_transfer")
#: The form on which amendments are written, and the one on which they are decided.
_AMENDMENTS, _DECISION = "amend_plan", "decide_amendment"


def draft(step: CaseStep, element: ElementInfo, inputs: Mapping[str, Any]) -> dict[str, object]:
    """Make the draft of an amended version from the newest form of amendments, or write it anew.

    Raises:
        ValueError: the origin isn't one of `ORIGINS`.
    """
    origin = str(inputs.get("origin") or "amendment")
    if origin not in ORIGINS:
        raise ValueError(f"A plan is amended after one of {', '.join(ORIGINS)}, not {origin}.")
    plan = required_plan(step)
    current, answers = current_version(step, plan), _newest(step, plan, _AMENDMENTS)
    sections = writing.rewritten(current.sections, answers)
    version = open_draft(step, plan) or _new_draft(step, plan, current, origin)
    accepted = keep_answers(step, version.key, updates_to_answer(step, current), answers)
    sections = writing.with_advice(sections, advice_in(accepted))
    upto = max(current.documents_to, plan.updates_to or 0)
    change_draft(step, version, sections=_agreed(step, plan, sections), documents_to=upto)
    step.audit.append(Event.PLAN_DRAFTED, plan=plan.key, version=version.number, origin=origin)
    return {**seen_by_process(step, plan), "version": version.number}


def amend(step: CaseStep, element: ElementInfo, inputs: Mapping[str, Any]) -> dict[str, object]:
    """Issue the draft: from now on it's the plan, and never changes again.

    Raises:
        LookupError: there is no draft.
        ValueError: it isn't complete.
    """
    plan = required_plan(step)
    version = _required_draft(step, plan)
    sections = _decided(step, plan, _agreed(step, plan, version.sections))
    lacking = _lacking(step, plan, sections)
    if lacking:
        raise ValueError(f"The amended plan isn't complete: {lacking[0].message} Correct the draft version.")
    change_draft(step, version, sections=sections)
    change_draft(step, version, state="issued", issued_on=step.today, last_document=step.last_document())
    placed = sections.get("I", {})
    urn = placed.get("settingUrn")
    changed: dict[str, Any] = {"version": version.number}
    if placed != current_version(step, plan).sections.get("I", {}):
        kind = setting_type(step, urn, placed.get("settingType"))
        changed |= {"setting_urn": urn, "setting_type": kind}
    plan = change_plan(step, **changed)
    step.audit.append(Event.PLAN_ISSUED, plan=plan.key, version=version.number)
    return seen_by_process(step, plan)


def discard(step: CaseStep, element: ElementInfo, inputs: Mapping[str, Any]) -> dict[str, object]:
    """Give the draft up: the plan stays as it was. Without a draft nothing happens."""
    plan = required_plan(step)
    give_up_draft(step, plan)
    return seen_by_process(step, plan)


def give_up_draft(step: CaseStep, plan: PlanRow) -> None:
    """Close the draft that is being worked on, if there is one."""
    version = open_draft(step, plan)
    if version is not None:
        change_draft(step, version, state="discarded")
        step.audit.append(Event.PLAN_DISCARDED, plan=plan.key, version=version.number)


def plan_complete(step: CaseStep, element: ElementInfo, answers: Mapping[str, Any]) -> list[FieldProblem]:
    """The requirement: the version to be signed lacks nothing. Sending a draft back requires nothing."""
    if answers.get("sendBack") is True:
        return []
    plan = plan_of(step)
    if plan is None:
        return missing(papers_of(step).sections, first_circumstances(step))
    version = open_draft(step, plan)
    if version is None:
        return [FieldProblem("sections", "There is no draft version to sign. Prepare the amendments first.")]
    sections = _decided(step, plan, _agreed(step, plan, version.sections))
    return _lacking(step, plan, sections)


def _lacking(step: CaseStep, plan: PlanRow, sections: Mapping[str, Any]) -> list[FieldProblem]:
    of = amended_circumstances(step, plan)
    if plan.brought_in:
        return newly_missing(current_version(step, plan).sections, sections, of)
    return missing(sections, of)


def _new_draft(step: CaseStep, plan: PlanRow, current: Version, origin: str) -> Version:
    number = next_number(step, plan)
    insert_version(
        step,
        plan,
        number,
        origin=origin,
        state="draft",
        sections=current.sections,
        upto=current.documents_to,
        review_key=None if origin == "amendment" else _live_review(step, plan),
    )
    return _required_draft(step, plan)


def _required_draft(step: CaseStep, plan: PlanRow) -> Version:
    version = open_draft(step, plan)
    if version is None:
        raise LookupError(f"Plan {plan.key} has no draft version. Prepare the amendments first.")
    return version


def _live_review(step: CaseStep, plan: PlanRow) -> int | None:
    found: int | None = step.connection.execute(_LIVE_REVIEW, {"plan": plan.key}).scalar()
    return found


def _agreed(step: CaseStep, plan: PlanRow, sections: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The sections with health's word on a section G that has changed and isn't agreed yet."""
    health = sections.get("G", {})
    if not health.get("provision") or health.get("agreedOn"):
        return writing.tidy(sections)
    return writing.with_agreement(sections, _newest(step, plan, "icb_agreement"))


def _decided(step: CaseStep, plan: PlanRow, sections: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The sections with the setting that the decision on the amendments names, where it names one."""
    decision = _newest(step, plan, _DECISION)
    if decision.get("changeSetting") is not True:
        return writing.tidy(sections)
    return writing.with_setting(sections, decision)


def _newest(step: CaseStep, plan: PlanRow, form_key: str) -> dict[str, Any]:
    """The newest answers of a form since the current version was issued; empty without any."""
    filed = step.just_filed(form_key)
    if filed is not None:
        return filed
    since = current_version(step, plan).last_document
    asked = {"case": step.case_key, "form": form_key, "since": since or 0}
    content = step.connection.execute(_NEWEST, asked).scalar()
    answers: dict[str, Any] = json.loads(content) if content is not None else {}
    return answers


_document = tables.document
_NEWEST = (
    select(_document.c.content)
    .where(
        _document.c.case_key == bindparam("case"),
        _document.c.key > bindparam("since"),
        _document.c.form_key == bindparam("form"),
    )
    .order_by(_document.c.key.desc())
    .limit(1)
)
_LIVE_REVIEW = select(tables.review.c.key).where(tables.review.c.plan_key == bindparam("plan"), LIVE_REVIEW)
