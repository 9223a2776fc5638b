"""Reads JSON bodies and addresses strictly: what could be taken in two ways isn't taken at all."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterator
from typing import Any, NoReturn
from urllib.parse import unquote_to_bytes

from flask import Request

from api.problems import Refusal, bad_input

#: Objects and lists may be nested this deeply.
DEEPEST = 32
#: Whole numbers beyond this change on their way through other programs (RFC 7493).
LARGEST = 2**53 - 1


def read_json(request: Request) -> Any:
    """The body of a request as JSON.

    Raises:
        Refusal: 415 when it isn't declared as JSON or is packed; 400 when it isn't JSON, is cut short, or
            holds what programs read differently (doubled names, NaN, huge numbers, lone surrogates, NUL).
    """
    if not _is_json(request.mimetype):
        raise Refusal(
            "unsupported-media-type",
            "The body must be JSON, sent with the header Content-Type: application/json.",
        )
    encoding = request.headers.get("Content-Encoding", "identity").strip().lower()
    if encoding != "identity":
        raise Refusal("unsupported-media-type", "A packed body isn't read. Send it without Content-Encoding.")
    return decode_json(_whole_body(request))


def decode_json(body: bytes) -> Any:
    """JSON of a body that is known to be complete; the same rules as `read_json`."""
    try:
        value = json.loads(body.decode("utf-8"), object_pairs_hook=_members, parse_constant=_refuse_constant)
    except UnicodeDecodeError as error:
        raise _malformed(f"The body isn't UTF-8: see byte {error.start}.") from None
    except json.JSONDecodeError as error:
        raise _malformed(
            f"The body isn't JSON: {error.msg}, line {error.lineno} column {error.colno}."
        ) from None
    except RecursionError:
        raise _malformed(f"The body is nested more than {DEEPEST} levels deep.") from None
    except ValueError:
        raise _malformed("The body holds a number that is too large.") from None
    for part, depth in _parts(value):
        _check(part, depth)
    return value


def check_address(request: Request) -> None:
    """Refuse a query that isn't UTF-8 or holds NUL. (A path like that matches no address.)"""
    raw = unquote_to_bytes(request.query_string)
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        raise _malformed("The address isn't UTF-8. Encode it with percent signs.") from None
    if b"\0" in raw:
        raise _malformed("The address holds a NUL character. Leave it out.")


def refuse_query(request: Request) -> None:
    """For operations that take no query."""
    for name in request.args:
        raise bad_input("query", name, "This operation takes no query parameters. Leave it out.")


def has_body(request: Request) -> bool:
    """Whether anything is sent as a body."""
    return bool(request.content_length) or "Transfer-Encoding" in request.headers


def refuse_body(request: Request) -> None:
    """For operations that take no body; an empty one, or an empty JSON object, is as good as none."""
    if not has_body(request):
        return
    if not request.get_data(cache=True):
        return
    if read_json(request) != {}:
        raise bad_input("body", "", "This operation takes no body. Leave it out.")


def _whole_body(request: Request) -> bytes:
    body = request.get_data(cache=True)
    if request.content_length is not None and len(body) != request.content_length:
        raise _malformed(
            f"The body ended after {len(body)} of {request.content_length} bytes. Send it again."
        )
    return body


def _is_json(mimetype: str) -> bool:
    return mimetype == "application/json" or (
        mimetype.startswith("application/") and mimetype.endswith("+json")
    )


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        doubled = next(name for name, times in Counter(name for name, _ in pairs).items() if times > 1)
        raise _malformed(f"The name {doubled[:60]!a} stands twice in one object. Send it once.")
    return members


def _refuse_constant(name: str) -> NoReturn:
    raise _malformed(f"{name} isn't a JSON number.")


def _parts(value: Any) -> Iterator[tuple[Any, int]]:
    """Every value inside a value, names of members too, each with its depth; without recursion."""
    waiting = [(value, 1)]
    while waiting:
        part, depth = waiting.pop()
        yield part, depth
        if isinstance(part, dict):
            waiting.extend((name, depth) for name in part)
            waiting.extend((item, depth + 1) for item in part.values())
        elif isinstance(part, list):
            waiting.extend((item, depth + 1) for item in part)


def _check(part: Any, depth: int) -> None:
    if isinstance(part, str):
        _check_text(part)
    elif isinstance(part, float):
        if not math.isfinite(part):
            raise _malformed("The body holds a number that is too large.")
    elif isinstance(part, int) and abs(part) > LARGEST:
        raise _malformed(f"The body holds a whole number beyond {LARGEST}. Send long numbers as text.")
    elif isinstance(part, (dict, list)) and depth > DEEPEST:
        raise _malformed(f"The body is nested more than {DEEPEST} levels deep.")


def _check_text(text: str) -> None:
    if "\0" in text:
        raise _malformed("The body holds a NUL character (\\u0000). Leave it out.")
    if not text.isascii() and any("\ud800" <= letter <= "\udfff" for letter in text):
        raise _malformed(
            "The body holds half of a surrogate pair (\\ud800 to \\udfff). Send whole characters."
        )


def _malformed(detail: str) -> Refusal:
    return Refusal("malformed", detail)
