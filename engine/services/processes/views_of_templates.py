"""What the templates of letters and messages answer: their words, their origin, what they may show."""

from __future__ import annotations

from datetime import datetime

from engine.services.processes.definitions import as_member
from engine.services.processes.views_of_control import FindingView
from engine.services.views import View
from engine.spiff.findings import Finding


class TemplateFieldView(View):
    """A value that a template may show."""

    name: str
    meaning: str


class OriginView(View):
    """Where a file comes from; no deployment where it ships."""

    name: str
    origin: str
    deployment_key: str | None
    deployed_at: datetime | None


class TextView(OriginView):
    """A file with its text."""

    text: str


class NoticeTemplateView(View):
    """The template of a kind of letter, as it stands now. `problems` would stop the letter."""

    kind: str
    title: str
    version: str
    origin: str
    deployment_key: str | None
    deployed_at: datetime | None
    appealable: bool
    fields: list[TemplateFieldView]
    problems: list[FindingView]


class NoticeTemplateDetail(NoticeTemplateView):
    """With the texts of the files that it is made of, its own first."""

    files: list[TextView]


class TriedLetterView(View):
    """A letter that was tried: the page, or what stops it."""

    acceptable: bool
    version: str | None
    findings: list[FindingView]
    html: str | None


class MessageTemplateView(View):
    """The template of a message, as it stands now."""

    name: str
    kind: str
    version: str
    origin: str
    deployment_key: str | None
    deployed_at: datetime | None
    fields: list[TemplateFieldView]
    problems: list[FindingView]


class MessageTemplateDetail(MessageTemplateView):
    """With its text."""

    text: str


class TriedMessageView(View):
    """A message as its reader would have it, with sample values; or what stops it."""

    acceptable: bool
    findings: list[FindingView]
    subject: str | None
    text: str | None
    html: str | None


def seen(finding: Finding) -> FindingView:
    """A finding as it stands in an answer."""
    return FindingView(**as_member(finding))
