"""`/children`: found by what is known of them, read, and put right."""

from __future__ import annotations

from typing import Any

from flask import Response

from api.answers import answer
from api.blueprint import API_ROOT, Blueprint, permission, problems
from api.children.schemas import (
    CHILD,
    CHILD_CHANGE,
    CHILD_PAGE,
    SEARCH,
    Child,
    ChildChange,
    ChildPage,
    ChildSearch,
)
from api.context import current_engine, current_principal
from api.preconditions import conditional
from api.repeats import repeatable
from engine.services.families import children as service
from engine.services.families.children import Sought

children = Blueprint(
    "children", f"{API_ROOT}/children", "Children and young people: found, read, and put right."
)


@children.post("/search")
@permission("child:read")
@repeatable
@children.takes(ChildSearch, SEARCH)
@children.answers(200, ChildPage, CHILD_PAGE)
def search_children(body: dict[str, Any]) -> Response:
    """Search for children.

    By words of the name, birthday, UPN, NHS number or the authority's reference: those of whom the caller
    sees a case. Sent as a body, because addresses end up in the logs of whatever lies between.
    """
    limit, cursor = body.pop("limit"), body.pop("cursor", None)
    found = service.search(current_engine(), current_principal(), Sought(**body), limit=limit, cursor=cursor)
    return answer(found)


@children.get("/<key:child_key>")
@permission("child:read")
@problems("not-found")
@children.answers(200, Child, CHILD, "ETag")
def get_child(child_key: str) -> Response:
    """Read what is recorded of a child.

    That it was read stands in the history of the newest case that the caller sees.
    """
    found = service.get_child(current_engine(), current_principal(), child_key)
    return answer(found, version=found.version)


@children.patch("/<key:child_key>")
@permission("child:correct")
@conditional
@problems("not-found")
@children.takes(ChildChange, CHILD_CHANGE)
@children.answers(200, Child, CHILD, "ETag")
def correct_child(body: dict[str, Any], child_key: str, version: int | None) -> Response:
    """Put right what is recorded of a child.

    The history of its cases names the fields that changed, not what stood in them.
    """
    found = service.correct_child(current_engine(), current_principal(), child_key, body, version=version)
    return answer(found, version=found.version)
