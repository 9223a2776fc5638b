"""Who has opened what of a case: written at each opening, for officers, auditors and the family.

A list isn't an opening. What the audit trail knows as a reading is written here by `audit.note`; a form is
opened at every task, and stands here alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Select, func, select

from engine.services import paging
from engine.services.audit.audit import log_opening
from engine.services.cases.cases import find_case
from engine.services.principals import Principal
from engine.services.sight import sight
from engine.services.sight.views_of_sight import AccessView, ReaderView
from engine.services.views import Page, PageEnd
from engine.store import tables
from engine.store.sight_tables import access_record
from engine.store.types import AnyRow

if TYPE_CHECKING:
    from engine.application import Engine

#: What the log calls the form of a task.
FORM = "form"
#: Everything that can be opened, in the log's words.
KINDS = ("case", "family", "plan", "review", "letter", "document", FORM)


def opened(engine: Engine, principal: Principal, case_key: int, what: str, subject: int | None) -> None:
    """Write down that a principal opened something of a case."""
    with engine.database.write() as connection:
        log_opening(connection, case_key, principal.membership_key, what, subject, engine.clock.now())


def list_accesses(
    engine: Engine, principal: Principal, case_key: str, *, limit: int = 50, cursor: str | None = None
) -> Page[AccessView]:
    """Who opened what of a case, the newest first.

    Raises:
        NotFound: there is no such case for this principal.
    """
    principal.require("access:read")
    query = _LIST.order_by(_record.c.key.desc())
    if cursor is not None:
        query = query.where(_record.c.key < paging.decode(cursor, int)[0])
    with engine.database.read() as connection:
        case = find_case(engine, connection, principal, case_key)
        sight.require_whole(principal, case_key)
        found = query.where(_record.c.case_key == case.key).limit(paging.clamp(limit) + 1)
        rows = connection.execute(found).all()
    items = [
        AccessView(
            key=str(row.key),
            opened_at=row.opened_at,
            what=row.what,
            subject_key=str(row.subject_key) if row.subject_key is not None else None,
            person=row.person,
            role=row.role,
            organisation=row.organisation,
            organisation_name=row.organisation_name or row.organisation,
        )
        for row in rows[:limit]
    ]
    end = paging.encode([rows[limit - 1].key]) if len(rows) > limit else None
    return Page(items=items, page=PageEnd(end_cursor=end))


def readers(engine: Engine, principal: Principal, case_key: str) -> list[ReaderView]:
    """Who has seen a case, for its family to read: by organisation and role, nobody by name.

    A name is given by whoever answers the family, where the law lets them; `list_accesses` has it.

    Raises:
        NotFound: there is no such case for this principal.
    """
    principal.require("access:read")
    with engine.database.read() as connection:
        case = find_case(engine, connection, principal, case_key)
        sight.require_whole(principal, case_key)
        rows = connection.execute(_READERS.where(_record.c.case_key == case.key)).all()
    kinds: dict[tuple[str, str], list[AnyRow]] = {}
    for row in rows:
        kinds.setdefault((row.organisation, row.role), []).append(row)
    return [_reader(of_role) for of_role in kinds.values()]


def _reader(rows: list[AnyRow]) -> ReaderView:
    """One organisation's role, of the rows that count each kind of thing that it has opened."""
    return ReaderView(
        organisation_name=rows[0].organisation_name or rows[0].organisation,
        role=rows[0].role,
        what=sorted(row.what for row in rows),
        times=sum(row.times for row in rows),
        first_at=min(row.first_at for row in rows),
        last_at=max(row.last_at for row in rows),
    )


_record, _organisation = access_record, tables.organisation
_LIST: Select[Any] = (
    select(_record, tables.person.c.name.label("person"), _organisation.c.name.label("organisation_name"))
    .outerjoin(tables.membership, tables.membership.c.key == _record.c.membership_key)
    .outerjoin(tables.person, tables.person.c.key == tables.membership.c.person_key)
    .outerjoin(_organisation, _organisation.c.key == tables.membership.c.organisation_key)
)
_READERS = (
    select(
        _record.c.organisation,
        _record.c.role,
        _record.c.what,
        func.max(_organisation.c.name).label("organisation_name"),
        func.count().label("times"),
        func.min(_record.c.opened_at).label("first_at"),
        func.max(_record.c.opened_at).label("last_at"),
    )
    .outerjoin(tables.membership, tables.membership.c.key == _record.c.membership_key)
    .outerjoin(_organisation, _organisation.c.key == tables.membership.c.organisation_key)
    .group_by(_record.c.organisation, _record.c.role, _record.c.what)
    .order_by(_record.c.organisation, _record.c.role, _record.c.what)
)
