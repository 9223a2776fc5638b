"""The plan as the documents of its case write it: what was drafted, agreed, decided and advised."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, or_, select

from engine.clock import day_of
from engine.plans import writing
from engine.store import tables
from engine.store.types import AnyRow

if TYPE_CHECKING:
    from engine.services.step import CaseStep

Answers = Mapping[str, Any]

#: Forms of which the newest answer counts.
_WRITTEN = ("write_plan", "icb_agreement", "decide_setting", "choose_advice")
#: The family's own part of the assessment (regulation 6(1)(a)).
_FAMILY = ("family_evidence", "family_views")
#: Every report of an adviser has a form whose name begins so.
_ADVICE = "advice_"


@dataclass(frozen=True)
class Papers:
    """What the case's documents say of its first plan.

    Attributes:
        sections: the plan by letter, as it would be issued.
        direct_payment: whether the writer said that provision is by direct payment.
        advisers: codes of everybody who was asked or relied on.
        newest: the key of the newest document that was looked at; 0 without any.
    """

    sections: dict[str, dict[str, Any]]
    direct_payment: bool | None
    advisers: frozenset[str]
    newest: int


def papers_of(step: CaseStep) -> Papers:
    """The documents of the case put together, read once a step."""
    if _PAPERS not in step.remembered:
        rows = list(step.connection.execute(_DOCUMENTS, {"case": step.case_key}).all())
        step.remembered[_PAPERS] = _put_together(step, rows)
    found: Papers = step.remembered[_PAPERS]
    return found


def _put_together(step: CaseStep, rows: list[AnyRow]) -> Papers:
    newest = {row.form_key: row for row in rows}
    answers = _answers(newest.get("write_plan"))
    sections = writing.written(answers)
    sections = writing.with_agreement(sections, _agreement(rows, sections))
    sections = writing.with_setting(sections, _answers(newest.get("decide_setting")))
    relied_on = list(_relied_on(_answers(newest.get("choose_advice"))))
    sections = writing.with_advice(sections, [*_family(newest), *relied_on, *_given(rows)])
    asked = {which for name, which in step.ledger.anchors if name == "advice_request_received_on" and which}
    return Papers(
        sections=sections,
        direct_payment=answers.get("directPayment"),
        advisers=frozenset(asked | {entry["adviser"] for entry in relied_on}),
        newest=max((row.key for row in rows), default=0),
    )


def _answers(row: AnyRow | None) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(row.content) if row is not None else {}
    return found


def _agreement(rows: list[AnyRow], sections: Mapping[str, Any]) -> Answers:
    """Health's last word, if it was about this very section G."""
    said = [row for row in rows if row.form_key == "icb_agreement"]
    if not said:
        return {}
    drafts = [row for row in rows if row.form_key == "write_plan" and row.key < said[-1].key]
    about = writing.written(_answers(drafts[-1] if drafts else None)).get("G", {}).get("provision")
    return _answers(said[-1]) if about == sections.get("G", {}).get("provision") else {}


def _family(newest: Mapping[str, AnyRow]) -> Iterator[dict[str, Any]]:
    row = next((newest[name] for name in _FAMILY if name in newest), None)
    if row is not None:
        yield _entry("family", None, day_of(row.created_at).isoformat(), "sought")


def _relied_on(chosen: Answers) -> Iterator[dict[str, Any]]:
    """Earlier advice that author, authority and family all find sufficient (regulation 6(4))."""
    for choice in chosen.get("advice", ()):
        agreed = all(choice.get(name) is True for name in _ALL_AGREE)
        if choice.get("decision") == "rely" and agreed:
            yield _entry(choice["code"], None, choice.get("existingOn"), "relied_on")


def _given(rows: list[AnyRow]) -> Iterator[dict[str, Any]]:
    """What each adviser gave last, or that they declined with reasons (section 31)."""
    for row in rows:
        if row.form_key.startswith(_ADVICE) and row.occurrence:
            answers = _answers(row)
            how = "declined" if answers.get("declined") is True else "sought"
            on = answers.get("reportOn") or day_of(row.created_at).isoformat()
            yield _entry(row.occurrence, answers.get("authorName"), on, how)


def _entry(adviser: str, author: str | None, on: str | None, how: str) -> dict[str, Any]:
    return {"adviser": adviser, "author": author, "on": on, "how": how}


#: What a step remembers the papers by.
_PAPERS = "papers"
_ALL_AGREE = ("authorAgrees", "authorityAgrees", "familyAgrees")
_document, _task = tables.document, tables.task
_DOCUMENTS = (
    select(
        _document.c.key,
        _document.c.form_key,
        _document.c.content,
        _document.c.created_at,
        _task.c.occurrence,
    )
    .outerjoin(_task, _task.c.key == _document.c.task_key)
    .where(
        _document.c.case_key == bindparam("case"),
        or_(
            _document.c.form_key.in_((*_WRITTEN, *_FAMILY)),
            _document.c.form_key.startswith(_ADVICE, autoescape=True),
        ),
    )
    .order_by(_document.c.key)
)
