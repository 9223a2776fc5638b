"""Least sight: what a principal may see, as conditions that every query carries.

The SEND team works for the whole case. Any other organisation sees its own tasks, and of a case what its
own work needs. What may not be seen isn't found and isn't counted.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, Select, Text, and_, cast, exists, false, or_, select, true

from engine.errors import NotFound
from engine.services.principals import Principal
from engine.store import tables
from engine.store.types import to_text

#: Roles that answer for the whole authority, wherever they sit.
_WHOLE_AUTHORITY = frozenset({"group_head", "auditor", "administrator"})
#: Roles that see lateness and figures but no child.
BOARDS = frozenset({"operational_board", "strategic_board"})
#: Agencies whose work a designated officer follows.
_HEALTH = ("camhs", "childrens_therapies", "child_health", "icb")
_CARE = ("social_care",)


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


def tasks(principal: Principal) -> ColumnElement[bool]:
    """The tasks that a principal sees."""
    task = tables.task
    own = task.c.authority == principal.authority
    if not _sees_tasks(principal):
        return false()
    if sees_whole_cases(principal):
        return own
    return and_(own, task.c.organisation.in_(_followed(principal)))


def sees_task(principal: Principal, authority: str, organisation: str) -> bool:
    """Whether a principal sees a task of this organisation: `tasks`, for a row that is at hand."""
    if not _sees_tasks(principal) or authority != principal.authority:
        return False
    return sees_whole_cases(principal) or organisation in _followed(principal)


def _sees_tasks(principal: Principal) -> bool:
    return principal.role not in BOARDS and "task:read" in principal.permissions


def cases(principal: Principal) -> ColumnElement[bool]:
    """The cases that a principal finds: its authority's, or those on which its organisation works."""
    case, task = tables.ehc_case, tables.task
    own = case.c.authority == principal.authority
    if principal.role in BOARDS or "case:read" not in principal.permissions:
        return false()
    if sees_whole_cases(principal):
        return own
    works_on_it = exists(select(task.c.key).where(task.c.case_key == case.c.key, tasks(principal)))
    return and_(own, works_on_it)


def plans(principal: Principal) -> ColumnElement[bool]:
    """The plans that a principal finds: of the cases it works on, and those that name its setting."""
    plan, task = tables.plan, tables.task
    own = plan.c.authority == principal.authority
    if principal.role in BOARDS or "plan:read" not in principal.permissions:
        return false()
    if sees_whole_cases(principal):
        return own
    works_on_it = exists(select(task.c.key).where(task.c.case_key == plan.c.case_key, tasks(principal)))
    return and_(own, or_(works_on_it, plan.c.setting_urn == _own_urn(principal)))


def sees_content(principal: Principal, setting_urn: str | None) -> bool:
    """Whether a principal may read what stands in a plan that it finds.

    The SEND team may, and the setting that the plan names, which is sent every final copy (regulation
    13(2)). Nobody else may before the family has agreed to it.
    """
    return sees_whole_cases(principal) or (setting_urn is not None and setting_urn == _own_urn(principal))


def _own_urn(principal: Principal) -> str:
    """The number of the setting that a principal belongs to; empty for any other organisation."""
    kind, _, urn = principal.organisation.partition(":")
    return urn if kind == "urn" else ""


def escalations(principal: Principal) -> ColumnElement[bool]:
    """The threads of lateness that a principal answers for or watches."""
    escalation = tables.escalation
    own = escalation.c.authority == principal.authority
    if principal.role in BOARDS:
        return and_(own, escalation.c.reason == "missed")
    if principal.role in _WHOLE_AUTHORITY or principal.of_send_team:
        return own
    return and_(own, escalation.c.organisation.in_(_followed(principal)))


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


def takeable(principal: Principal) -> ColumnElement[bool]:
    """The tasks that a principal could do: `may_work_on` and what it stands in for, for a query."""
    task = tables.task
    if "task:work" not in principal.permissions:
        return false()
    listed = cast(task.c.candidate_groups, Text)
    fits = (
        true()
        if principal.role == "service_manager"
        else or_(listed == to_text([]), listed.contains(to_text(principal.role), autoescape=True))
    )
    mine = and_(task.c.organisation == principal.organisation, fits)
    if not may_stand_in(principal):
        return mine
    return or_(mine, task.c.organisation.not_in(_with_members(principal.authority)))


def _with_members(authority: str) -> Select[tuple[str]]:
    organisation, membership = tables.organisation, tables.membership
    has_members = exists(select(membership.c.key).where(membership.c.organisation_key == organisation.c.key))
    return select(organisation.c.code).where(organisation.c.authority == authority, has_members)


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
    followed = {"dco": _HEALTH, "dsco": _CARE}.get(principal.role, ())
    return (principal.organisation, *followed)
