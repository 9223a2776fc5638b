"""Who is invited to a review, who gave advice for it, and who came (regulation 20(2) to (4))."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, func, insert, select, update

from engine.clock import day_of
from engine.services.reviews.review_rows import ReviewRow
from engine.store import tables

if TYPE_CHECKING:
    from engine.services.step import CaseStep

ATTENDANCES = ("attended", "apologies", "absent")
#: The kinds of adviser whose advice is another invitee's already, under the names of regulation 20(2).
_SAME_AS = {"education": "setting", "medical": "health", "social_care": "social_care", "family": "family"}


def invite(step: CaseStep, review: ReviewRow, named: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Note who is to be invited: those that the table names, and everybody who gave advice before.

    Gives each as `role` and `agency`; the agency is null for whom nobody's system speaks.
    """
    wanted = {str(each["role"]): each.get("agency") for each in named}
    for role, agency in _advised_before(step):
        if _SAME_AS.get(role, role) not in wanted:
            wanted[role] = agency
    known = {row.role for row in step.connection.execute(_OF_REVIEW, {"review": review.key})}
    new = [_row(step, review, role, agency) for role, agency in wanted.items() if role not in known]
    if new:
        step.connection.execute(_NEW, new)
    return [{"role": role, "agency": agency} for role, agency in wanted.items()]


def have_gone_out(step: CaseStep, review: ReviewRow) -> None:
    """The invitations were sent today; a new date for the meeting invites everybody again."""
    step.connection.execute(_INVITED, {"review": review.key, "on": step.today})


def invited_on(step: CaseStep, review: ReviewRow) -> date | None:
    """The day of the last invitations; None before there were any."""
    found: date | None = step.connection.execute(_LAST_INVITED, {"review": review.key}).scalar()
    return found


def note_advice(step: CaseStep, review: ReviewRow) -> None:
    """Note whose advice has come, by the tasks of the instance at work."""
    given = step.connection.execute(_GIVEN, {"case": step.case_key, "instance": step.acting}).all()
    rows = [
        {"review": review.key, "from": row.organisation, "on": day_of(row.completed_at)}
        for row in given
        if row.completed_at
    ]
    if rows:
        step.connection.execute(_ADVISED, rows)


def attended(step: CaseStep, review: ReviewRow, told: Iterable[Mapping[str, Any]]) -> None:
    """Who came. Whoever was invited and isn't named was absent; whoever came uninvited is noted too."""
    named = {str(each["role"]): str(each["attendance"]) for each in told}
    invited = {row.role for row in step.connection.execute(_OF_REVIEW, {"review": review.key})}
    come = [{"review": review.key, "who": role, "how": named.get(role, "absent")} for role in sorted(invited)]
    if come:
        step.connection.execute(_CAME, come)
    uninvited = [role for role, how in named.items() if role not in invited and how == "attended"]
    if uninvited:
        rows = [{**_row(step, review, role, None), "attendance": "attended"} for role in uninvited]
        step.connection.execute(_NEW, rows)


def _advised_before(step: CaseStep) -> list[tuple[str, str]]:
    """Role and organisation of everybody who gave advice for the assessment or an earlier review."""
    rows = step.connection.execute(_ADVICE, {"case": step.case_key}).all()
    return [(row.occurrence, row.organisation) for row in rows if row.occurrence]


def _row(step: CaseStep, review: ReviewRow, role: str, agency: object) -> dict[str, Any]:
    return {
        "authority": step.authority,
        "case_key": step.case_key,
        "review_key": review.key,
        "role": role,
        "organisation": agency,
        "attendance": None,
    }


_invitee = tables.invitee
_OF_REVIEW = select(_invitee.c.role).where(_invitee.c.review_key == bindparam("review"))
_NEW = insert(_invitee)
_LAST_INVITED = select(func.max(_invitee.c.invited_on)).where(_invitee.c.review_key == bindparam("review"))
_INVITED = (
    update(_invitee).where(_invitee.c.review_key == bindparam("review")).values(invited_on=bindparam("on"))
)
_THIS = (_invitee.c.review_key == bindparam("review"), _invitee.c.role == bindparam("who"))
_ADVISED = (
    update(_invitee)
    .where(_invitee.c.review_key == bindparam("review"), _invitee.c.organisation == bindparam("from"))
    .values(advice_on=bindparam("on"))
)
_CAME = update(_invitee).where(*_THIS).values(attendance=bindparam("how"))
_task = tables.task
_GIVEN = select(_task.c.organisation, _task.c.completed_at).where(
    _task.c.case_key == bindparam("case"),  # tasks are found by their case first
    _task.c.instance_key == bindparam("instance"),
    _task.c.element_id == "give_review_advice",
    _task.c.state == "COMPLETED",
)
_ADVICE = (
    select(_task.c.occurrence, _task.c.organisation)
    .where(
        _task.c.case_key == bindparam("case"),
        _task.c.element_id == "give_advice",
        _task.c.state == "COMPLETED",
    )
    .distinct()
    .order_by(_task.c.occurrence)
)
