"""`/batches`: work on many instances at once."""

from __future__ import annotations

from typing import Any

from flask import Response

from api.answers import answer
from api.batches.schemas import (
    BATCH,
    BATCH_ITEM_PAGE,
    BATCH_PAGE,
    CANCELLED,
    NEW_BATCH,
    PAUSED,
    Batch,
    BatchItemPage,
    BatchItemQuery,
    BatchPage,
    BatchQuery,
    NewBatch,
)
from api.blueprint import API_ROOT, Blueprint, permission, problems
from api.context import current_engine, current_principal
from api.preconditions import conditional
from api.repeats import repeatable
from engine.services.batches import batches as service
from engine.services.batches.batch_requests import request_batch

batches = Blueprint("batches", f"{API_ROOT}/batches", "Work on many running cases at once, with progress.")


@batches.post("")
@permission("batch:control")
@repeatable
@batches.takes(NewBatch, NEW_BATCH)
@batches.answers(201, Batch, BATCH, "Location", "ETag")
def create_batch(body: dict[str, Any]) -> Response:
    """Do something with many instances or tasks.

    It begins at once, in the background, each item in its own transaction; a batch of one is done before
    it is answered. An item that can't be done is noted with its reason and holds up no other.
    """
    made = request_batch(current_engine(), current_principal(), **body)
    return answer(made, 201, version=made.version, location=f"{API_ROOT}/batches/{made.key}")


@batches.get("")
@permission("batch:read")
@batches.filters(BatchQuery)
@batches.answers(200, BatchPage, BATCH_PAGE)
def list_batches(query: dict[str, Any]) -> Response:
    """List batches, the newest first."""
    return answer(service.list_batches(current_engine(), current_principal(), **query))


@batches.get("/<key:batch_key>")
@permission("batch:read")
@problems("not-found")
@batches.answers(200, Batch, BATCH, "ETag")
def get_batch(batch_key: str) -> Response:
    """Read how far a batch has come."""
    found = service.get_batch(current_engine(), current_principal(), batch_key)
    return answer(found, version=found.version)


@batches.get("/<key:batch_key>/items")
@permission("batch:read")
@problems("not-found")
@batches.filters(BatchItemQuery)
@batches.answers(200, BatchItemPage, BATCH_ITEM_PAGE)
def list_batch_items(query: dict[str, Any], batch_key: str) -> Response:
    """List the items of a batch, each with what became of it."""
    return answer(service.list_items(current_engine(), current_principal(), batch_key, **query))


@batches.post("/<key:batch_key>/pause")
@permission("batch:control")
@repeatable
@conditional
@problems("not-found", "conflict")
@batches.answers(200, Batch, PAUSED, "ETag")
def pause_batch(batch_key: str, version: int | None) -> Response:
    """Pause a batch.

    What is being done is done to its end; nothing more is begun until it is resumed.
    """
    changed = service.pause(current_engine(), current_principal(), batch_key, version)
    return answer(changed, version=changed.version)


@batches.post("/<key:batch_key>/resume")
@permission("batch:control")
@repeatable
@conditional
@problems("not-found", "conflict")
@batches.answers(200, Batch, BATCH, "ETag")
def resume_batch(batch_key: str, version: int | None) -> Response:
    """Go on with a paused batch."""
    changed = service.go_on(current_engine(), current_principal(), batch_key, version)
    return answer(changed, version=changed.version)


@batches.post("/<key:batch_key>/cancel")
@permission("batch:control")
@repeatable
@conditional
@problems("not-found", "conflict")
@batches.answers(200, Batch, CANCELLED, "ETag")
def cancel_batch(batch_key: str, version: int | None) -> Response:
    """Leave the rest of a batch undone, for good.

    What is done stays done: make a batch that undoes it, if need be.
    """
    changed = service.stop(current_engine(), current_principal(), batch_key, version)
    return answer(changed, version=changed.version)
