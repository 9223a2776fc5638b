"""`/print-queue` and `/print-batches`: letters that the authority prints and posts itself."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Response

from api.answers import answer
from api.blueprint import API_ROOT, Blueprint, permission, problems
from api.context import current_engine, current_principal
from api.lists import ListQuery
from api.notices.papers import BYTES, PDF_SAMPLE, pdf_response
from api.preconditions import conditional
from api.printing.schemas import (
    BATCH,
    BATCH_PAGE,
    POSTING,
    QUEUE_PAGE,
    Posting,
    PrintBatch,
    PrintBatchPage,
    PrintQueuePage,
)
from api.repeats import repeatable
from engine.services.notices import print_queue as service
from engine.services.notices.views_of_printing import BatchView

printing = Blueprint("printing", API_ROOT, "Letters that the authority prints and posts itself.")


def _answered(found: BatchView, status: int = 200, location: str | None = None) -> Response:
    return answer(found, status, version=found.version, location=location)


@printing.get("/print-queue")
@permission("letter:print")
@printing.filters(ListQuery)
@printing.answers(200, PrintQueuePage, QUEUE_PAGE)
def list_print_queue(query: dict[str, Any]) -> Response:
    """List the letters that wait to be printed, the oldest first.

    `lacks` says what keeps one from being printed: most often that no postal address is recorded.
    """
    return answer(service.waiting(current_engine(), current_principal(), **query))


@printing.get("/print-batches")
@permission("letter:print")
@printing.filters(ListQuery)
@printing.answers(200, PrintBatchPage, BATCH_PAGE)
def list_print_batches(query: dict[str, Any]) -> Response:
    """List the batches, the newest first."""
    return answer(service.list_batches(current_engine(), current_principal(), **query))


@printing.post("/print-batches")
@permission("letter:print")
@repeatable
@problems("conflict")
@printing.answers(201, PrintBatch, BATCH, "ETag", "Location")
def make_print_batch() -> Response:
    """Put the oldest letters that can be printed into one PDF, at most fifty.

    They wait no longer. Nothing counts as sent until the batch was posted.
    """
    made = service.make_batch(current_engine(), current_principal())
    return _answered(made, 201, f"{API_ROOT}/print-batches/{made.key}")


@printing.get("/print-batches/<key:print_batch_key>")
@permission("letter:print")
@problems("not-found")
@printing.answers(200, PrintBatch, BATCH, "ETag")
def get_print_batch(print_batch_key: str) -> Response:
    """Read a batch."""
    return _answered(service.get_batch(current_engine(), current_principal(), print_batch_key))


@printing.get("/print-batches/<key:print_batch_key>/pdf")
@permission("letter:print")
@problems("not-found", "conflict")
@printing.answers_text(PDF_SAMPLE, BYTES)
def read_print_batch(print_batch_key: str) -> Response:
    """Read the PDF for the printer."""
    pdf = service.read_batch(current_engine(), current_principal(), print_batch_key)
    return pdf_response(pdf, f"letters-{print_batch_key}.pdf")


@printing.post("/print-batches/<key:print_batch_key>/posted")
@permission("letter:print")
@repeatable
@conditional
@problems("not-found", "conflict")
@printing.takes(Posting, POSTING)
@printing.answers(200, PrintBatch, BATCH, "ETag")
def post_print_batch(body: dict[str, date], print_batch_key: str, version: int | None) -> Response:
    """Say on which day a batch was posted.

    Its copies count as sent on that day and as served by post; limits that count from it move.
    """
    engine, principal = current_engine(), current_principal()
    return _answered(service.post_batch(engine, principal, print_batch_key, body["posted_on"], version))


@printing.post("/print-batches/<key:print_batch_key>/returned")
@permission("letter:print")
@repeatable
@conditional
@problems("not-found", "conflict")
@printing.answers(200, PrintBatch, BATCH, "ETag")
def return_print_batch(print_batch_key: str, version: int | None) -> Response:
    """Say that a batch wasn't printed after all; its letters wait again."""
    return _answered(service.return_batch(current_engine(), current_principal(), print_batch_key, version))
