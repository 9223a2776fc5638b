"""What came in since the last version: each piece of information is accepted or declined, and none is missed.

Whoever amends a plan answers for every document in the list that was made for them; what arrives later
stands in the list of the next amendment.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, delete, insert, select

from engine.clock import day_of
from engine.errors import FieldProblem
from engine.plans.completeness import must_prepare
from engine.services.plans.plan_rows import change_plan, plan_of, required_plan
from engine.services.plans.plan_versions import (
    Version,
    amended_circumstances,
    current_version,
    seen_by_process,
)
from engine.services.principals import SEND_TEAM
from engine.spiff import ElementInfo
from engine.store import tables
from engine.store.types import AnyRow

if TYPE_CHECKING:
    from engine.services.step import CaseStep

FAMILY = "family"
#: Forms on which the SEND team writes down what the family said.
_FAMILY_FORMS = ("family_views", "family_evidence", "review_family_views")
#: Forms on which the SEND team itself gives information: its own advice, the report of a review it led.
_OWN_FORMS = ("advice_", "review_advice", "write_review_report", "light_review")
#: What other organisations answer without telling anything about the child or young person.
_NO_INFORMATION = frozenset(
    {
        "acknowledge_request",
        "circulate_papers",
        "confirm_provision",
        "fix_review_date",
        "hold_review_meeting",
        "icb_agreement",
        "setting_reply",
    }
)


@dataclass(frozen=True)
class Update:
    """One document that came in.

    Attributes:
        source: the organisation that gave it, or `family`.
    """

    key: int
    form_key: str
    source: str
    received_on: date
    content: str


def list_updates(step: CaseStep, element: ElementInfo, inputs: Mapping[str, Any]) -> dict[str, object]:
    """List what came in since the last version was issued, for the person who amends it."""
    plan = required_plan(step)
    current = current_version(step, plan)
    since = current.documents_to
    updates = updates_between(step, since, None)
    plan = change_plan(step, updates_to=max((each.key for each in updates), default=since))
    listed = [
        {"document": str(each.key), "source": each.source, "receivedOn": each.received_on} for each in updates
    ]
    soon = must_prepare(amended_circumstances(step, plan), years_ahead=1)
    section = current.sections.get("F", {})
    return {
        **seen_by_process(step, plan),
        "updates": listed,
        "adulthoodMissing": soon and bool(section) and not section.get("adulthood"),
    }


def updates_between(step: CaseStep, since: int, upto: int | None) -> list[Update]:
    """The documents that tell something new, later than one and up to another, oldest first."""
    query = _DOCUMENTS if upto is None else _DOCUMENTS.where(_document.c.key <= upto)
    rows = step.connection.execute(query, {"case": step.case_key, "since": since}).all()
    found = ((row, _source(row)) for row in rows)
    return [
        Update(row.key, row.form_key, source, day_of(row.created_at), row.content)
        for row, source in found
        if source is not None
    ]


def updates_to_answer(step: CaseStep, version: Version) -> list[Update]:
    """What the list held that was made for the amendment of a version."""
    plan = required_plan(step)
    if plan.updates_to is None or plan.updates_to <= version.documents_to:
        return []
    return updates_between(step, version.documents_to, plan.updates_to)


def updates_answered(step: CaseStep, element: ElementInfo, answers: Mapping[str, Any]) -> list[FieldProblem]:
    """The requirement: everything in the list is accepted or declined, once, and nothing else is."""
    plan = plan_of(step)
    if plan is None:
        return [FieldProblem("answers.updates", "This case has no plan yet, so there is nothing to amend.")]
    listed = {str(each.key): each for each in updates_to_answer(step, current_version(step, plan))}
    given = [str(answer.get("document")) for answer in answers.get("updates") or ()]
    return [
        *(_unanswered(each) for key, each in listed.items() if key not in given),
        *(
            FieldProblem(f"answers.updates[{number}].document", _stray(key, listed))
            for number, key in enumerate(given)
            if key not in listed or key in given[:number]
        ),
    ]


def keep_answers(
    step: CaseStep, draft_key: int, listed: Iterable[Update], answers: Mapping[str, Any]
) -> list[Update]:
    """Write down what was accepted and declined for a draft; gives what was accepted."""
    given = {str(answer.get("document")): answer for answer in answers.get("updates") or ()}
    rows, accepted = [], []
    for each in listed:
        answer = given.get(str(each.key), {})
        is_accepted = answer.get("outcome") == "accepted"
        accepted += [each] if is_accepted else []
        rows.append(
            {
                "authority": step.authority,
                "case_key": step.case_key,
                "version_key": draft_key,
                "document_key": each.key,
                "source": each.source,
                "received_on": each.received_on,
                "accepted": is_accepted,
                "reason": answer.get("reason"),
            }
        )
    step.connection.execute(_FORGET, {"draft": draft_key})
    if rows:
        step.connection.execute(_KEEP, rows)
    return accepted


def advice_in(accepted: Iterable[Update]) -> list[dict[str, Any]]:
    """Accepted information as section K lists it."""
    entries = []
    for each in accepted:
        answers = json.loads(each.content)
        on = answers.get("reportOn") or each.received_on.isoformat()
        author = answers.get("authorName")
        entries.append({"adviser": each.source, "author": author, "on": on, "how": "sought"})
    return entries


def _source(row: AnyRow) -> str | None:
    """Who gave a document; None for what tells nothing new."""
    if row.form_key is None or row.form_key in _NO_INFORMATION:
        return None
    if row.form_key in _FAMILY_FORMS:
        return FAMILY
    if row.organisation != SEND_TEAM or row.form_key.startswith(_OWN_FORMS):
        return str(row.organisation)
    return None


def _unanswered(each: Update) -> FieldProblem:
    what = f"Document {each.key} ({each.source}, received on {each.received_on})"
    return FieldProblem("answers.updates", f"{what} is neither accepted nor declined. Say which, and why.")


def _stray(key: str, listed: Mapping[str, Update]) -> str:
    if key in listed:
        return f"Document {key} is answered twice."
    return f"Document {key} isn't in the list. It holds {', '.join(listed) or 'nothing'}."


_document = tables.document
_DOCUMENTS = (
    select(
        _document.c.key,
        _document.c.form_key,
        _document.c.organisation,
        _document.c.content,
        _document.c.created_at,
    )
    .where(
        _document.c.case_key == bindparam("case"),
        _document.c.key > bindparam("since"),
        _document.c.kind == "answers",
    )
    .order_by(_document.c.key)
)
_FORGET = delete(tables.plan_update).where(tables.plan_update.c.version_key == bindparam("draft"))
_KEEP = insert(tables.plan_update)
