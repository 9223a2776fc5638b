"""Cases: a request is raised, and everything that belongs to it is seen under it."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Select, and_, bindparam, func, insert, or_, select

from engine.clock import parse_instant
from engine.errors import BadInput, Conflict, FieldProblem, NotFound
from engine.plans.ages import age_on
from engine.plans.school_years import school_year_of
from engine.services import paging
from engine.services.audit.audit import GENESIS, Actor, Event, note, parse
from engine.services.audit.timeline import describe
from engine.services.deadlines.deadlines import FROM_THE_REQUEST
from engine.services.deadlines.views_of_deadlines import deadline_views
from engine.services.families.family_rows import record_requester
from engine.services.instances import StepFault
from engine.services.principals import Principal
from engine.services.sight import sight
from engine.services.step import CaseStep
from engine.services.views import (
    CaseView,
    ChildView,
    DeadlineView,
    Page,
    PageEnd,
    RaisedRequest,
    TimelineEntry,
)
from engine.store import tables
from engine.store.types import AnyRow, Instant

if TYPE_CHECKING:
    from engine.application import Engine

#: The process that a request starts.
PROCESS = "request_to_plan"
#: Who may request an assessment under section 36(1); anybody else brings the child to attention (s.24).
REQUESTERS = ("parent", "young_person", "school", "other")
_OLDEST = 25


@dataclass(frozen=True)
class NewChild:
    """The child or young person a request is about."""

    given_name: str
    family_name: str
    date_of_birth: date
    national_curriculum_year: int | None = None
    upn: str | None = None
    nhs_number: str | None = None


@dataclass(frozen=True)
class ChildFacts:
    """What decides whose advice must be sought (reg 6(1)); all false unless somebody says so."""

    looked_after: bool = False
    detained: bool = False
    sensory_impairment: bool = False
    armed_forces_parent: bool = False
    known_to_social_care: bool = False
    recent_assessment: bool = False


@dataclass(frozen=True)
class RequestForAssessment:
    """A request for an EHC needs assessment, received on a day."""

    child: NewChild
    requested_by_role: str
    requested_by_name: str
    received_on: date
    setting_urn: str | None = None
    facts: ChildFacts = ChildFacts()


def raise_request(engine: Engine, principal: Principal, request: RequestForAssessment) -> RaisedRequest:
    """Open a case, start its limits and its process, in one transaction.

    A request by parent, young person or school counts from its receipt; anybody else's brings the child to
    the authority's attention (section 24), and the limits count from then.

    Raises:
        BadInput: names every field that can't be right.
    """
    principal.require("request:raise")
    _check(engine, request)
    actor = Actor(principal.membership_key, principal.organisation)
    try:
        with engine.database.write() as connection:
            child_key = insert_child(connection, principal.authority, request.child)
            record_requester(
                connection,
                child_key,
                authority=principal.authority,
                role=request.requested_by_role,
                name=request.requested_by_name,
                on=request.received_on,
                now=engine.clock.now(),
            )
            case_key = insert_case(
                engine,
                connection,
                authority=principal.authority,
                child_key=child_key,
                status="considering",
                requested_by=request.requested_by_role,
                requester_name=unicodedata.normalize("NFC", request.requested_by_name),
                received_on=request.received_on,
                setting_urn=request.setting_urn,
            )
            step = CaseStep.lock(engine, connection, case_key, actor)
            instance_key = _open(step, request)
            step.save()
    except StepFault as fault:
        raise Conflict(
            f"The request couldn't be started and nothing was kept: {fault} Ask the process owner to look at"
            " the deployed diagrams, then send it again."
        ) from fault
    engine.meters.step_done(step.lateness)
    return RaisedRequest(case_key=str(case_key), process_instance_key=str(instance_key))


def _open(step: CaseStep, request: RequestForAssessment) -> int:
    received = request.requested_by_role != "other"
    step.audit.append(Event.CASE_OPENED, requested_by=request.requested_by_role)
    step.ledger.record("request_received_on" if received else "became_responsible_on", request.received_on)
    for rule in FROM_THE_REQUEST:
        step.ledger.open(rule)
    live = step.start(PROCESS, variables_at_start(step, request))
    step.settle()
    step.fire_due()
    return live.key


def variables_at_start(step: CaseStep, request: RequestForAssessment) -> dict[str, object]:
    """What the process knows of a request from the start."""
    child, facts = request.child, request.facts
    return {
        "caseKey": str(step.case_key),
        "requestedBy": request.requested_by_role,
        "nationalCurriculumYear": child.national_curriculum_year,
        "schoolYearBegins": school_year_of(request.received_on),
        "ageOnRequest": age_on(child.date_of_birth, request.received_on),
        "settingUrn": request.setting_urn,
        "settingKind": _setting_kind(child.national_curriculum_year, request.setting_urn),
        "lookedAfter": facts.looked_after,
        "detained": facts.detained,
        "sensoryImpairment": facts.sensory_impairment,
        "armedForcesParent": facts.armed_forces_parent,
        "knownToSocialCare": facts.known_to_social_care,
        "recentAssessment": facts.recent_assessment,
    }


def _setting_kind(year: int | None, urn: str | None) -> str:
    if urn is None:
        return "none"
    if year is not None and year < 0:
        return "early_years"
    return "post_16" if year is not None and year > 11 else "school"


def _check(engine: Engine, request: RequestForAssessment) -> None:
    today = engine.clock.today()
    child, problems = request.child, []
    if request.received_on > today:
        problems.append(FieldProblem("receivedOn", f"The request can't be received after today, {today}."))
    if child.date_of_birth > request.received_on:
        problems.append(
            FieldProblem("child.dateOfBirth", "The child can't be born after the request was received.")
        )
    elif age_on(child.date_of_birth, request.received_on) >= _OLDEST:
        problems.append(
            FieldProblem("child.dateOfBirth", "An assessment can be requested until the 25th birthday only.")
        )
    if request.requested_by_role not in REQUESTERS:
        problems.append(FieldProblem("requestedBy.role", f"role is one of {', '.join(REQUESTERS)}."))
    if problems:
        raise BadInput("The request can't be accepted.", problems)


def insert_child(connection: Connection, authority: str, child: NewChild) -> int:
    """Write who a case is about; gives the row's key."""
    values = {
        "authority": authority,
        "given_name": unicodedata.normalize("NFC", child.given_name),
        "family_name": unicodedata.normalize("NFC", child.family_name),
        "search_name": folded(f"{child.given_name} {child.family_name}"),
        "date_of_birth": child.date_of_birth,
        "national_curriculum_year": child.national_curriculum_year,
        "upn": child.upn,
        "nhs_number": child.nhs_number,
    }
    return int(connection.execute(_NEW_CHILD, values).scalar_one())


def folded(name: str) -> str:
    """A name as it is searched: without case, composed."""
    return unicodedata.normalize("NFC", name.casefold())


def insert_case(engine: Engine, connection: Connection, **values: Any) -> int:
    """Write a case that nothing has happened in yet; gives its key."""
    given = {"opened_at": engine.clock.now(), "version": 0, "audit_sequence": 0, "audit_hash": GENESIS}
    return int(connection.execute(_NEW_CASE, {**values, **given}).scalar_one())


# --- looking ---------------------------------------------------------------------------------


def list_cases(
    engine: Engine,
    principal: Principal,
    *,
    status: str | None = None,
    limit: int = 50,
    cursor: str | None = None,
) -> Page[CaseView]:
    """The cases that a principal finds, newest first. A list isn't a read of a case."""
    principal.require("case:read")
    query = _seen_by(principal).order_by(_case.c.key.desc())
    if status is not None:
        query = query.where(_case.c.status == status)
    if cursor is not None:
        query = query.where(_case.c.key < paging.decode(cursor, int)[0])
    with engine.database.read() as connection:
        rows = connection.execute(query.limit(paging.clamp(limit) + 1), {"now": engine.clock.now()}).all()
    end = paging.encode([rows[limit - 1].key]) if len(rows) > limit else None
    return Page(items=[_view(principal, row) for row in rows[:limit]], page=PageEnd(end_cursor=end))


def get_case(engine: Engine, principal: Principal, key: str) -> CaseView:
    """One case; that it was opened is written to its audit trail.

    Raises:
        NotFound: there is none that this principal sees.
    """
    principal.require("case:read")
    with engine.database.read() as connection:
        row = find_case(engine, connection, principal, key)
    note(engine, row.key, Actor(principal.membership_key, principal.organisation), Event.CASE_READ)
    return _view(principal, row)


def case_deadlines(engine: Engine, principal: Principal, key: str) -> list[DeadlineView]:
    """Every limit of a case that the principal may see, in the order of opening."""
    principal.require("case:read")
    with engine.database.read() as connection:
        row = find_case(engine, connection, principal, key)
        query = _DEADLINES.where(tables.deadline.c.case_key == row.key, sight.deadlines(principal))
        rows = connection.execute(query).all()
        return deadline_views(engine, connection, row, rows)


@dataclass(frozen=True)
class Told:
    """Which events of a case's history are wanted; None: any.

    `event` is a whole name, or a subject with all that happened to it: `deadline`.
    """

    event: str | None = None
    organisation: str | None = None
    element_id: str | None = None
    since: datetime | None = None
    before: datetime | None = None

    def fits(self, event: Mapping[str, Any]) -> bool:
        """Whether an event is among them."""
        at = parse_instant(event["at"])
        return (
            self.event in (None, event["event"], event["event"].partition(":")[0])
            and self.organisation in (None, event["actor"]["organisation"])
            and self.element_id in (None, event["element"])
            and (self.since is None or at >= self.since)
            and (self.before is None or at < self.before)
        )


def case_timeline(
    engine: Engine,
    principal: Principal,
    key: str,
    limit: int = 100,
    cursor: str | None = None,
    *,
    told: Told = Told(),
) -> Page[TimelineEntry]:
    """What happened in a case, oldest first; another organisation's doings only for the SEND team."""
    principal.require("case:read")
    after = paging.decode(cursor, int)[0] if cursor is not None else 0
    with engine.database.read() as connection:
        row = find_case(engine, connection, principal, key)
        query = _EVENTS.where(_event.c.case_key == row.key, _event.c.sequence > after)
        events = [event for found in connection.execute(query) if told.fits(event := parse(found.body))]
        if not sight.sees_whole_cases(principal):
            mine = sight.organisations(principal)
            events = [event for event in events if event["actor"]["organisation"] in mine]
        names = names_of(connection, events[:limit])
    entries = [_entry(event, names) for event in events[: paging.clamp(limit)]]
    end = paging.encode([entries[-1].sequence]) if len(events) > limit else None
    return Page(items=entries, page=PageEnd(end_cursor=end))


def find_case(engine: Engine, connection: Connection, principal: Principal, key: str) -> AnyRow:
    """The row of a case that the principal sees.

    Raises:
        NotFound: there is none.
    """
    query = _seen_by(principal).where(_case.c.key == sight.key(key))
    row = connection.execute(query, {"now": engine.clock.now()}).one_or_none()
    if row is None:
        raise NotFound(f"There is no case {key} for you.")
    return row


def _seen_by(principal: Principal) -> Select[Any]:
    """The cases that a principal finds; what it may not see of them isn't counted either."""
    return _CASES.add_columns(
        _OPEN_TASKS.where(sight.tasks(principal)).correlate(_case).scalar_subquery().label("open_tasks"),
        _LATE.where(sight.deadlines(principal)).correlate(_case).scalar_subquery().label("late_deadlines"),
    ).where(sight.cases(principal))


def _entry(event: dict[str, Any], names: dict[int, str]) -> TimelineEntry:
    membership = event["actor"]["membership"]
    return TimelineEntry(
        sequence=event["sequence"],
        at=parse_instant(event["at"]),
        event=event["event"],
        actor=names.get(membership, "the engine") if membership else "the engine",
        organisation=event["actor"]["organisation"],
        element_id=event["element"],
        text=describe(event),
        details=event["details"],
    )


def names_of(connection: Connection, events: Sequence[Mapping[str, Any]]) -> dict[int, str]:
    """Who did what is told of events, by the keys of their memberships."""
    keys = {event["actor"]["membership"] for event in events} - {None}
    if not keys:
        return {}
    rows = connection.execute(_NAMES.where(tables.membership.c.key.in_(keys))).all()
    return {row.key: row.name for row in rows}


def _view(principal: Principal, row: AnyRow) -> CaseView:
    child = ChildView(
        given_name=row.given_name,
        family_name=row.family_name,
        date_of_birth=row.date_of_birth,
        national_curriculum_year=row.national_curriculum_year,
        upn=row.upn,
        nhs_number=row.nhs_number,
    )
    return CaseView(
        key=str(row.key),
        status=row.status,
        child=None if principal.role in sight.BOARDS else child,
        requested_by=row.requested_by,
        received_on=row.received_on,
        setting_urn=row.setting_urn,
        opened_at=row.opened_at,
        closed_at=row.closed_at,
        version=row.version,
        open_tasks=row.open_tasks,
        late_deadlines=row.late_deadlines,
    )


_case, _child, _event = tables.ehc_case, tables.child, tables.audit_event
_NEW_CHILD = insert(_child).returning(_child.c.key)
_NEW_CASE = insert(_case).returning(_case.c.key)
_OPEN_TASKS = select(func.count()).where(tables.task.c.case_key == _case.c.key, tables.OPEN_TASK)
_LATE = select(func.count()).where(
    tables.deadline.c.case_key == _case.c.key,
    or_(
        tables.deadline.c.status == "late",
        and_(
            tables.deadline.c.status == "running",
            tables.deadline.c.exceptions == [],
            tables.deadline.c.nature == "deadline",
            tables.deadline.c.broken_at <= bindparam("now", type_=Instant()),
        ),
    ),
)
_CASES = select(
    _case,
    _child.c.given_name,
    _child.c.family_name,
    _child.c.date_of_birth,
    _child.c.national_curriculum_year,
    _child.c.upn,
    _child.c.nhs_number,
).join(_child, _child.c.key == _case.c.child_key)
_DEADLINES = select(tables.deadline).order_by(tables.deadline.c.opened_at, tables.deadline.c.key)
_EVENTS = select(_event.c.body).order_by(_event.c.sequence)
_NAMES = select(tables.membership.c.key, tables.person.c.name).join(
    tables.person, tables.person.c.key == tables.membership.c.person_key
)
