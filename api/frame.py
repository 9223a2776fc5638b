"""The Flask application before it has any operation: strict, guarded, and every error a problem."""

from __future__ import annotations

from typing import Any

from flask import Flask

from api.context import Installation, install
from api.converters import KeyConverter
from api.failures import answer_failures, log_fault
from api.gate import guard
from api.headers import protect
from api.limits import tell_limits
from api.tracing import trace

#: Bytes of a request's body. Answers to forms are text; documents travel another way.
LARGEST_BODY = 2 * 1024 * 1024


class Application(Flask):
    """Flask that never writes an exception's words to the log: they may hold personal data."""

    def log_exception(self, exc_info: Any) -> None:
        """Called by Flask for errors that escape every other answer."""
        log_fault(exc_info[1])

    def ensure_sync(self, func: Any) -> Any:
        """As it is: nothing here is a coroutine, and Flask would look at a dozen functions each time."""
        return func


def framed(installation: Installation) -> Application:
    """A new application around an installation."""
    app = Application("api", static_folder=None)
    app.config.update(MAX_CONTENT_LENGTH=LARGEST_BODY, PROVIDE_AUTOMATIC_OPTIONS=False)
    app.url_map.converters["key"] = KeyConverter
    app.url_map.merge_slashes = False
    install(app, installation)
    trace(app)
    protect(app)
    tell_limits(app)
    guard(app)
    answer_failures(app)
    return app
