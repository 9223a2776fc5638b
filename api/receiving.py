"""Takes the bytes of files: piece by piece, counted, and only once it is clear who sends them to what."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import unquote

from flask import Response, request
from werkzeug.exceptions import ClientDisconnected

from api.blueprint import View, note
from api.fields import Pattern
from api.problems import FieldError, Refusal, bad_input

#: A SHA-256 as RFC 9530 writes it.
DIGEST_PATTERN = "^sha-256=:[A-Za-z0-9+/]{43}=:$"
_DIGEST_MESSAGE = (
    "This must be the SHA-256 of the file, for example sha-256=:RBNvo1WzZ4oRRq0W9+hknpT7T8If536DEMBg9hyq/4o=:"
)
_LONG_NAME = re.compile(r"filename\*\s*=\s*utf-8''([^;\s]+)", re.IGNORECASE)
_SHORT_NAME = re.compile(r'filename\s*=\s*(?:"([^"]*)"|([^;\s"]+))', re.IGNORECASE)


def takes_bytes(content_type: str) -> Callable[[View], View]:
    """Mark an operation whose body is bytes of a file, of this content type."""
    return lambda view: note(view, takes_bytes=content_type)


def seen_first(check: Callable[..., Any]) -> Callable[[Callable[..., Response]], Callable[..., Response]]:
    """Have a check made with an operation's keys before anything that was sent is looked at.

    What a caller may not see isn't found, whatever they send to it; and no byte of it is read.
    """

    def decorate(view: Callable[..., Response]) -> Callable[..., Response]:
        @wraps(view)
        def wrapper(*arguments: Any, **keys: Any) -> Response:
            check(**{name: key for name, key in keys.items() if name.endswith("_key")})
            return view(*arguments, **keys)

        return wrapper

    return decorate


def digest_pattern() -> Pattern:
    """What `Repr-Digest` must look like."""
    return Pattern(DIGEST_PATTERN, error=_DIGEST_MESSAGE)


def hex_of(digest: str) -> str:
    """A digest as RFC 9530 writes it, in hex."""
    return base64.b64decode(digest.removeprefix("sha-256=:").removesuffix(":")).hex()


def body_length(content_type: str) -> int:
    """How many bytes the body has, of this type and not packed.

    Raises:
        Refusal: 415, 411 or 413.
    """
    if request.mimetype != content_type:
        raise Refusal("unsupported-media-type", f"Send the bytes with Content-Type: {content_type}.")
    if request.headers.get("Content-Encoding", "identity").strip().lower() != "identity":
        raise Refusal("unsupported-media-type", "A packed body isn't read. Send it without Content-Encoding.")
    length, most = request.content_length, request.max_content_length
    if length is None:
        raise Refusal("length-required", "Send Content-Length, so that a body that was cut off is noticed.")
    if most is not None and length > most:
        raise Refusal("too-large", f"One request takes {most} bytes of a file. Send a larger file in parts.")
    return length


def read_body(size: int) -> bytes:
    """The next bytes of the body; nothing at its end, or when its sender has gone."""
    try:
        return request.stream.read(size)
    except ClientDisconnected:
        return b""


def file_name(disposition: str) -> str:
    """The name in a `Content-Disposition` (RFC 6266), in its long form if that is there.

    Raises:
        Refusal: there is none, or it isn't UTF-8.
    """
    if long := _LONG_NAME.search(disposition):
        try:
            return unquote(long[1], errors="strict")
        except UnicodeDecodeError:
            pass
    elif short := _SHORT_NAME.search(disposition):
        return short[1] or short[2] or ""
    raise bad_input(
        "header",
        "Content-Disposition",
        "Name the file: attachment; filename*=UTF-8''report.pdf, with percent signs for other letters.",
    )


def refuse_header(name: str, message: str) -> Refusal:
    """A header that can't be read."""
    return Refusal("malformed", message, errors=[FieldError("header", name, message)])
