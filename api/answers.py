"""Writes answers: the engine's views go out as they are, encoded once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from flask import Response

from engine.services.views import Page, PageEnd, View

_encoder = msgspec.json.Encoder()


def answer(
    body: View | Page[Any], status: int = 200, *, version: int | None = None, location: str | None = None
) -> Response:
    """A JSON answer; `version` becomes its `ETag`, `location` the address of what was made."""
    response = Response(_encoder.encode(body), status=status, mimetype="application/json")
    if version is not None:
        response.headers["ETag"] = f'"{version}"'
    if location is not None:
        response.headers["Location"] = location
    return response


def answer_value(value: Mapping[str, Any]) -> Response:
    """A JSON answer that is no view of ours: what people wrote into a form."""
    return Response(_encoder.encode(value), mimetype="application/json")


def whole(items: Sequence[View]) -> Page[Any]:
    """A list that is always answered whole, in the form of a page."""
    return Page(items=list(items), page=PageEnd(end_cursor=None))
