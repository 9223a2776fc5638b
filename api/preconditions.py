"""`If-Match`: nothing is done on a thing that has changed since the caller read it."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Response, request

from api.blueprint import note
from api.problems import Refusal

_TAG = re.compile(r'"([0-9]{1,18})"')


def conditional(view: Callable[..., Response]) -> Callable[..., Response]:
    """Give a view the version that the caller has seen, as its argument `version` (None when none is named).

    The engine compares it inside the step's own transaction.
    """

    @wraps(view)
    def wrapper(*arguments: Any, **options: Any) -> Response:
        return view(*arguments, **options, version=seen_version())

    return note(wrapper, conditional=True)


def seen_version() -> int | None:
    """The version in `If-Match`; None for `*` and without the header.

    Raises:
        Refusal: 412 for a tag that can't be one of ours, 400 for several.
    """
    header = request.headers.get("If-Match")
    if header is None or header.strip() == "*":
        return None
    if "," in header:
        raise Refusal("malformed", 'If-Match must name one ETag, for example "3".')
    tag = _TAG.fullmatch(header.strip())
    if tag is None:
        raise Refusal(
            "version-mismatch",
            f"{header.strip()[:40]} was never the ETag of this. Read it again and send its ETag.",
        )
    return int(tag[1])
