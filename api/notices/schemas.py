"""What notices and the deliveries of their copies look like."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from api.fields import Day, Instant, Key, choice
from api.lists import LAST, ListPage
from api.schema import AnswerSchema, RequestSchema
from engine.services.families.families import CHANNELS
from engine.services.notices.deliveries import STATES


class Delivery(AnswerSchema):
    """One copy of a notice: to whom it went, how, and whether it is known to have arrived."""

    key = Key(required=True)
    recipient = fields.String(required=True, metadata={"description": "`family`, `setting`, `icb`..."})
    organisation = fields.String(required=True, allow_none=True)
    family_member_key = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "Null for organisations, and for a family of which nobody is recorded."},
    )
    channel = choice(*CHANNELS, required=True)
    state = choice("sent", "delivered", "failed", "chased", required=True)
    sent_on = Day(required=True)
    served_on = Day(
        required=True, metadata={"description": "By post the second working day after; else the day sent."}
    )
    delivered_on = Day(required=True, allow_none=True)
    chased_on = Day(required=True, allow_none=True)


class Notice(AnswerSchema):
    """A notice as it was sent. Made, sent, served and received are separate facts."""

    key = Key(required=True)
    kind = fields.String(required=True)
    title = fields.String(required=True)
    occurrence = fields.String(required=True, allow_none=True)
    element_id = fields.String(required=True)
    template_version = fields.String(required=True)
    appealable = fields.Boolean(
        required=True, metadata={"description": "Whether it carries the appeal pack."}
    )
    rights_holder = choice("parent", "young_person", "alternative_person", required=True)
    made_on = Day(required=True)
    sent_on = Day(required=True)
    served_on = Day(required=True, metadata={"description": "The latest of the family's copies."})
    received_on = Day(required=True, allow_none=True)
    digest = fields.String(required=True, metadata={"description": "SHA-256 of the letter as it was sent."})
    pdf_digest = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "SHA-256 of the PDF exactly as it is sent; null until it is made."},
    )
    pdf_made_at = Instant(required=True, allow_none=True)
    pdf_maker = fields.String(required=True, allow_none=True)
    deliveries = fields.List(fields.Nested(Delivery), required=True)


class NoticePage(ListPage):
    """A page of a case's notices, newest first."""

    items = fields.List(fields.Nested(Notice), required=True)


class DeliveryRecord(RequestSchema):
    """What became of a copy."""

    state = choice(*STATES, required=True)
    on = Day(required=True, metadata={"description": "From the day it was sent until today."})


class NewCopy(RequestSchema):
    """To whom a further copy goes, and how."""

    family_member_key = Key(required=True)
    channel = choice(
        "post",
        "by_hand",
        load_default=None,
        allow_none=True,
        metadata={"description": "Another way than the one they are served by; neither needs agreement."},
    )


DELIVERY: dict[str, Any] = {
    "key": "9001",
    "recipient": "family",
    "organisation": None,
    "familyMemberKey": "77",
    "channel": "portal",
    "state": "delivered",
    "sentOn": "2026-03-10",
    "servedOn": "2026-03-10",
    "deliveredOn": "2026-03-11",
    "chasedOn": None,
}
NOTICE: dict[str, Any] = {
    "key": "4711",
    "kind": "refusal_to_assess",
    "title": "Refusal to assess, with reasons and rights (reg 5)",
    "occurrence": None,
    "elementId": "send_refusal_to_assess",
    "templateVersion": "24a3257f3a1c",
    "appealable": True,
    "rightsHolder": "parent",
    "madeOn": "2026-03-10",
    "sentOn": "2026-03-10",
    "servedOn": "2026-03-10",
    "receivedOn": "2026-03-11",
    "digest": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "pdfDigest": "4f8b42c22dd3729b519ba6f68d2da7cc5b2d606d05daed5ad5128cc03e6c6358",
    "pdfMadeAt": "2026-03-10T09:00:05Z",
    "pdfMaker": "weasyprint 70.0",
    "deliveries": [DELIVERY],
}
NOTICE_PAGE: dict[str, Any] = {"items": [NOTICE], "page": LAST}
RECORD: dict[str, Any] = {"state": "delivered", "on": "2026-03-11"}
NEW_COPY: dict[str, Any] = {"familyMemberKey": "78"}
PAGE = '<!doctype html>\n<html lang="en-GB">\n<head><title>We will not assess your needs</title></head>\n'
