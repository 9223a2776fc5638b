"""What goes into the log and in which form: one line an event, and nothing of a person.

Modules log through the standard library; `extra` carries what a program may want to filter by. Of that only
the names in `FIELDS` are written, whatever a caller or a library adds, and an exception is told by its
kind and its places in the code: its words may hold what somebody typed.
"""

from __future__ import annotations

import logging
import sys
import traceback
from collections.abc import MutableMapping
from contextvars import ContextVar
from pathlib import Path
from typing import Any, TextIO

import structlog

#: The name of the request that is being answered, for lines that are written below the interface.
current_request: ContextVar[str | None] = ContextVar("current_request", default=None)

#: Everything that a line may hold.
FIELDS = frozenset(
    {
        "event",
        "timestamp",
        "level",
        "logger",
        "request_id",
        "method",
        "route",
        "status",
        "milliseconds",
        "membership",
        "kind",
        "places",
    }
)
_SHOWN_PLACES = 5
#: Libraries whose own lines are read only when something is wrong.
_QUIET = logging.WARNING

Line = MutableMapping[str, Any]


def configure(form: str = "text", stream: TextIO | None = None) -> None:
    """Send every line of this process to standard error.

    Args:
        form: `json`, one object a line, or `text`, for people.
    """
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(formatter(form))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(_QUIET)
    logging.getLogger("ehc").setLevel(logging.INFO)


def formatter(form: str) -> logging.Formatter:
    """What turns a record into a line."""
    return structlog.stdlib.ProcessorFormatter(
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            _only_known,
            structlog.processors.JSONRenderer() if form == "json" else _as_text,
        ],
        foreign_pre_chain=[
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.stdlib.ExtraAdder(allow=FIELDS),
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _name_request,
            _tell_exception,
        ],
    )


def places(error: BaseException) -> str:
    """Where an error arose and the way there through our own code, the nearest first, without its words."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames[:-1] if "site-packages" not in frame.filename]
    return " < ".join(_place(frame) for frame in [*frames[-1:], *reversed(ours[-_SHOWN_PLACES:])])


def _place(frame: traceback.FrameSummary) -> str:
    file = Path(frame.filename)
    return f"{file.parent.name}/{file.name}:{frame.lineno} {frame.name}"


def _name_request(_logger: object, _method: str, line: Line) -> Line:
    name = current_request.get()
    if name is not None:
        line.setdefault("request_id", name)
    return line


def _tell_exception(_logger: object, _method: str, line: Line) -> Line:
    told = line.pop("exc_info", None)
    error = told[1] if isinstance(told, tuple) else told
    if isinstance(error, BaseException):
        line["kind"] = type(error).__name__
        line["places"] = places(error)
    return line


def _only_known(_logger: object, _method: str, line: Line) -> Line:
    return {name: value for name, value in line.items() if name in FIELDS}


def _as_text(_logger: object, _method: str, line: Line) -> str:
    rest = " ".join(f"{name}={line[name]}" for name in sorted(line) if name not in _IN_FRONT)
    front = f"{line.get('timestamp', '')} {line.get('level', '').upper()} {line.get('logger', '')}: "
    return f"{front}{line.get('event', '')}" + (f" [{rest}]" if rest else "")


_IN_FRONT = ("timestamp", "level", "logger", "event")
