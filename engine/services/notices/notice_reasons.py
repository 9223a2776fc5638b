"""The reasons a letter gives: the long texts of the newest decision that the family may read.

They come from the documents of the case, never through the variables of a process.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, select

from engine.store import tables

if TYPE_CHECKING:
    from engine.forms import Form
    from engine.services.step import CaseStep

_FAMILY = "family"
_LONG_TEXT = "textarea"


def reasons_of(step: CaseStep, forms: Sequence[str]) -> list[dict[str, Any]]:
    """What the newest answer to one of the forms says to the family, each with the question as its title."""
    found = _newest(step, forms) if forms else None
    if found is None:
        return []
    form_key, content, audience = found
    form = _form(step, form_key)
    if form is None:
        return []
    return [
        {"title": question.label, "paragraphs": _paragraphs(content[question.name])}
        for question in form.fields
        if question.type == _LONG_TEXT
        and _FAMILY in audience.get(question.name, ())
        and isinstance(content.get(question.name), str)
    ]


def _paragraphs(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _newest(step: CaseStep, forms: Sequence[str]) -> tuple[str, dict[str, Any], dict[str, list[str]]] | None:
    """The newest answer to one of the forms: of this step, else of the case; its form, content, audience."""
    for document in reversed(step.filed):
        if document["form_key"] in forms:
            return document["form_key"], json.loads(document["content"]), document["audience"]
    row = step.connection.execute(_NEWEST, {"case": step.case_key, "forms": list(forms)}).one_or_none()
    return None if row is None else (row.form_key, json.loads(row.content), row.audience)


def _form(step: CaseStep, form_key: str) -> Form | None:
    """The form as the definition that is at work has it."""
    for live in step.instances.values():
        form = live.definition.form(form_key)
        if form is not None:
            return form
    return None


_document = tables.document
_NEWEST = (
    select(_document.c.form_key, _document.c.content, _document.c.audience)
    .where(
        _document.c.case_key == bindparam("case"),
        _document.c.form_key.in_(bindparam("forms", expanding=True)),
    )
    .order_by(_document.c.key.desc())
    .limit(1)
)
