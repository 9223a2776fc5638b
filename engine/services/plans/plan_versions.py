"""The versions of a plan: immutable once issued, each with the digest of its content.

A plan changes only by a new version (regulations 22 and 28). The first one is put together here from the
documents of the assessment; later ones begin as drafts (`plan_drafts`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, func, insert, select, update

from engine.plans.completeness import Circumstances, missing
from engine.plans.school_years import school_year_of, year_group_on
from engine.plans.settings import kind_of, type_of
from engine.services.audit.audit import Event
from engine.services.plans.plan_papers import papers_of
from engine.services.plans.plan_rows import PlanRow, change_plan, curriculum_year, make_plan
from engine.services.reviews.light_reviews import start_if_young
from engine.spiff import ElementInfo
from engine.store import tables
from engine.store.types import to_text

if TYPE_CHECKING:
    from engine.services.step import CaseStep

#: The limits that a plan opens whatever a diagram says (sections 42 and 44(1)(a)).
FROM_THE_PLAN = ("s42_secure_provision", "s44_first_review")
UNDER_FIVE = 5


@dataclass(frozen=True)
class Version:
    """A version of a plan as its row stands, its content parsed."""

    key: int
    plan_key: int
    number: int
    state: str
    origin: str
    sections: dict[str, dict[str, Any]]
    digest: str
    issued_on: date | None
    documents_to: int
    last_document: int | None


def issue(step: CaseStep, element: ElementInfo, inputs: Mapping[str, Any]) -> dict[str, object]:
    """Make the plan of the case: its first version, from the newest documents, issued today.

    Raises:
        ValueError: the case has a plan already, or the documents don't make a complete one.
    """
    papers = papers_of(step)
    lacking = missing(papers.sections, first_circumstances(step))
    if lacking:
        raise ValueError(f"The plan isn't complete: {lacking[0].message} Send the draft back.")
    placed = papers.sections["I"]
    urn = placed.get("settingUrn")
    plan = make_plan(
        step,
        made_on=step.ledger.anchors.get(("plan_made_on", ""), step.today),
        version=1,
        setting_urn=urn,
        setting_type=setting_type(step, urn, placed.get("settingType")),
        looked_after=inputs.get("lookedAfter") is True,
        in_custody=inputs.get("inCustody") is True,
        **_year_group(step),
    )
    insert_version(
        step, plan, 1, origin="assessment", state="issued", sections=papers.sections, upto=papers.newest
    )
    step.audit.append(Event.PLAN_ISSUED, plan=plan.key, version=1)
    for rule in FROM_THE_PLAN:
        step.ledger.open(rule)
    plan = change_plan(step, next_review_by=step.ledger.open("s44_first_review").due_on)
    start_if_young(step)
    return seen_by_process(step, plan)


def first_circumstances(step: CaseStep) -> Circumstances:
    """What the completeness of the first version depends on."""
    papers = papers_of(step)
    year = _year_group(step)
    known = year["curriculum_year"]
    return Circumstances(
        age=age_today(step),
        year_group=None if known is None else year_group_on(step.today, known, year["year_from"]),
        direct_payment=papers.direct_payment,
        advisers=papers.advisers,
    )


def amended_circumstances(step: CaseStep, plan: PlanRow) -> Circumstances:
    """What the completeness of a later version depends on."""
    return Circumstances(age=age_today(step), year_group=curriculum_year(plan, step.today), first=False)


def seen_by_process(step: CaseStep, plan: PlanRow) -> dict[str, object]:
    """What a diagram may see of a plan: keys, codes and numbers."""
    year = curriculum_year(plan, step.today)
    return {
        "key": str(plan.key),
        "version": plan.version,
        "settingUrn": plan.setting_urn,
        "settingType": plan.setting_type,
        "settingKind": kind_of(plan.setting_type, year),
        "curriculumYear": year,
        "underFive": age_today(step) < UNDER_FIVE,
    }


def age_today(step: CaseStep) -> int:
    """The child's age in completed years."""
    born, day = step.born_on(), step.today
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def setting_type(step: CaseStep, urn: str | None, decided: str | None) -> str:
    """The kind of the setting named: what is known of the organisation, else what was decided."""
    known = None
    if urn is not None:
        known = step.connection.execute(
            _TYPE_OF, {"authority": step.authority, "code": f"urn:{urn}"}
        ).scalar()
    return known or type_of(decided)


def _year_group(step: CaseStep) -> dict[str, Any]:
    """The child's year group as the request gave it, and the school year that it was given for."""
    year = step.connection.execute(_YEAR_OF, {"child": step.case.child_key}).scalar_one()
    since = None if year is None else school_year_of(step.received_on)
    return {"curriculum_year": year, "year_from": since}


# --- rows ------------------------------------------------------------------------------------


def insert_version(
    step: CaseStep,
    plan: PlanRow,
    number: int,
    *,
    origin: str,
    state: str,
    sections: Mapping[str, Any],
    upto: int,
    review_key: int | None = None,
    issued_on: date | None = None,
) -> int:
    """Write a version; gives its key."""
    text, digest = content_of(sections)
    values = {
        "authority": step.authority,
        "case_key": step.case_key,
        "plan_key": plan.key,
        "number": number,
        "state": state,
        "origin": origin,
        "sections": text,
        "digest": digest,
        "review_key": review_key,
        "issued_on": (issued_on or step.today) if state == "issued" else None,
        "documents_to": upto,
        "last_document": step.last_document() if state == "issued" else None,
        "created_at": step.now,
    }
    return int(step.connection.execute(_NEW, values).scalar_one())


def change_draft(step: CaseStep, version: Version, **values: Any) -> None:
    """Write new values of a draft version; the database itself refuses it for any other."""
    if "sections" in values:
        values["sections"], values["digest"] = content_of(values["sections"])
    step.connection.execute(update(_version).where(_version.c.key == version.key).values(values))


def content_of(sections: Mapping[str, Any]) -> tuple[str, str]:
    """A plan's content as it is kept, and its digest."""
    text = to_text(sections)
    return text, hashlib.sha256(text.encode()).hexdigest()


def current_version(step: CaseStep, plan: PlanRow) -> Version:
    """The newest version that was issued."""
    found = find_version(step, plan, plan.version)
    assert found is not None, plan
    return found


def find_version(step: CaseStep, plan: PlanRow, number: int) -> Version | None:
    """The version of this number, if there is one."""
    row = step.connection.execute(_NUMBERED, {"plan": plan.key, "number": number}).one_or_none()
    return version_of(row) if row is not None else None


def open_draft(step: CaseStep, plan: PlanRow) -> Version | None:
    """The draft that is being worked on, if there is one."""
    row = step.connection.execute(_DRAFT, {"plan": plan.key}).one_or_none()
    return version_of(row) if row is not None else None


def next_number(step: CaseStep, plan: PlanRow) -> int:
    """The number of the next version; one that was discarded keeps its own."""
    return 1 + int(step.connection.execute(_LAST, {"plan": plan.key}).scalar_one())


def version_of(row: Any) -> Version:
    """A row as a version."""
    values = {each.name: getattr(row, each.name) for each in fields(Version)}
    return Version(**{**values, "sections": json.loads(row.sections)})


_version = tables.plan_version
_NEW = insert(_version).returning(_version.c.key)
_COLUMNS = select(*(_version.c[each.name] for each in fields(Version))).where(
    _version.c.plan_key == bindparam("plan")
)
_NUMBERED = _COLUMNS.where(_version.c.number == bindparam("number"))
_DRAFT = _COLUMNS.where(_version.c.state == "draft").order_by(_version.c.number.desc()).limit(1)
_LAST = select(func.max(_version.c.number)).where(_version.c.plan_key == bindparam("plan"))
_TYPE_OF = select(tables.organisation.c.setting_type).where(
    tables.organisation.c.authority == bindparam("authority"),
    tables.organisation.c.code == bindparam("code"),
)
_YEAR_OF = select(tables.child.c.national_curriculum_year).where(tables.child.c.key == bindparam("child"))
