"""What the templates of letters and messages look like."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from api.deployments.schemas import Finding
from api.fields import Instant, Key, Pattern, choice
from api.lists import LAST, ListPage
from api.schema import AnswerSchema, RequestSchema
from engine.letters import READERS
from engine.wording import FIELDS

_FILE = Pattern(
    r"^[A-Za-z0-9_][A-Za-z0-9_.-]{0,180}\.html$", error="A template's name ends in .html, and has no folder."
)
_LONGEST, _MOST = 100_000, 50
_ORIGINS = ("shipped", "deployment")


class TemplateField(AnswerSchema):
    """A value that a template may show."""

    name = fields.String(required=True)
    meaning = fields.String(required=True)


class _Origin(AnswerSchema):
    origin = choice(*_ORIGINS, required=True)
    deployment_key = Key(required=True, allow_none=True)
    deployed_at = Instant(required=True, allow_none=True)


class NoticeTemplate(_Origin):
    """The template of a kind of letter, as it stands for the authority."""

    kind = fields.String(required=True)
    title = fields.String(required=True)
    version = fields.String(
        required=True, metadata={"description": "Names its words, those of the parts it shares included."}
    )
    appealable = fields.Boolean(
        required=True, metadata={"description": "Whether it must carry the whole appeal pack."}
    )
    fields_ = fields.List(fields.Nested(TemplateField), required=True, data_key="fields", attribute="fields")
    problems = fields.List(
        fields.Nested(Finding), required=True, metadata={"description": "What would stop the letter."}
    )


class NoticeTemplatePage(ListPage):
    """All templates of letters."""

    items = fields.List(fields.Nested(NoticeTemplate), required=True)


class TemplateFile(_Origin):
    """A file that a letter is made of."""

    name = fields.String(required=True)
    text = fields.String(required=True)


class NoticeTemplateDetail(NoticeTemplate):
    """With the files that it is made of, its own first."""

    files = fields.List(fields.Nested(TemplateFile), required=True)


class ReaderQuery(RequestSchema):
    """Whom the letter is for."""

    reader = choice(*READERS, load_default="parent")


class LetterTrial(RequestSchema):
    """Templates to try before they are deployed."""

    kind = fields.String(
        required=True,
        validate=validate.Length(min=1, max=100),
        metadata={"description": "The letter that is to be seen."},
    )
    files = fields.Dict(
        keys=fields.String(validate=_FILE),
        values=fields.String(validate=validate.Length(max=_LONGEST)),
        required=True,
        validate=validate.Length(min=1, max=_MOST, error="Send 1 to 50 files."),
        metadata={
            "description": "Each template's name and its text: the letter's own, and parts that it shares. "
            "What isn't sent is taken as it stands."
        },
    )
    reader = choice(*READERS, load_default="parent")


class TriedLetter(AnswerSchema):
    """The letter, or what stops it."""

    acceptable = fields.Boolean(required=True)
    version = fields.String(required=True, allow_none=True)
    findings = fields.List(fields.Nested(Finding), required=True)
    html = fields.String(
        required=True, allow_none=True, metadata={"description": "Show it in a sandboxed frame."}
    )


class MessageTemplate(_Origin):
    """The template of a message, as it stands for the authority."""

    name = fields.String(required=True)
    kind = choice(*FIELDS, required=True)
    version = fields.String(required=True)
    fields_ = fields.List(fields.Nested(TemplateField), required=True, data_key="fields", attribute="fields")
    problems = fields.List(fields.Nested(Finding), required=True)


class MessageTemplatePage(ListPage):
    """All templates of messages."""

    items = fields.List(fields.Nested(MessageTemplate), required=True)


class MessageTemplateDetail(MessageTemplate):
    """With its text."""

    text = fields.String(required=True)


class MessageTrial(RequestSchema):
    """A template to try before it is deployed."""

    name = fields.String(required=True, validate=validate.Length(min=1, max=100))
    text = fields.String(required=True, validate=validate.Length(min=1, max=_LONGEST))


class TriedMessage(AnswerSchema):
    """The message, or what stops it."""

    acceptable = fields.Boolean(required=True)
    findings = fields.List(fields.Nested(Finding), required=True)
    subject = fields.String(required=True, allow_none=True)
    text = fields.String(required=True, allow_none=True)
    html = fields.String(required=True, allow_none=True)


_FIELD = {"name": "reference", "meaning": "Number of the case"}
_SHIPPED: dict[str, Any] = {"origin": "shipped", "deploymentKey": None, "deployedAt": None}
_LETTER = (
    '<!doctype html>\n<html lang="en-GB">\n<head><title>Assessment</title></head>\n'
    "<body><p>We will assess {{ who }}.</p></body>\n</html>\n"
)
NOTICE_TEMPLATE: dict[str, Any] = {
    "kind": "decision_to_assess",
    "title": "Decision to assess",
    "version": "4f8b42c22dd3",
    **_SHIPPED,
    "appealable": False,
    "fields": [_FIELD],
    "problems": [],
}
NOTICE_TEMPLATES: dict[str, Any] = {"items": [NOTICE_TEMPLATE], "page": LAST}
NOTICE_DETAIL: dict[str, Any] = {
    **NOTICE_TEMPLATE,
    "files": [{"name": "decision_to_assess.html", **_SHIPPED, "text": _LETTER}],
}
LETTER_TRIAL: dict[str, Any] = {
    "kind": "decision_to_assess",
    "files": {"decision_to_assess.html": _LETTER},
    "reader": "parent",
}
TRIED_LETTER: dict[str, Any] = {
    "acceptable": True,
    "version": "4f8b42c22dd3",
    "findings": [],
    "html": _LETTER.replace("{{ who }}", "Robin"),
}
SAMPLE_PAGE: str = TRIED_LETTER["html"]
_TEXT = (
    "Case {{ case }}: {{ title }}\n\n{{ what_to_do }}\nBy {{ by_when }} ({{ days_left }} days).\n{{ link }}\n"
)
MESSAGE_TEMPLATE: dict[str, Any] = {
    "name": "nearing",
    "kind": "alert",
    "version": "0d5badc51280",
    **_SHIPPED,
    "fields": [{"name": "case", "meaning": "Number of the case"}],
    "problems": [],
}
MESSAGE_TEMPLATES: dict[str, Any] = {"items": [MESSAGE_TEMPLATE], "page": LAST}
MESSAGE_DETAIL: dict[str, Any] = {**MESSAGE_TEMPLATE, "text": _TEXT}
MESSAGE_TRIAL: dict[str, Any] = {"name": "nearing", "text": _TEXT}
TRIED_MESSAGE: dict[str, Any] = {
    "acceptable": True,
    "findings": [],
    "subject": "Case 1024: Decide whether to assess",
    "text": "Decide, or say what stands in the way.\nBy 14 December 2026 (7 days).\n",
    "html": "<p>Decide, or say what stands in the way.</p>",
}
