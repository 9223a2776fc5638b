"""Least sight: what a principal may see, as conditions that every query carries.

The SEND team works for the whole case. Any other organisation sees its own tasks, and of a case what its
own work needs. What may not be seen isn't found and isn't counted. A restricted case is there only for those
who are named, and a family's consent opens a plan to an agency, or closes it.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import (
    BindParameter,
    Column,
    ColumnElement,
    Connection,
    Date,
    Select,
    String,
    Text,
    and_,
    bindparam,
    cast,
    exists,
    false,
    literal_column,
    or_,
    select,
    true,
)

from engine.errors import NotFound
from engine.services.permissions import GRANTS
from engine.services.principals import Principal
from engine.store import tables
from engine.store.sight_tables import IN_FORCE, consent, restriction, restriction_member
from engine.store.types import AnyRow, Key, to_text

#: The permission to see restricted cases without being named.
SEES_RESTRICTED = "case:restricted"
#: Roles that answer for the whole authority, wherever they sit.
_WHOLE_AUTHORITY = frozenset({"group_head", "auditor", "administrator"})
#: Roles that see lateness and figures but no child.
BOARDS = frozenset({"operational_board", "strategic_board"})
#: Agencies whose work a designated officer follows.
_HEALTH = ("camhs", "childrens_therapies", "child_health", "icb")
_CARE = ("social_care",)
#: Roles that work on tasks, as they stand in a query.
_WORKERS: list[ColumnElement[str]] = [literal_column(f"'{role}'") for role in GRANTS["task:work"]]
#: Which agencies a role follows beyond its own organisation.
BODIES_FOLLOWED = {"dco": _HEALTH, "dsco": _CARE}


def key(text: str) -> int:
    """A key as it stands in an address; anything that can't be one isn't found.

    Raises:
        NotFound: it isn't a key.
    """
    if not text.isascii() or not text.isdigit() or len(text) > 18:
        raise NotFound(f"There is nothing with the key {text[:40]!r}.")
    return int(text)


def sees_whole_cases(principal: Principal) -> bool:
    """Whether the principal sees every case of its authority, and all of it."""
    return principal.of_send_team or principal.role in ("auditor", "administrator")


def require_whole(principal: Principal, case_key: str) -> None:
    """See to it that a principal who finds a case sees all of it.

    Raises:
        NotFound: it sees a part only; what is asked for isn't there for it.
    """
    if not sees_whole_cases(principal):
        raise NotFound(f"There is no case {case_key} for you.")


class Kind(NamedTuple):
    """The kind of reader that a principal is: on this alone it depends how a query of tasks is put together.

    Whose values it compares with isn't in it, so that a query for a kind can be kept and asked by all of it.
    """

    role: str
    sees_tasks: bool
    sees_whole: bool
    sees_restricted: bool
    has_partners: bool
    works: bool
    stands_in: bool


class Reader(NamedTuple):
    """What the conditions on tasks compare with: a principal's values, or parameters that stand for them."""

    authority: Any
    authorities: Any
    organisation: Any
    membership: Any
    #: The day; only what a reader could do depends on it, as members come and go.
    today: Any = None


#: For queries that are made once and asked often; `values` gives what they are asked with.
ANYBODY = Reader(
    bindparam("reader_authority", type_=String()),
    bindparam("reader_authorities", type_=String(), expanding=True),
    bindparam("reader_organisation", type_=String()),
    bindparam("reader", type_=Key),
    bindparam("today", type_=Date()),
)


def kind_of(principal: Principal) -> Kind:
    """The kind of reader that a principal is."""
    return Kind(
        role=principal.role,
        sees_tasks=_sees_tasks(principal),
        sees_whole=sees_whole_cases(principal),
        sees_restricted=sees_restricted(principal),
        has_partners=bool(principal.partners),
        works="task:work" in principal.permissions,
        stands_in=may_stand_in(principal),
    )


def values(principal: Principal) -> dict[str, Any]:
    """The parameters of `ANYBODY` for a principal, but for `today`."""
    return {
        "reader_authority": principal.authority,
        "reader_authorities": authorities(principal),
        "reader_organisation": principal.organisation,
        "reader": principal.membership_key,
    }


def tasks(principal: Principal) -> ColumnElement[bool]:
    """The tasks that a principal sees."""
    return tasks_of(kind_of(principal), _reader(principal))


def tasks_of(kind: Kind, reader: Reader = ANYBODY) -> ColumnElement[bool]:
    """The tasks that a reader of this kind sees."""
    task = tables.task
    if not kind.sees_tasks:
        return false()
    is_open = true() if kind.sees_restricted else _open_to(reader.membership, task.c.case_key)
    if kind.sees_whole:
        return and_(task.c.authority == reader.authority, is_open)
    is_near = (
        task.c.authority.in_(reader.authorities)
        if kind.has_partners
        else task.c.authority == reader.authority
    )
    followed = (reader.organisation, *BODIES_FOLLOWED.get(kind.role, ()))
    return and_(is_near, task.c.organisation.in_(followed), is_open)


def _reader(principal: Principal, today: date | None = None) -> Reader:
    return Reader(
        principal.authority, authorities(principal), principal.organisation, principal.membership_key, today
    )


def open_to(principal: Principal, case_key: ColumnElement[int]) -> ColumnElement[bool]:
    """That the case of this key isn't restricted, or that the principal is among those who still see it."""
    if sees_restricted(principal):
        return true()
    return _open_to_member(principal.membership_key, case_key)


def open_to_reader(case_key: ColumnElement[int]) -> ColumnElement[bool]:
    """The same for a query that is made once and asked often: the membership is its parameter `reader`."""
    return _open_to(bindparam("reader"), case_key)


def _open_to(reader: BindParameter[int] | int, case_key: ColumnElement[int]) -> ColumnElement[bool]:
    is_named = exists(
        select(restriction_member.c.restriction_key).where(
            restriction_member.c.restriction_key == restriction.c.key,
            restriction_member.c.membership_key == reader,
        )
    )
    return ~exists(select(restriction.c.key).where(restriction.c.case_key == case_key, IN_FORCE, ~is_named))


@lru_cache(maxsize=1_024)
def _open_to_member(membership_key: int, case_key: ColumnElement[int]) -> ColumnElement[bool]:
    return _open_to(membership_key, case_key)


def sees_restricted(principal: Principal) -> bool:
    """Whether the principal sees restricted cases without being named."""
    return SEES_RESTRICTED in principal.permissions


def near(principal: Principal, authority: ColumnElement[str]) -> ColumnElement[bool]:
    """Of the principal's authority, or of one that lets the setting's members work on its cases."""
    if not principal.partners:
        return authority == principal.authority
    return authority.in_(authorities(principal))


def authorities(principal: Principal) -> tuple[str, ...]:
    """The principal's authority, and those that let the members of its setting work on their cases."""
    return (principal.authority, *principal.partners)


def sees_task(principal: Principal, authority: str, organisation: str) -> bool:
    """Whether a principal sees a task of this organisation, unless its case is restricted (`open_to`)."""
    if not _sees_tasks(principal):
        return False
    if authority == principal.authority and sees_whole_cases(principal):
        return True
    return authority in (principal.authority, *principal.partners) and organisation in _followed(principal)


def _sees_tasks(principal: Principal) -> bool:
    return principal.role not in BOARDS and "task:read" in principal.permissions


def cases(principal: Principal) -> ColumnElement[bool]:
    """The cases that a principal finds: its authority's, or those on which its organisation works."""
    case, task = tables.ehc_case, tables.task
    if principal.role in BOARDS or "case:read" not in principal.permissions:
        return false()
    if sees_whole_cases(principal):
        return and_(case.c.authority == principal.authority, open_to(principal, case.c.key))
    works_on_it = exists(select(task.c.key).where(task.c.case_key == case.c.key, tasks(principal)))
    return and_(near(principal, case.c.authority), works_on_it)


def plans(principal: Principal, today: date) -> ColumnElement[bool]:
    """The plans that a principal finds: of the cases it works on, that name its setting, or by consent."""
    plan, task = tables.plan, tables.task
    if principal.role in BOARDS or "plan:read" not in principal.permissions:
        return false()
    is_open = open_to(principal, plan.c.case_key)
    if sees_whole_cases(principal):
        return and_(plan.c.authority == principal.authority, is_open)
    works_on_it = exists(select(task.c.key).where(task.c.case_key == plan.c.case_key, tasks(principal)))
    agreed = agreed_to(principal, plan.c.case_key, consent.c.covers_plan, today)
    at_the_setting = plan.c.setting_urn == own_urn(principal)
    return and_(near(principal, plan.c.authority), or_(works_on_it, at_the_setting, agreed), is_open)


def sees_content(connection: Connection, principal: Principal, plan: AnyRow, today: date) -> bool:
    """Whether a principal may read what stands in a plan that it finds.

    The SEND team may, and the setting that the plan names, which is sent every final copy (regulation
    13(2)). Anybody else may as long as the family agrees to it.
    """
    if sees_whole_cases(principal):
        return True
    if plan.setting_urn is not None and plan.setting_urn == own_urn(principal):
        return True
    case = tables.ehc_case.c.key
    agreed = agreed_to(principal, case, consent.c.covers_plan, today)
    return connection.execute(select(case).where(case == plan.case_key, agreed)).first() is not None


def word_on_documents(connection: Connection, principal: Principal, case_key: int, today: date) -> str | None:
    """What a family says today of an agency's sight of documents: "given", "refused", or nothing."""
    if sees_whole_cases(principal):
        return None
    newest = (
        select(consent.c.decision)
        .where(_holds(consent, principal, case_key, consent.c.covers_documents, today))
        .order_by(consent.c.key.desc())
        .limit(1)
    )
    word: str | None = connection.execute(newest).scalar()
    return word


def agreed_to(
    principal: Principal, case_key: ColumnElement[int], covers: Column[bool], today: date
) -> ColumnElement[bool]:
    """That a family has agreed to the sight of the principal's agency today; its newest word counts.

    Args:
        covers: what it is asked for, a column of `consent`.
    """
    later = consent.alias("later")
    newer = select(later.c.key).where(
        _holds(later, principal, case_key, later.c[covers.name], today), later.c.key > consent.c.key
    )
    given = select(consent.c.key).where(
        _holds(consent, principal, case_key, covers, today),
        consent.c.decision == "given",
        ~exists(newer.correlate_except(later)),
    )
    return exists(given.correlate_except(consent))


def _holds(
    word: Any, principal: Principal, case_key: Any, covered: ColumnElement[bool], today: date
) -> ColumnElement[bool]:
    """That a family's word on the principal's agency counts today, unless a newer one does."""
    return and_(
        word.c.case_key == case_key,
        word.c.organisation == principal.organisation,
        covered,
        word.c.starts_on <= today,
        or_(word.c.ends_on.is_(None), word.c.ends_on >= today),
        or_(word.c.withdrawn_on.is_(None), word.c.withdrawn_on > today),
    )


def own_urn(principal: Principal) -> str:
    """The number of the setting that a principal belongs to; empty for any other organisation."""
    kind, _, urn = principal.organisation.partition(":")
    return urn if kind == "urn" else ""


def escalations(principal: Principal) -> ColumnElement[bool]:
    """The threads of lateness that a principal answers for or watches."""
    escalation = tables.escalation
    is_open = open_to(principal, escalation.c.case_key)
    own = and_(escalation.c.authority == principal.authority, is_open)
    if principal.role in BOARDS:
        return and_(own, escalation.c.reason == "missed")
    if principal.role in _WHOLE_AUTHORITY or principal.of_send_team:
        return own
    theirs = near(principal, escalation.c.authority)
    return and_(theirs, escalation.c.organisation.in_(_followed(principal)), is_open)


def limits(principal: Principal) -> ColumnElement[bool]:
    """The limits that a principal answers for. Boards see what was missed, and no limit that still runs."""
    deadline = tables.deadline
    if principal.role in BOARDS:
        return false()
    is_open = open_to(principal, deadline.c.case_key)
    if principal.role in _WHOLE_AUTHORITY or principal.of_send_team:
        return and_(deadline.c.authority == principal.authority, is_open)
    theirs = near(principal, deadline.c.authority)
    return and_(theirs, deadline.c.organisation.in_(_followed(principal)), is_open)


def may_work_on(principal: Principal, organisation: str, candidate_groups: list[str]) -> bool:
    """Whether a principal may claim and complete a task: of its organisation, and a candidate for it.

    A service manager may stand in for anybody of the own organisation.
    """
    if "task:work" not in principal.permissions or principal.organisation != organisation:
        return False
    return not candidate_groups or principal.role in (*candidate_groups, "service_manager")


def may_stand_in(principal: Principal) -> bool:
    """Whether a principal does what a body without members here owes: a caseworker of the SEND team."""
    return principal.of_send_team and principal.role == "caseworker"


def takeable(principal: Principal, today: date) -> ColumnElement[bool]:
    """The tasks that a principal could do today: `may_work_on` and what it stands in for, for a query."""
    return takeable_of(kind_of(principal), _reader(principal, today))


def takeable_of(kind: Kind, reader: Reader = ANYBODY) -> ColumnElement[bool]:
    """The tasks that a reader of this kind could do."""
    task = tables.task
    if not kind.works:
        return false()
    listed = cast(task.c.candidate_groups, Text)
    fits = (
        true()
        if kind.role == "service_manager"
        else or_(listed == to_text([]), listed.contains(to_text(kind.role), autoescape=True))
    )
    mine = and_(task.c.organisation == reader.organisation, fits)
    if not kind.stands_in:
        return mine
    return or_(mine, task.c.organisation.not_in(with_members(reader.authority, reader.today)))


def works_on(today: Any) -> ColumnElement[bool]:
    """That a membership holds on a day, and is of somebody who works on tasks."""
    membership = tables.membership.c
    return and_(
        membership.role.in_(_WORKERS),
        membership.valid_from <= today,
        or_(membership.valid_to.is_(None), membership.valid_to >= today),
    )


def with_members(authority: Any, today: Any) -> Select[tuple[str]]:
    """The organisations that have somebody to work on tasks on a day, whether their own or their teams'."""
    organisation, membership = tables.organisation, tables.membership
    team = organisation.alias("team")
    has_members = exists(
        select(membership.c.key).where(membership.c.organisation_key == organisation.c.key, works_on(today))
    )
    in_teams = select(team.c.parent_key).where(
        team.c.authority == authority,
        team.c.parent_key.is_not(None),
        exists(select(membership.c.key).where(membership.c.organisation_key == team.c.key, works_on(today))),
    )
    return select(organisation.c.code).where(
        organisation.c.authority == authority, or_(has_members, organisation.c.key.in_(in_teams))
    )


def may_assign(principal: Principal, organisation: str) -> bool:
    """Whether a principal may give the tasks of an organisation to its members.

    A service manager and a caseworker in their own organisation, a designated officer in those that it
    follows, a Group Head everywhere.
    """
    if "task:assign" not in principal.permissions:
        return False
    return principal.role == "group_head" or organisation in _followed(principal)


def deadlines(principal: Principal) -> ColumnElement[bool]:
    """Of a case that is seen: all its limits, or those that the own organisation owes."""
    if sees_whole_cases(principal):
        return true()
    return tables.deadline.c.organisation.in_(_followed(principal))


def organisations(principal: Principal) -> tuple[str, ...]:
    """The organisations whose own events of a case a principal may read."""
    return _followed(principal)


def _followed(principal: Principal) -> tuple[str, ...]:
    followed = BODIES_FOLLOWED.get(principal.role, ())
    return (principal.organisation, *followed)
