"""`/notice-templates` and `/message-templates`: what letters and messages say before they are sent."""

from __future__ import annotations

from typing import Any

from flask import Response

from api.answers import answer, whole
from api.blueprint import API_ROOT, Blueprint, permission, problems
from api.context import current_engine, current_principal
from api.notices.papers import BYTES, PDF_SAMPLE, page_response, pdf_response
from api.repeats import repeatable
from api.wording_templates.schemas import (
    LETTER_TRIAL,
    MESSAGE_DETAIL,
    MESSAGE_TEMPLATES,
    MESSAGE_TRIAL,
    NOTICE_DETAIL,
    NOTICE_TEMPLATES,
    SAMPLE_PAGE,
    TRIED_LETTER,
    TRIED_MESSAGE,
    LetterTrial,
    MessageTemplateDetail,
    MessageTemplatePage,
    MessageTrial,
    NoticeTemplateDetail,
    NoticeTemplatePage,
    ReaderQuery,
    TriedLetter,
    TriedMessage,
)
from engine.services.messages import message_templates
from engine.services.notices import letter_previews, notice_templates

wording_templates = Blueprint(
    "wording_templates", API_ROOT, "Templates of letters and messages, and what they say."
)


@wording_templates.get("/notice-templates")
@permission("process:read")
@wording_templates.answers(200, NoticeTemplatePage, NOTICE_TEMPLATES)
def list_notice_templates() -> Response:
    """List the templates of letters.

    As they stand for the authority, always in one page: where each comes from, what it may show, and what
    would stop it.
    """
    return answer(whole(notice_templates.list_templates(current_engine(), current_principal())))


@wording_templates.get("/notice-templates/<string:notice_kind>")
@permission("process:read")
@problems("not-found")
@wording_templates.answers(200, NoticeTemplateDetail, NOTICE_DETAIL)
def get_notice_template(notice_kind: str) -> Response:
    """Read the template of a letter, with the parts that it shares with others."""
    return answer(notice_templates.get_template(current_engine(), current_principal(), notice_kind))


@wording_templates.get("/notice-templates/<string:notice_kind>/preview")
@permission("process:read")
@problems("not-found", "conflict")
@wording_templates.filters(ReaderQuery)
@wording_templates.answers_page(SAMPLE_PAGE)
def preview_notice(query: dict[str, str], notice_kind: str) -> Response:
    """See a letter as it would be sent today.

    About an invented child, with the authority's contacts and the law's days, and marked as a sample.
    """
    return page_response(_sample(notice_kind, query["reader"]))


@wording_templates.get("/notice-templates/<string:notice_kind>/preview/pdf")
@permission("process:read")
@problems("not-found", "conflict")
@wording_templates.filters(ReaderQuery)
@wording_templates.answers_text(PDF_SAMPLE, BYTES)
def preview_notice_pdf(query: dict[str, str], notice_kind: str) -> Response:
    """See a letter as it would be on paper, marked as a sample."""
    page = _sample(notice_kind, query["reader"])
    return pdf_response(letter_previews.as_pdf(current_engine(), page), f"sample-{notice_kind}.pdf")


@wording_templates.post("/notice-templates/check")
@permission("process:deploy")
@repeatable
@wording_templates.takes(LetterTrial, LETTER_TRIAL)
@wording_templates.answers(200, TriedLetter, TRIED_LETTER)
def check_notice_templates(body: dict[str, Any]) -> Response:
    """Try templates of a letter before they are deployed.

    The letter with them, or what would stop it, with the line and what to do. Nothing is kept.
    """
    engine, principal = current_engine(), current_principal()
    return answer(letter_previews.attempt(engine, principal, body["kind"], body["files"], body["reader"]))


@wording_templates.get("/message-templates")
@permission("process:read")
@wording_templates.answers(200, MessageTemplatePage, MESSAGE_TEMPLATES)
def list_message_templates() -> Response:
    """List the templates of messages.

    As they stand for the authority, always in one page.
    """
    return answer(whole(message_templates.list_templates(current_engine(), current_principal())))


@wording_templates.get("/message-templates/<string:wording>")
@permission("process:read")
@problems("not-found")
@wording_templates.answers(200, MessageTemplateDetail, MESSAGE_DETAIL)
def get_message_template(wording: str) -> Response:
    """Read the template of a message."""
    return answer(message_templates.get_template(current_engine(), current_principal(), wording))


@wording_templates.get("/message-templates/<string:wording>/preview")
@permission("process:read")
@problems("not-found", "conflict")
@wording_templates.answers(200, TriedMessage, TRIED_MESSAGE)
def preview_message(wording: str) -> Response:
    """See a message as its reader would have it, with sample values."""
    return answer(message_templates.preview(current_engine(), current_principal(), wording))


@wording_templates.post("/message-templates/check")
@permission("process:deploy")
@repeatable
@wording_templates.takes(MessageTrial, MESSAGE_TRIAL)
@wording_templates.answers(200, TriedMessage, TRIED_MESSAGE)
def check_message_template(body: dict[str, str]) -> Response:
    """Try the template of a message before it is deployed.

    The message, or what would stop it, with the line and what to do. Nothing is kept. A name that the
    product doesn't use itself is an alert's, for the ladder to name.
    """
    return answer(
        message_templates.attempt(current_engine(), current_principal(), body["name"], body["text"])
    )


def _sample(notice_kind: str, reader: str) -> str:
    return letter_previews.preview(current_engine(), current_principal(), notice_kind, reader)
