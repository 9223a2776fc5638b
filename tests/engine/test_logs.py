"""Lines of the log: one an event, in one form, and nothing in them that a person could be known by."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator

import pytest

from engine import logs

LOGGER = logging.getLogger("ehc.test")


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    """What is written while a process logs as JSON; the log is put back afterwards."""
    root = logging.getLogger()
    before, level, ours = root.handlers[:], root.level, logging.getLogger("ehc").level
    written = io.StringIO()
    logs.configure("json", written)
    yield written
    root.handlers[:], root.level = before, level
    logging.getLogger("ehc").setLevel(ours)


def line(stream: io.StringIO) -> dict[str, object]:
    (text,) = stream.getvalue().splitlines()
    return dict(json.loads(text))


def test_a_line_is_one_object_with_its_time_and_place(stream: io.StringIO) -> None:
    LOGGER.info("swept", extra={"status": 3})
    said = line(stream)
    assert {name: said[name] for name in ("event", "level", "logger", "status")} == {
        "event": "swept", "level": "info", "logger": "ehc.test", "status": 3,
    }  # fmt: skip
    assert str(said["timestamp"]).endswith("Z")


def test_only_known_fields_are_written(stream: io.StringIO) -> None:
    LOGGER.info("read", extra={"child_name": "Robin Secret", "route": "/tasks"})
    assert "Secret" not in stream.getvalue()
    assert line(stream)["route"] == "/tasks"


def test_an_exception_is_told_by_its_kind_and_place_without_its_words(stream: io.StringIO) -> None:
    try:
        raise ValueError("bad Secret Child")
    except ValueError:
        LOGGER.exception("failed")
    said = line(stream)
    assert said["kind"] == "ValueError"
    assert "test_logs.py" in str(said["places"])
    assert "Secret" not in stream.getvalue()


def test_a_line_below_the_interface_names_the_request(stream: io.StringIO) -> None:
    token = logs.current_request.set("trace-9")
    try:
        LOGGER.warning("slow")
    finally:
        logs.current_request.reset(token)
    assert line(stream)["request_id"] == "trace-9"


def test_a_library_is_heard_only_when_something_is_wrong(stream: io.StringIO) -> None:
    logging.getLogger("somebody.else").info("chatter")
    assert stream.getvalue() == ""
    logging.getLogger("somebody.else").warning("trouble")
    assert line(stream)["event"] == "trouble"


def test_the_form_for_people_holds_the_same(stream: io.StringIO) -> None:
    record = logging.LogRecord("ehc.x", logging.ERROR, __file__, 1, "request %s: done", ("t-1",), None)
    record.status = 200
    record.name_of_child = "Secret"
    said = logs.formatter("text").format(record)
    assert "ERROR ehc.x: request t-1: done [status=200]" in said
    assert "Secret" not in said
