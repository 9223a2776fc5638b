"""`/cases/{caseKey}/notices`: letters as they were sent, and the delivery of each copy."""

from __future__ import annotations

from typing import Any

from flask import Response

from api.answers import answer
from api.blueprint import API_ROOT, Blueprint, permission, problems
from api.context import current_engine, current_principal
from api.lists import ListQuery
from api.notices.papers import BYTES, PDF_SAMPLE, page_response, pdf_response
from api.notices.schemas import (
    NEW_COPY,
    NOTICE,
    NOTICE_PAGE,
    PAGE,
    RECORD,
    DeliveryRecord,
    NewCopy,
    Notice,
    NoticePage,
)
from api.preconditions import conditional
from api.repeats import repeatable
from engine.services.notices import deliveries as service
from engine.services.notices import pdfs

notices = Blueprint(
    "notices", f"{API_ROOT}/cases", "Notices: letters as they were sent, and the delivery of each copy."
)


@notices.get("/<key:case_key>/notices")
@permission("case:read")
@problems("not-found")
@notices.filters(ListQuery)
@notices.answers(200, NoticePage, NOTICE_PAGE)
def list_notices(query: dict[str, Any], case_key: str) -> Response:
    """List the notices of a case.

    Newest first. The SEND team sees all with every copy; an agency those that went to it, and its own copy.
    """
    return answer(service.list_notices(current_engine(), current_principal(), case_key, **query))


@notices.get("/<key:case_key>/notices/<key:notice_key>")
@permission("case:read")
@problems("not-found")
@notices.answers(200, Notice, NOTICE)
def get_notice(case_key: str, notice_key: str) -> Response:
    """Read a notice.

    Its dates, the version of its template, and its copies; its words are under `/content`.
    """
    return answer(service.get_notice(current_engine(), current_principal(), case_key, notice_key))


@notices.get("/<key:case_key>/notices/<key:notice_key>/content")
@permission("case:read")
@problems("not-found")
@notices.answers_page(PAGE)
def read_notice_content(case_key: str, notice_key: str) -> Response:
    """Read the letter exactly as it was sent.

    A page of HTML. That it was read stands in the case's history.
    """
    html = service.read_content(current_engine(), current_principal(), case_key, notice_key)
    return page_response(html)


@notices.get("/<key:case_key>/notices/<key:notice_key>/pdf")
@permission("case:read")
@problems("not-found", "conflict")
@notices.answers_text(PDF_SAMPLE, BYTES)
def read_notice_pdf(case_key: str, notice_key: str) -> Response:
    """Read the letter as a PDF, exactly as it is sent on paper.

    Made by the service in the moments after the sending, at the latest now. The page under `/content` is the
    one for people who read by ear. That it was read stands in the case's history.
    """
    pdf = pdfs.read_pdf(current_engine(), current_principal(), case_key, notice_key)
    return pdf_response(pdf, f"notice-{notice_key}.pdf")


@notices.post("/<key:case_key>/notices/<key:notice_key>/deliveries")
@permission("notice:deliver")
@repeatable
@conditional
@problems("not-found", "conflict")
@notices.takes(NewCopy, NEW_COPY)
@notices.answers(201, Notice, NOTICE)
def send_copy(body: dict[str, Any], case_key: str, notice_key: str, version: int | None) -> Response:
    """Send a further copy of a notice to a member of the family.

    Refused for somebody on the safeguarding block list. The notice keeps its dates, unless the copy takes the
    place of one that failed: then it is served when this one is.
    """
    notice = service.send_copy(
        current_engine(),
        current_principal(),
        case_key,
        notice_key,
        body["family_member_key"],
        channel=body["channel"],
        version=version,
    )
    return answer(notice, 201)


@notices.post("/<key:case_key>/notices/<key:notice_key>/deliveries/<key:delivery_key>")
@permission("notice:deliver")
@repeatable
@conditional
@problems("not-found", "conflict")
@notices.takes(DeliveryRecord, RECORD)
@notices.answers(200, Notice, NOTICE)
def record_delivery(
    body: dict[str, Any], case_key: str, notice_key: str, delivery_key: str, version: int | None
) -> Response:
    """Say what became of a copy.

    Delivered or failed, from the day it was sent until today; it isn't chased any more.
    """
    notice = service.record_delivery(
        current_engine(),
        current_principal(),
        case_key,
        notice_key,
        delivery_key,
        body["state"],
        body["on"],
        version=version,
    )
    return answer(notice)
