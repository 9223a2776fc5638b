"""Incidents as process owners work on them: found, taken in hand, noted on, and retried."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Select, func, insert, select, update

from engine.errors import BadInput, EhcError, NotFound, StepIncident, VersionMismatch
from engine.services import incidents, paging
from engine.services.audit.audit import Actor, Event
from engine.services.principals import Principal, principal_of
from engine.services.processes import process_control
from engine.services.processes.views_of_control import IncidentView, ManyDone, Refused, RetriedView
from engine.services.sight import sight
from engine.services.step import CaseStep
from engine.services.views import Page, PageEnd
from engine.store import tables
from engine.store.control_tables import incident_care
from engine.store.types import AnyRow

if TYPE_CHECKING:
    from engine.application import Engine

STATES = ("open", "resolved")
#: Incidents of one request.
MOST = 200


def list_incidents(
    engine: Engine,
    principal: Principal,
    *,
    state: str | None = None,
    case_key: str | None = None,
    process_instance_key: str | None = None,
    process_definition_id: str | None = None,
    element_id: str | None = None,
    assignee: str | None = None,
    limit: int = 50,
    cursor: str | None = None,
) -> Page[IncidentView]:
    """The incidents of the authority, the newest first.

    Args:
        state: one of `STATES`, or "all"; without it the open ones.
        assignee: "me", "nobody", or the key of a membership.
    """
    principal.require("process:read")
    query = _seen_by(principal).order_by(_incident.c.key.desc())
    if state != "all":
        query = query.where(_incident.c.state == _known(state or "open"))
    plain = {
        _incident.c.case_key: case_key and sight.key(case_key),
        _incident.c.instance_key: process_instance_key and sight.key(process_instance_key),
        _definition.c.process_id: process_definition_id,
        _incident.c.element_id: element_id,
    }
    query = query.where(*(column == value for column, value in plain.items() if value is not None))
    query = _assigned(query, principal, assignee)
    if cursor is not None:
        query = query.where(_incident.c.key < paging.decode(cursor, int)[0])
    with engine.database.read() as connection:
        rows = connection.execute(query.limit(paging.clamp(limit) + 1)).all()
    end = paging.encode([rows[limit - 1].key]) if len(rows) > limit else None
    return Page(items=[_view(row) for row in rows[:limit]], page=PageEnd(end_cursor=end))


def get_incident(engine: Engine, principal: Principal, key: str) -> IncidentView:
    """One incident.

    Raises:
        NotFound: there is none in this authority.
    """
    with engine.database.read() as connection:
        return _view(_find(connection, principal, key))


def annotate(engine: Engine, principal: Principal, key: str, annotation: str | None) -> IncidentView:
    """Write down what is known of an incident; None takes the note away.

    Raises:
        NotFound: there is none in this authority.
    """

    def work(step: CaseStep, row: AnyRow) -> None:
        _care(step, row, annotation=annotation)
        step.audit.append(Event.INCIDENT_ANNOTATED, incident=row.key)

    return _changed(engine, principal, key, None, work)


def assign(engine: Engine, principal: Principal, key: str, membership_key: str | None) -> IncidentView:
    """Say who has an incident in hand; None: nobody.

    Raises:
        NotFound: there is no such incident in this authority.
        BadInput: the membership isn't one of somebody who may retry it.
    """

    def work(step: CaseStep, row: AnyRow) -> None:
        whose = None if membership_key is None else _carer(step.connection, principal, membership_key)
        _care(step, row, assignee_key=whose)
        step.audit.append(Event.INCIDENT_ASSIGNED, incident=row.key, to=whose)

    return _changed(engine, principal, key, None, work)


def retry(engine: Engine, principal: Principal, key: str, version: int | None = None) -> RetriedView:
    """Let the instance of an incident go on, and try at once what is due in it.

    Raises:
        NotFound, VersionMismatch: as their names say.
        Conflict: it's resolved already.
    """

    def work(step: CaseStep, row: AnyRow) -> None:
        incidents.resolve(step, row.key)
        _care(step, row)

    resolved = _changed(engine, principal, key, version, work)
    actor = Actor(principal.membership_key, principal.organisation)
    following = None
    try:
        process_control.catch_up(engine, int(resolved.case_key), int(resolved.process_instance_key), actor)
    except StepIncident as failed:
        following = str(failed.incident_key)
    fields = {name: getattr(resolved, name) for name in resolved.__struct_fields__}
    return RetriedView(**fields, next_incident_key=following)


def retry_all(engine: Engine, principal: Principal, keys: Iterable[str]) -> ManyDone:
    """Retry several incidents, each by itself. One that fails again counts as refused.

    Raises:
        BadInput: more than `MOST`.
    """
    principal.require("process:change")
    wanted = list(dict.fromkeys(keys))
    if len(wanted) > MOST:
        raise BadInput.field("incidentKeys", f"At most {MOST} incidents are retried at once.")
    done, refused = 0, []
    for key in wanted:
        try:
            retried = retry(engine, principal, key)
        except EhcError as problem:
            refused.append(Refused(key=key, code=problem.code, detail=problem.message))
            continue
        if retried.next_incident_key is None:
            done += 1
        else:
            detail = f"It failed again: see incident {retried.next_incident_key}."
            refused.append(Refused(key=key, code=StepIncident.code, detail=detail))
    return ManyDone(done=done, refused=refused, left=0)


def _changed(
    engine: Engine,
    principal: Principal,
    key: str,
    version: int | None,
    work: Callable[[CaseStep, AnyRow], None],
) -> IncidentView:
    principal.require("process:change")
    with engine.database.write() as connection:
        case_key = _find(connection, principal, key).case_key
        actor = Actor(principal.membership_key, principal.organisation)
        step = CaseStep.lock(engine, connection, case_key, actor)
        row = _find(connection, principal, key)
        if version not in (None, row.version or 0):
            raise VersionMismatch(f"Incident {key} stands at version {row.version or 0}, not {version}.")
        work(step, row)
        step.save()
        return _view(_find(connection, principal, key))


def _care(step: CaseStep, row: AnyRow, **changes: object) -> None:
    """Write down that an incident was worked on."""
    values = {"changed_at": step.now, **changes}
    if row.version is None:
        first = {"authority": step.authority, "incident_key": row.key, "version": 1}
        step.connection.execute(insert(incident_care).values({**first, **values}))
    else:
        step.connection.execute(
            update(incident_care)
            .where(incident_care.c.incident_key == row.key)
            .values({**values, "version": incident_care.c.version + 1})
        )


def _carer(connection: Connection, principal: Principal, membership_key: str) -> int:
    """The key of a membership that may look after incidents of this authority."""
    try:
        carer = principal_of(connection, sight.key(membership_key))
    except NotFound:
        carer = None
    if carer is None or carer.authority != principal.authority or "process:change" not in carer.permissions:
        raise BadInput.field("membershipKey", "This isn't the membership of somebody who may retry it.")
    return carer.membership_key


def _find(connection: Connection, principal: Principal, key: str) -> AnyRow:
    principal.require("process:read")
    query = _seen_by(principal).where(_incident.c.key == sight.key(key))
    row = connection.execute(query).one_or_none()
    if row is None:
        raise NotFound(f"There is no incident {key} for you.")
    return row


def _seen_by(principal: Principal) -> Select[Any]:
    own = _incident.c.authority == principal.authority
    return _LIST.where(own, sight.open_to(principal, _incident.c.case_key))


def _known(state: str) -> str:
    if state not in STATES:
        raise BadInput.field("state", f"state is one of all, {', '.join(STATES)}.")
    return state


def _assigned(query: Select[Any], principal: Principal, assignee: str | None) -> Select[Any]:
    if assignee is None:
        return query
    if assignee == "nobody":
        return query.where(incident_care.c.assignee_key.is_(None))
    whose = principal.membership_key if assignee == "me" else sight.key(assignee)
    return query.where(incident_care.c.assignee_key == whose)


def _view(row: AnyRow) -> IncidentView:
    return IncidentView(
        key=str(row.key),
        case_key=str(row.case_key),
        process_instance_key=str(row.instance_key),
        process_definition_key=str(row.definition_key),
        process_definition_id=row.process_id,
        element_id=row.element_id,
        attempted=row.attempted,
        message=row.message,
        remedy=row.remedy,
        state=row.state,
        created_at=row.created_at,
        resolved_at=row.resolved_at,
        held_timers=row.held_timers,
        assignee_key=str(row.assignee_key) if row.assignee_key is not None else None,
        assignee=row.assignee,
        annotation=row.annotation,
        version=row.version or 0,
    )


_incident, _instance, _definition = tables.incident, tables.instance, tables.process_definition
_timer, _membership, _person = tables.timer, tables.membership, tables.person
_HELD = (
    select(func.count())
    .select_from(_timer)
    .where(_timer.c.instance_key == _incident.c.instance_key, _timer.c.incident_key == _incident.c.key)
    .correlate(_incident)
    .scalar_subquery()
)
_LIST: Select[Any] = (
    select(
        _incident,
        _instance.c.definition_key,
        _definition.c.process_id,
        incident_care.c.assignee_key,
        incident_care.c.annotation,
        incident_care.c.version,
        _person.c.name.label("assignee"),
        _HELD.label("held_timers"),
    )
    .join(_instance, _instance.c.key == _incident.c.instance_key)
    .join(_definition, _definition.c.key == _instance.c.definition_key)
    .outerjoin(incident_care, incident_care.c.incident_key == _incident.c.key)
    .outerjoin(_membership, _membership.c.key == incident_care.c.assignee_key)
    .outerjoin(_person, _person.c.key == _membership.c.person_key)
)
