"""What letters to be printed, and batches of them, look like."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from api.fields import Day, Instant, Key, WholeNumber, choice
from api.lists import LAST, ListPage
from api.schema import AnswerSchema, RequestSchema

_LARGEST = 2**31 - 1
STATES = ("made", "posted", "returned")


class QueuedLetter(AnswerSchema):
    """A copy of a letter that waits to be printed."""

    delivery_key = Key(required=True)
    case_key = Key(required=True)
    notice_key = Key(required=True)
    title = fields.String(required=True)
    made_on = Day(required=True)
    lacks = fields.String(
        required=True, allow_none=True, metadata={"description": "What keeps it from being printed."}
    )


class PrintQueuePage(ListPage):
    """One page of letters that wait."""

    items = fields.List(fields.Nested(QueuedLetter), required=True)


class PrintBatch(AnswerSchema):
    """Letters in one PDF, each behind the sheet with its address and on a new sheet of paper."""

    key = Key(required=True)
    state = choice(*STATES, required=True)
    copies = WholeNumber(least=1, most=_LARGEST, required=True)
    pages = WholeNumber(least=1, most=_LARGEST, required=True)
    digest = fields.String(required=True, metadata={"description": "SHA-256 of the PDF."})
    made_at = Instant(required=True)
    posted_on = Day(required=True, allow_none=True)
    version = WholeNumber(least=1, most=_LARGEST, required=True)


class PrintBatchPage(ListPage):
    """One page of batches."""

    items = fields.List(fields.Nested(PrintBatch), required=True)


class Posting(RequestSchema):
    """When a batch was posted."""

    posted_on = Day(required=True)


POSTING: dict[str, Any] = {"postedOn": "2026-03-11"}
QUEUED: dict[str, Any] = {
    "deliveryKey": "12",
    "caseKey": "1024",
    "noticeKey": "7",
    "title": "Decision to assess (reg 5)",
    "madeOn": "2026-03-10",
    "lacks": None,
}
BATCH: dict[str, Any] = {
    "key": "3",
    "state": "posted",
    "copies": 12,
    "pages": 40,
    "digest": "4f8b42c22dd3729b519ba6f68d2da7cc5b2d606d05daed5ad5128cc03e6c6358",
    "madeAt": "2026-03-10T09:00:00Z",
    "postedOn": "2026-03-11",
    "version": 2,
}
QUEUE_PAGE: dict[str, Any] = {"items": [QUEUED], "page": LAST}
BATCH_PAGE: dict[str, Any] = {"items": [BATCH], "page": LAST}
