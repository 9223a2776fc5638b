"""Queries and bodies are taken as their schemas say, and in no other way."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.api.asking import Caller, fields, problem
from tests.api.sample import Heard

QUERIES: dict[str, dict[str, Any]] = {
    "": {},
    "dueBefore=2026-11-02": {"due_before": date(2026, 11, 2)},
    "unassigned=true": {"unassigned": True},
    "unassigned=false": {"unassigned": False},
    "limit=200": {"limit": 200},
    "state=OPEN&name=%C3%A4": {"state": "OPEN", "name": "ä"},
    "words=a&words=b": {"words": ["a", "b"]},
}


@pytest.mark.parametrize("query", QUERIES)
def test_queries_that_are_taken(things: Caller, query: str) -> None:
    assert things.get(f"/things?{query}").status_code == 200
    assert Heard.last == {"limit": 50, **QUERIES[query]}


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("due=2026-11-02", "due"),
        ("due_before=2026-11-02", "due_before"),
        ("dueBefore=2026-11-2", "dueBefore"),
        ("dueBefore=2026-11-31", "dueBefore"),
        ("dueBefore=٢٠٢٦-١١-٠٢", "dueBefore"),
        ("dueBefore=2026-11-02T00:00:00Z", "dueBefore"),
        ("dueBefore=", "dueBefore"),
        ("unassigned=1", "unassigned"),
        ("unassigned=True", "unassigned"),
        ("limit=0", "limit"),
        ("limit=201", "limit"),
        ("limit=5.0", "limit"),
        ("limit=٤", "limit"),
        ("limit=%205", "limit"),
        ("limit=99999999999999999999", "limit"),
        ("state=open", "state"),
        ("limit=1&limit=2", "limit"),
    ],
)
def test_queries_that_are_refused(things: Caller, query: str, field: str) -> None:
    response = things.get(f"/things?{query}")
    problem(response, 422, "bad-input")
    assert set(fields(response)) == {field}
    assert response.get_json()["errors"][0]["in"] == "query"


BODIES: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"name": "x"}, {}),
    ({"name": "  Zoë O'Neil-Łuk  "}, {"name": "Zoë O'Neil-Łuk"}),
    ({"name": "x", "number": 4}, {"number": 4}),
    ({"name": "x", "number": 4.0}, {"number": 4}),
    ({"name": "x", "number": None}, {"number": None}),
    ({"name": "x", "text": "One.\n\tTwo."}, {"text": "One.\n\tTwo."}),
    ({"name": "x", "on": "2024-02-29"}, {"on": date(2024, 2, 29)}),
    ({"name": "x", "anything": {"a": [1, None, {"b": ""}]}}, {"anything": {"a": [1, None, {"b": ""}]}}),
]


@pytest.mark.parametrize(("body", "heard"), BODIES)
def test_bodies_that_are_taken(things: Caller, body: dict[str, Any], heard: dict[str, Any]) -> None:
    assert things.post("/things", body).status_code == 201
    assert Heard.last == {"name": "x", **heard}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "name"),
        ({"name": None}, "name"),
        ({"name": ""}, "name"),
        ({"name": "   "}, "name"),
        ({"name": "\u2003"}, "name"),
        ({"name": "two\nlines"}, "name"),
        ({"name": "ends\n"}, "name"),
        ({"name": "bell\u0007"}, "name"),
        ({"name": "x" * 21}, "name"),
        ({"name": "x" + " " * 20}, "name"),
        ({"name": 5}, "name"),
        ({"name": ["x"]}, "name"),
        ({"name": "x", "Name": "y"}, "Name"),
        ({"name": "x", "number": "4"}, "number"),
        ({"name": "x", "number": 4.5}, "number"),
        ({"name": "x", "number": True}, "number"),
        ({"name": "x", "number": 15}, "number"),
        ({"name": "x", "number": -3}, "number"),
        ({"name": "x", "text": " \n "}, "text"),
        ({"name": "x", "on": "2023-02-29"}, "on"),
        ({"name": "x", "on": "02/11/2026"}, "on"),
        ({"name": "x", "on": "0001-01-01"}, "on"),
        ({"name": "x", "on": "9999-12-31"}, "on"),
        ({"name": "x", "on": 20261102}, "on"),
        ({"name": "x", "on": "20261102"}, "on"),
        ({"name": "x", "on": None}, "on"),
        ({"name": "x", "inner": {"line": "x", "more": 1}}, "inner.more"),
        ({"name": "x", "inner": "x"}, "inner"),
        ({"name": "x", "inners": [{}, {"line": 3}]}, "inners.1.line"),
        ({"name": "x", "inners": {}}, "inners"),
        ({"name": "x", "anything": []}, "anything"),
        ([], ""),
        ("x", ""),
        (7, ""),
    ],
)
def test_bodies_that_are_refused(things: Caller, body: Any, field: str) -> None:
    response = things.post("/things", body)
    problem(response, 422, "bad-input")
    assert set(fields(response)) == {field}
    assert response.get_json()["errors"][0]["in"] == "body"
    assert Heard.last is None


def test_every_wrong_field_is_named_at_once(things: Caller) -> None:
    response = things.post("/things", {"number": "4", "inner": {"line": 3}, "more": 1})
    assert set(fields(response)) == {"name", "number", "inner.line", "more"}
    assert response.get_json()["detail"] == "4 fields can't be accepted."


def test_a_long_blank_text_is_refused_at_once(things: Caller) -> None:
    """A pattern that goes back over the text again and again would take minutes here."""
    response = things.post("/things", {"name": " " * 500_000 + "\u0007"})
    assert set(fields(response)) == {"name"}


# --- If-Match ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("sent", "heard"), [('"3"', 3), ("*", None), (None, None), (' "12" ', 12)])
def test_the_version_that_was_seen_reaches_the_operation(
    things: Caller, sent: str | None, heard: int | None
) -> None:
    headers = {} if sent is None else {"If-Match": sent}
    assert things.post("/things/1/touch", headers=headers).status_code == 200
    assert Heard.last == heard


@pytest.mark.parametrize("sent", ['W/"3"', '"abc"', '""', '"' + "9" * 40 + '"', '"-1"'])
def test_a_tag_that_was_never_ours_matches_nothing(things: Caller, sent: str) -> None:
    problem(things.post("/things/1/touch", headers={"If-Match": sent}), 412, "version-mismatch")


@pytest.mark.parametrize("sent", ["", "3", "'3'", '"3', '"1", "2"', '"1""2"'])
def test_what_is_no_tag_or_several_is_malformed(things: Caller, sent: str) -> None:
    problem(things.post("/things/1/touch", headers={"If-Match": sent}), 400, "malformed")


def test_a_version_is_a_strong_tag(things: Caller) -> None:
    assert things.get("/things/1").headers["ETag"] == '"3"'


def test_what_was_made_has_an_address(things: Caller) -> None:
    assert things.post("/things", {"name": "x"}).headers["Location"] == "/things/2"


def test_what_is_wrong_within_a_list_is_said_in_our_words(things: Caller) -> None:
    response = things.post("/things", {"name": "x", "lines": ["a", None, 1, ""]})
    problem(response, 422, "bad-input")
    said = {error["field"]: error["message"] for error in response.get_json()["errors"]}
    assert (said["lines.1"], said["lines.2"]) == ("This may not be null.", "This must be text.")
    assert "lines.3" in said
