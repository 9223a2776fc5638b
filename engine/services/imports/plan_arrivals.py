"""A plan that was made elsewhere is brought in: what must run for it runs from the same moment."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, bindparam, select

from engine.errors import BadInput, Conflict, FieldProblem
from engine.plans import writing
from engine.plans.checking import problems_of
from engine.plans.school_years import impossible_year, school_year_of
from engine.plans.settings import SETTING_TYPES
from engine.services.audit.audit import Actor, Event
from engine.services.cases.cases import NewChild, insert_case, insert_child
from engine.services.families.families import NewMember, add_member, service_problems
from engine.services.imports.duplicates import plans_of, refuse_second_plan
from engine.services.instances import StepFault
from engine.services.plans.plan_rows import change_plan, make_plan
from engine.services.plans.plan_versions import insert_version, seen_by_process
from engine.services.plans.plan_views import BroughtInView
from engine.services.principals import Principal
from engine.services.reviews.light_reviews import start_if_young
from engine.services.step import CaseStep
from engine.store import tables

if TYPE_CHECKING:
    from engine.application import Engine

#: Part 3 of the Children and Families Act 2014 is in force from this day: there is no older plan.
FIRST_PLANS = date(2014, 9, 1)
#: A plan ends at the latest with the academic year in which its holder turns so old (section 46).
_LAST_AGE = 25
_ACADEMIC_YEAR_ENDS = (8, 31)


@dataclass(frozen=True)
class LastReview:
    """The review that was decided last: its meeting, and the day on which the decision was notified."""

    meeting_on: date
    decided_on: date


@dataclass(frozen=True)
class PlanFromElsewhere:
    """A plan as another authority, or an older system, made it."""

    child: NewChild
    finalised_on: date
    setting_urn: str | None = None
    setting_type: str | None = None
    last_review: LastReview | None = None
    looked_after: bool = False
    in_custody: bool = False
    sections: Mapping[str, Any] = field(default_factory=dict)
    family: tuple[NewMember, ...] = ()
    #: Whether it's refused where a plan for this UPN or NHS number is in force already.
    refuse_duplicates: bool = False


def bring_in(engine: Engine, principal: Principal, arriving: PlanFromElsewhere) -> BroughtInView:
    """Open a case for a plan that was made elsewhere and start its reviews, in one transaction.

    Raises:
        BadInput: names every field that can't be right.
        DuplicateCase: a plan for this child is in force in this authority, and that is to be refused.
        Conflict: the processes can't be started; nothing was kept.
    """
    principal.require("plan:bring_in")
    today = engine.clock.today()
    with engine.database.read() as connection:
        known_type = _type_of(connection, principal.authority, arriving.setting_urn)
    problems = [*_dates(arriving, today), *_child(arriving, today), *_setting(arriving, known_type)]
    problems += [*_family(arriving, today), *problems_of(arriving.sections)]
    if problems:
        raise BadInput("The plan can't be brought in.", problems)
    kind = known_type or arriving.setting_type or ""
    try:
        with engine.database.write() as connection:
            opened = _open(engine, connection, principal, arriving, kind)
    except StepFault as fault:
        raise Conflict(
            f"The plan couldn't be brought in and nothing was kept: {fault} Ask the process owner to look at"
            " the deployed diagrams, then send it again."
        ) from fault
    engine.meters.step_done(())
    return opened


def _open(
    engine: Engine, connection: Connection, principal: Principal, arriving: PlanFromElsewhere, kind: str
) -> BroughtInView:
    duplicates = plans_of(connection, principal.authority, arriving.child)
    if arriving.refuse_duplicates:
        refuse_second_plan(duplicates)
    child_key = insert_child(connection, principal.authority, arriving.child)
    case_key = insert_case(
        engine,
        connection,
        authority=principal.authority,
        child_key=child_key,
        status="plan_issued",
        requested_by="other",
        requester_name=principal.organisation_name,
        received_on=engine.clock.today(),
        setting_urn=arriving.setting_urn,
    )
    actor = Actor(principal.membership_key, principal.organisation)
    step = CaseStep.lock(engine, connection, case_key, actor)
    step.audit.append(Event.PLAN_BROUGHT, on=arriving.finalised_on.isoformat())
    step.closed_at = step.now
    for member in arriving.family:
        add_member(step, member)
    plan_key = _make(step, arriving, kind)
    step.settle()
    step.fire_due()
    step.save()
    return BroughtInView(
        plan_key=str(plan_key), case_key=str(case_key), duplicates=[str(each) for each in duplicates]
    )


def _make(step: CaseStep, arriving: PlanFromElsewhere, kind: str) -> int:
    year = arriving.child.national_curriculum_year
    plan = make_plan(
        step,
        made_on=arriving.finalised_on,
        brought_in=True,
        version=1,
        setting_urn=arriving.setting_urn,
        setting_type=kind,
        curriculum_year=year,
        year_from=None if year is None else school_year_of(step.today),
        looked_after=arriving.looked_after,
        in_custody=arriving.in_custody,
    )
    insert_version(
        step,
        plan,
        1,
        origin="brought_in",
        state="issued",
        sections=_placed(arriving, kind),
        upto=0,
        issued_on=arriving.finalised_on,
    )
    plan = change_plan(step, next_review_by=_open_limits(step, arriving))
    _start(step, seen_by_process(step, plan))
    return plan.key


def _placed(arriving: PlanFromElsewhere, kind: str) -> dict[str, dict[str, Any]]:
    """The content that was sent; section I names at least the setting that was sent beside it."""
    sections = writing.tidy(arriving.sections)
    named = {"settingType": kind, "namedSettingUrn": arriving.setting_urn}
    return sections if "I" in sections else writing.with_setting(sections, named)


def _open_limits(step: CaseStep, arriving: PlanFromElsewhere) -> date | None:
    """Record what the law counts from and open what runs; gives the day for the next decision."""
    ledger = step.ledger
    ledger.record("plan_made_on", arriving.finalised_on)
    ledger.record("plan_issued_on", arriving.finalised_on)
    last = arriving.last_review
    if last is None:
        return ledger.open("s44_first_review").due_on
    ledger.record("last_review_on", last.decided_on)
    ledger.record("last_meeting_on", last.meeting_on)
    by_law = ledger.open("s44_next_review").due_on
    by_meeting = ledger.due("review_from_meeting_12m", "")
    days = (by_law, by_meeting.last_day if by_meeting is not None else None)
    return min((day for day in days if day is not None), default=None)


def _start(step: CaseStep, plan: Mapping[str, object]) -> None:
    case = {"caseKey": str(step.case_key)}
    step.start_later("review_schedule", case)
    start_if_young(step)
    watched = {"nationalCurriculumYear": plan["curriculumYear"], "settingKind": plan["settingKind"]}
    step.start_later("phase_transfer_watch", {**case, **watched})


# --- what can't be right ---------------------------------------------------------------------


def _dates(arriving: PlanFromElsewhere, today: date) -> Iterator[FieldProblem]:
    made, last = arriving.finalised_on, arriving.last_review
    if made > today:
        yield FieldProblem("finalisedOn", f"The plan can't be finalised after today, {today}.")
    if made < FIRST_PLANS:
        yield FieldProblem("finalisedOn", f"No plan was made before {FIRST_PLANS}: the Act wasn't in force.")
    if last is None:
        return
    if last.meeting_on < made:
        yield FieldProblem("lastReview.meetingOn", f"No review is held before the plan was made, on {made}.")
    if last.decided_on < last.meeting_on:
        yield FieldProblem(
            "lastReview.decidedOn", "A review is decided after its meeting (regulation 20(10)), never before."
        )
    for name, day in (("meetingOn", last.meeting_on), ("decidedOn", last.decided_on)):
        if day > today:
            yield FieldProblem(f"lastReview.{name}", f"This review is over: the day can't lie after {today}.")


def _child(arriving: PlanFromElsewhere, today: date) -> Iterator[FieldProblem]:
    child = arriving.child
    if child.date_of_birth > arriving.finalised_on:
        yield FieldProblem("child.dateOfBirth", "The child can't be born after the plan was made.")
        return
    turns = school_year_of(_birthday(child.date_of_birth, _LAST_AGE))
    if today > date(turns.year + 1, *_ACADEMIC_YEAR_ENDS):
        yield FieldProblem(
            "child.dateOfBirth",
            "A plan ends at the latest with the academic year of the 25th birthday (section 46).",
        )
    yield from _year(child, today)


def _year(child: NewChild, today: date) -> Iterator[FieldProblem]:
    year = child.national_curriculum_year
    why = None if year is None else impossible_year(child.date_of_birth, year, today)
    if why is not None:
        yield FieldProblem("child.nationalCurriculumYear", why)


def _setting(arriving: PlanFromElsewhere, known: str | None) -> Iterator[FieldProblem]:
    urn, kind = arriving.setting_urn, arriving.setting_type
    if kind is not None and kind not in SETTING_TYPES:
        yield FieldProblem("settingType", f"This is one of {', '.join(sorted(SETTING_TYPES))}.")
    elif urn is not None and known is None:
        yield FieldProblem("settingUrn", f"No setting of this authority's list has the URN {urn}.")
    elif urn is not None and known == "" and kind is None:
        yield FieldProblem("settingType", f"Say what kind of setting {urn} is: the list doesn't.")
    elif known and kind not in (None, known):
        yield FieldProblem("settingType", f"The setting {urn} is a {known}. Send that, or leave it out.")
    elif urn is None and kind is None:
        kinds = ", ".join(sorted(SETTING_TYPES))
        yield FieldProblem(
            "settingType", f"Send the URN of the setting named in section I, or its kind: {kinds}."
        )
    elif _names_another(arriving):
        yield FieldProblem(
            "sections.I.settingUrn", f"Section I names another setting than settingUrn, {urn}. Send the same."
        )


def _names_another(arriving: PlanFromElsewhere) -> bool:
    """Whether section I, where its content was sent, names a setting that isn't the one sent beside it."""
    section = arriving.sections.get("I")
    named = section.get("settingUrn") if isinstance(section, Mapping) else None
    return named is not None and named != arriving.setting_urn


def _family(arriving: PlanFromElsewhere, today: date) -> Iterator[FieldProblem]:
    for number, member in enumerate(arriving.family):
        for problem in service_problems(member.__dict__, today):
            yield FieldProblem(f"family[{number}].{problem.field}", problem.message)


def _type_of(connection: Connection, authority: str, urn: str | None) -> str | None:
    """The kind of a setting; empty where nobody has said, None for a number that isn't known."""
    if urn is None:
        return None
    found: Sequence[Any] = (
        connection.execute(_TYPE_OF, {"authority": authority, "code": f"urn:{urn}"}).scalars().all()
    )
    return (found[0] or "") if found else None


def _birthday(born: date, age: int) -> date:
    """The birthday of an age; somebody born on 29 February has it on 1 March in other years."""
    try:
        return born.replace(year=born.year + age)
    except ValueError:
        return date(born.year + age, 3, 1)


_organisation = tables.organisation
_TYPE_OF = select(_organisation.c.setting_type).where(
    _organisation.c.authority == bindparam("authority"), _organisation.c.code == bindparam("code")
)
