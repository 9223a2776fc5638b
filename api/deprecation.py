"""Operations on their way out: said in the document, and in every answer (RFC 9745, RFC 8594).

The policy is in docs/api.md: an operation stays at least twelve months after it was said to go.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from functools import wraps
from typing import Any

from flask import Response, make_response
from werkzeug.http import http_date

from api.blueprint import View, note

#: The shortest time between the day that it is said and the day that it goes.
NOTICE = timedelta(days=365)


def deprecated(since: date, sunset: date, instead: str) -> Callable[[View], View]:
    """Mark an operation as going away. Stands nearest to the view.

    Args:
        since: the day from which it is said.
        sunset: the first day on which the operation may be gone.
        instead: the address that does the same from now on.

    Raises:
        ValueError: callers would have less than `NOTICE` to follow.
    """
    if sunset - since < NOTICE:
        raise ValueError(f"Callers have until {sunset}: give them at least {NOTICE.days} days from {since}.")
    headers = {
        "Deprecation": f"@{int(_midnight(since).timestamp())}",
        "Sunset": http_date(_midnight(sunset)),
        "Link": f'<{instead}>; rel="successor-version"',
    }

    def decorate(view: View) -> View:
        @wraps(view)
        def wrapper(*arguments: Any, **options: Any) -> Response:
            response = make_response(view(*arguments, **options))
            response.headers.extend(headers)
            return response

        return note(wrapper, deprecated=True)  # type: ignore[return-value]  # `wraps` keeps the signature

    return decorate


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, UTC)
