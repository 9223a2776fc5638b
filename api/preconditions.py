"""`If-Match`: nothing is done on a thing that has changed since the caller read it."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Response, request

from api.blueprint import note
from api.problems import Refusal

_OURS = re.compile(r'"([0-9]{1,18})"')
_ANY_TAG = re.compile(r'(W/)?"[!#-~]*"')


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
        Refusal: 412 for a tag that can't be one of ours, 400 for what is no tag, and for several.
    """
    header = request.headers.get("If-Match")
    if header is None or header.strip() == "*":
        return None
    tag = header.strip()
    if _ANY_TAG.fullmatch(tag) is None:
        raise Refusal("malformed", 'If-Match must be one ETag as it was answered, for example "3", or *.')
    version = _OURS.fullmatch(tag)
    if version is None:
        raise Refusal("version-mismatch", "This was never the ETag of what is there. Read it again.")
    return int(version[1])
