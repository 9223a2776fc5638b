"""`Idempotency-Key`: a repeated request gets the first answer again, and nothing is done twice."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Response, request

from api.blueprint import note
from api.context import current_engine, current_principal
from api.problems import FieldError, Refusal
from api.reading import read_json
from engine.services import idempotency
from engine.services.idempotency import Answer

_KEY = re.compile(r"[!-~]{1,200}")
#: Response headers that a repeat gets again.
_KEPT = ("ETag", "Location")
#: What sealed answers are sealed for.
_PURPOSE = "answer"


def repeatable(view: Callable[..., Response]) -> Callable[..., Response]:
    """Honour `Idempotency-Key` on a view, when it is sent."""

    sealed: bool = getattr(view, "_apidoc", {}).get("confidential", False)

    @wraps(view)
    def wrapper(*arguments: Any, **options: Any) -> Response:
        return answered_once(lambda: view(*arguments, **options), _content, sealed=sealed)

    return note(wrapper, repeatable=True)


def confidential(view: Callable[..., Response]) -> Callable[..., Response]:
    """Keep a repeatable view's answers sealed: they show what is stored nowhere else. Stands below it."""
    return note(view, confidential=True)


def repeats_itself(view: Callable[..., Response]) -> Callable[..., Response]:
    """Mark a view that honours `Idempotency-Key` by itself, through `answered_once`."""
    return note(view, repeatable=True)


def answered_once(
    view: Callable[[], Response], content: Callable[[], Any], *, sealed: bool = False
) -> Response:
    """Answer a request once, if it carries `Idempotency-Key`: for views that read their body in parts.

    Args:
        content: what tells this request from another to the same address under the same key.
        sealed: whether the answer is kept sealed.
    """
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return view()
    stored = idempotency.remember(
        current_engine(),
        current_principal(),
        _checked(key),
        idempotency.fingerprint(request.method, request.path, content()),
        lambda: _to_store(view(), sealed),
    )
    return _from_store(stored, sealed)


def _content() -> Any:
    """What was sent."""
    return read_json(request) if request.get_data(cache=True) else None


def _checked(key: str) -> str:
    if _KEY.fullmatch(key) is None:
        message = "Idempotency-Key must be 1 to 200 visible ASCII characters."
        raise Refusal("malformed", message, errors=[FieldError("header", "Idempotency-Key", message)])
    return key


def _to_store(response: Response, sealed: bool) -> Answer:
    headers = {name: response.headers[name] for name in _KEPT if name in response.headers}
    body = response.get_data(as_text=True)
    if sealed:
        body = current_engine().vault.seal(_PURPOSE, body)
    return Answer(response.status_code, headers, body, replayed=False)


def _from_store(stored: Answer, sealed: bool) -> Response:
    body = current_engine().vault.unseal(_PURPOSE, stored.body) if sealed else stored.body
    response = Response(body, status=stored.status, mimetype="application/json")
    response.headers.update(stored.headers)
    if stored.replayed:
        response.headers["Idempotency-Replayed"] = "true"
    return response
