"""The list of reviews due in a term, sent two weeks before it to heads, commissioning body and social care.

Guidance, not law (Code of Practice 9.173). Every child on a list has a limit of its own for it, so that a
list that was sent late shows in the child's case.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import select

from engine.errors import BadInput, FieldProblem
from engine.services.audit.audit import Actor, Event
from engine.services.incidents import guarded
from engine.services.principals import Principal
from engine.services.reviews.review_views import TermlyListView
from engine.services.step import CaseStep
from engine.store import tables

if TYPE_CHECKING:
    from engine.application import Engine

_RULE = "cop_termly_list"
_NOTICE = "termly_list"


def send_termly_lists(
    engine: Engine, principal: Principal, *, term_starts_on: date, due_by: date, setting: str | None = None
) -> TermlyListView:
    """Tell every setting, the commissioning body and social care whose reviews are due by a day in the term.

    Telling again changes nothing for a child whose list went out already.

    Raises:
        BadInput: days out of order.
    """
    principal.require("review:ask")
    _check(term_starts_on, due_by)
    plans = _due(engine, principal.authority, term_starts_on, due_by, setting)
    actor = Actor(principal.membership_key, principal.organisation)
    for case_key, _ in plans:
        guarded(engine, case_key, "send the termly list", actor, lambda step: _tell(step, term_starts_on))
    settings = {urn for _, urn in plans if urn is not None}
    return TermlyListView(
        term_starts_on=term_starts_on, due_by=due_by, settings=len(settings), reviews=len(plans)
    )


def _check(term_starts_on: date, due_by: date) -> None:
    if due_by <= term_starts_on:
        raise BadInput(
            "The list can't be made.",
            [FieldProblem("dueBy", f"dueBy must lie after the term begins on {term_starts_on}.")],
        )


def _due(
    engine: Engine, authority: str, first: date, last: date, setting: str | None
) -> list[tuple[int, str | None]]:
    """Case and setting of every plan whose review is to be decided in these days."""
    query = select(_plan.c.case_key, _plan.c.setting_urn).where(
        _plan.c.authority == authority,
        _plan.c.status != "ceased",
        _plan.c.next_review_by >= first,
        _plan.c.next_review_by <= last,
    )
    if setting is not None:
        query = query.where(_plan.c.setting_urn == setting)
    with engine.database.read() as connection:
        return [
            (row.case_key, row.setting_urn)
            for row in connection.execute(query.order_by(_plan.c.next_review_by, _plan.c.key))
        ]


def _tell(step: CaseStep, term_starts_on: date) -> None:
    occurrence = f"term-{term_starts_on}"
    if (_RULE, occurrence) in step.ledger.deadlines:
        return
    step.ledger.record("term_starts_on", term_starts_on, occurrence)
    step.ledger.open(_RULE, occurrence)
    step.ledger.meet(_RULE, occurrence, step.today)
    recipients = ["setting", "icb", "social_care"]
    step.audit.append(
        Event.NOTICE_SENT,
        notice=_NOTICE,
        occurrence=occurrence,
        recipients=recipients,
        sent=step.today.isoformat(),
    )
    step.post(
        "notice",
        reference=f"{_NOTICE}:{step.case_key}:{step.audit.sequence}",
        recipient=" ".join(recipients),
        subject=f"Case {step.case_key}: review due this term",
        wording="notice_sent",
        rank=2,
        body={
            "case": str(step.case_key),
            "step": "A review is due this term",
            "whatToDo": "Sign in, and plan the meeting so that its report is there in time.",
            "link": f"/cases/{step.case_key}",
            "notice": _NOTICE,
            "occurrence": occurrence,
            "sentOn": step.today.isoformat(),
        },
    )


_plan = tables.plan
