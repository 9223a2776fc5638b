"""Several contributors to one piece of advice (S11): the lead asks, each gives a part by a day of their own.

A contribution is asked of a member, or of anybody of an organisation. Its words and answers are for who gives
it and for those who could complete the task; others who see the task see only how it stands.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, and_, bindparam, func, insert, or_, select, update

from engine.clock import start_of_day
from engine.errors import BadInput, Conflict, NotFound, NotPermitted, VersionMismatch
from engine.services import paging
from engine.services.audit.audit import Actor, Event
from engine.services.incidents import guarded
from engine.services.principals import Principal
from engine.services.sight import sight
from engine.services.step import CaseStep
from engine.services.tasks import task_rows
from engine.services.tasks.contribution_rows import LIST, asked_for, contribution_view, own_names
from engine.services.tasks.task_assignment import member_of
from engine.services.tasks.views_of_work import ContributionView
from engine.services.views import Page, PageEnd
from engine.store import tables
from engine.store.types import AnyRow, to_text
from engine.store.work_tables import contribution

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.application import Engine

STATES = ("asked", "given", "declined", "withdrawn")
#: Letters of a contribution's answers, as JSON.
LONGEST = 200_000


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What is asked for, of whom (a member, or an organisation), by when."""

    question: str
    due_on: date
    membership_key: str | None = None
    organisation: str | None = None
    fields: Sequence[str] = ()


def ask(engine: Engine, principal: Principal, key: str, wish: Wish) -> ContributionView:
    """Ask somebody for a part of the answer to a task.

    Raises:
        BadInput: nobody or both are named, the day is over, or the form has no such field.
        TaskHeld, TaskClosed, NotFound, NotPermitted: as their names say.
    """
    principal.require("task:work")

    def work(step: CaseStep) -> ContributionView:
        task = task_rows.workable(step.connection, principal, key, None, step.today)
        if wish.due_on < step.today:
            raise BadInput.field("dueDate", "This day is over.")
        known = own_names(engine, step.connection, task)
        if strange := [name for name in wish.fields if name not in known]:
            raise BadInput.field("fields", f"The form has no field {strange[0]}.")
        member, organisation = _asked(step, principal, wish)
        row = {
            "authority": step.authority,
            "case_key": step.case_key,
            "task_key": task.key,
            "membership_key": member,
            "organisation": organisation,
            "question": wish.question.strip(),
            "fields": list(wish.fields),
            "due_on": wish.due_on,
            "chase_at": start_of_day(wish.due_on + timedelta(days=1)),
            "state": "asked",
            "asked_at": step.now,
            "asked_by": principal.membership_key,
            "version": 1,
        }
        made = step.connection.execute(_NEW, row).scalar_one()
        _count(step, task.key, 1)
        step.audit.append(
            Event.CONTRIBUTION_ASKED,
            element=task.element_id,
            task=task.key,
            contribution=made,
            of=organisation,
        )
        _tell(step, made, (member, organisation), task.name, wish.due_on)
        return contribution_view(_row(step.connection, made), with_content=True)

    def case_of(connection: Connection) -> int:
        case_key: int = task_rows.seen(connection, principal, key).case_key
        return case_key

    return guarded(
        engine, case_of, f"ask for a contribution to task {sight.key(key)}", _actor(principal), work
    )


def give(
    engine: Engine,
    principal: Principal,
    key: str,
    answers: Mapping[str, Any],
    words: str | None,
    version: int | None = None,
) -> ContributionView:
    """Give what was asked for: answers to the fields that were named, words, or both.

    Raises:
        BadInput: there is nothing, or a field that wasn't asked for.
        Conflict: it isn't asked for any more.
        NotFound, NotPermitted, VersionMismatch: as their names say.
    """

    def work(step: CaseStep, row: AnyRow) -> None:
        if strange := [name for name in answers if name not in row.fields]:
            raise BadInput.field(f"answers.{strange[0]}", "This field wasn't asked for.")
        if not answers and not (words or "").strip():
            raise BadInput.field("text", "Give answers, or words, or both.")
        content = to_text(dict(answers))
        if len(content) > LONGEST:
            raise BadInput.field("answers", f"Answers have up to {LONGEST} letters.")
        _end(step, row, "given", Event.CONTRIBUTION_GIVEN, answers=content, words=words and words.strip())

    return _on(engine, principal, key, version, "give", work, by_asked=True)


def decline(
    engine: Engine, principal: Principal, key: str, reason: str, version: int | None = None
) -> ContributionView:
    """Say that one has nothing to give, and why.

    Raises:
        BadInput: there is no reason.
        Conflict: it isn't asked for any more.
        NotFound, NotPermitted, VersionMismatch: as their names say.
    """
    if not reason.strip():
        raise BadInput.field("reason", "Say why.")

    def work(step: CaseStep, row: AnyRow) -> None:
        _end(step, row, "declined", Event.CONTRIBUTION_DECLINED, words=reason.strip())

    return _on(engine, principal, key, version, "decline", work, by_asked=True)


def withdraw(engine: Engine, principal: Principal, key: str, version: int | None = None) -> ContributionView:
    """Do without a contribution that was asked for; the lead's to say.

    Raises:
        Conflict: it isn't asked for any more.
        NotFound, NotPermitted, VersionMismatch: as their names say.
    """

    def work(step: CaseStep, row: AnyRow) -> None:
        _end(step, row, "withdrawn", Event.CONTRIBUTION_WITHDRAWN)

    return _on(engine, principal, key, version, "withdraw", work, by_asked=False)


def of_task(engine: Engine, principal: Principal, key: str) -> list[ContributionView]:
    """Every contribution to a task, the first asked first.

    Raises:
        NotFound: there is no such task for this principal.
    """
    principal.require("task:read")
    with engine.database.read() as connection:
        task = task_rows.seen(connection, principal, key)
        leads = task_rows.is_candidate(connection, principal, task, engine.clock.today())
        rows = connection.execute(LIST.where(contribution.c.task_key == task.key)).all()
        return [contribution_view(row, with_content=leads or _is_asked(principal, row)) for row in rows]


def asked_of_me(
    engine: Engine,
    principal: Principal,
    *,
    state: str = "asked",
    limit: int = 50,
    cursor: str | None = None,
) -> Page[ContributionView]:
    """What the principal, or anybody of its organisation, is asked for, the newest first.

    Raises:
        BadInput: there is no such state.
    """
    principal.require("task:read")
    if state not in STATES:
        raise BadInput.field("state", f"state is one of {', '.join(STATES)}.")
    query = LIST.where(_is_mine(principal), contribution.c.state == state)
    query = query.order_by(None).order_by(contribution.c.key.desc()).limit(paging.clamp(limit) + 1)
    if cursor is not None:
        query = query.where(contribution.c.key < paging.decode(cursor, int)[0])
    with engine.database.read() as connection:
        rows = connection.execute(query).all()
    end = paging.encode([rows[limit - 1].key]) if len(rows) > limit else None
    items = [contribution_view(row, with_content=True) for row in rows[:limit]]
    return Page(items=items, page=PageEnd(end_cursor=end))


def get_contribution(engine: Engine, principal: Principal, key: str) -> ContributionView:
    """One contribution, for who is asked and for who sees the task.

    Raises:
        NotFound: there is none for this principal.
    """
    principal.require("task:read")
    with engine.database.read() as connection:
        row, leads = _found(connection, principal, key, engine.clock.today())
        return contribution_view(row, with_content=leads or _is_asked(principal, row))


def _found(connection: Connection, principal: Principal, key: str, today: date) -> tuple[AnyRow, bool]:
    """A contribution, and whether the principal could complete its task."""
    is_open = sight.open_to(principal, contribution.c.case_key)
    row = connection.execute(LIST.where(contribution.c.key == sight.key(key), is_open)).one_or_none()
    if row is not None:
        try:
            task = task_rows.seen(connection, principal, str(row.task_key))
        except NotFound:
            if _is_asked(principal, row):
                return row, False
        else:
            return row, task_rows.is_candidate(connection, principal, task, today)
    raise NotFound(f"There is no contribution {key} for you.")


def _on(
    engine: Engine,
    principal: Principal,
    key: str,
    version: int | None,
    verb: str,
    work: Callable[[CaseStep, AnyRow], None],
    *,
    by_asked: bool,
) -> ContributionView:
    principal.require("task:work")

    def case_of(connection: Connection) -> int:
        case_key: int = _found(connection, principal, key, engine.clock.today())[0].case_key
        return case_key

    def act(step: CaseStep) -> ContributionView:
        row, leads = _found(step.connection, principal, key, step.today)
        if not (_is_asked(principal, row) if by_asked else leads):
            raise NotPermitted("Who is asked gives or declines; who does the task withdraws.")
        if version is not None and version != row.version:
            raise VersionMismatch(f"The contribution stands at version {row.version}, not {version}.")
        if row.state != "asked":
            raise Conflict(f"This contribution is {row.state}.")
        work(step, row)
        return contribution_view(_row(step.connection, row.key), with_content=True)

    return guarded(engine, case_of, f"{verb} contribution {sight.key(key)}", _actor(principal), act)


def _end(
    step: CaseStep,
    row: AnyRow,
    state: str,
    event: Event,
    *,
    answers: str | None = None,
    words: str | None = None,
) -> None:
    values = {"new_state": state, "said": answers, "spoken": words, "at": step.now}
    step.connection.execute(_END, {"row_key": row.key, "who": step.actor.membership_key, **values})
    _count(step, row.task_key, -1)
    step.audit.append(event, task=row.task_key, contribution=row.key)


def _count(step: CaseStep, task_key: int, by: int) -> None:
    step.connection.execute(_COUNT, {"row_key": task_key, "more": by})


def _asked(step: CaseStep, principal: Principal, wish: Wish) -> tuple[int | None, str]:
    """The membership and the organisation that are asked."""
    if (wish.membership_key is None) == (wish.organisation is None):
        raise BadInput.field("membershipKey", "Say whom: either membershipKey or organisation.")
    if wish.membership_key is not None:
        who = member_of(step, principal.authority, wish.membership_key)
        if who is None:
            raise BadInput.field("membershipKey", f"There is no member {wish.membership_key} today.")
        if "task:work" not in who.permissions:
            raise BadInput.field("membershipKey", f"A {who.role} has no work on cases.")
        return who.membership_key, who.organisation
    known = {"authority": principal.authority, "code": wish.organisation, "today": step.today}
    if step.connection.execute(_ORGANISATION, known).first() is None:
        raise BadInput.field("organisation", f"There is no organisation {wish.organisation} today.")
    return None, str(wish.organisation)


def _tell(step: CaseStep, key: int, asked: tuple[int | None, str], task: str, due_on: date) -> None:
    member, organisation = asked
    step.post(
        "task",
        reference=f"contribution:{key}",
        recipient=organisation,
        membership_key=member,
        wording="contribution_asked",
        subject=f"Case {step.case_key}: a contribution is asked for",
        body=asked_for(step, key, task, due_on),
    )


def _is_asked(principal: Principal, row: AnyRow) -> bool:
    if row.authority != principal.authority:
        return False
    if row.membership_key is not None:
        return bool(row.membership_key == principal.membership_key)
    return row.organisation in _bodies_of(principal)


def _bodies_of(principal: Principal) -> list[str]:
    """What a member gives contributions for: their organisation, and their team of it."""
    return [principal.organisation, *([principal.team] if principal.team else [])]


def _is_mine(principal: Principal) -> Any:
    of_all = and_(
        contribution.c.membership_key.is_(None), contribution.c.organisation.in_(_bodies_of(principal))
    )
    return and_(
        contribution.c.authority == principal.authority,
        sight.open_to(principal, contribution.c.case_key),
        or_(contribution.c.membership_key == principal.membership_key, of_all),
    )


def _row(connection: Connection, key: int) -> AnyRow:
    return connection.execute(LIST.where(contribution.c.key == key)).one()


def _actor(principal: Principal) -> Actor:
    return Actor(principal.membership_key, principal.organisation)


_task = tables.task
_NEW = insert(contribution).returning(contribution.c.key)
_END = (
    update(contribution)
    .where(contribution.c.key == bindparam("row_key"))
    .values(
        state=bindparam("new_state"),
        answers=bindparam("said"),
        words=bindparam("spoken"),
        ended_at=bindparam("at"),
        ended_by=bindparam("who"),
        chase_at=None,
        version=contribution.c.version + 1,
    )
)
_COUNT = (
    update(_task)
    .where(task_rows.THIS)
    .values(outstanding=func.coalesce(_task.c.outstanding, 0) + bindparam("more"))
)
_ORGANISATION = select(tables.organisation.c.key).where(
    tables.organisation.c.authority == bindparam("authority"),
    tables.organisation.c.code == bindparam("code"),
    or_(tables.organisation.c.valid_to.is_(None), tables.organisation.c.valid_to >= bindparam("today")),
)
