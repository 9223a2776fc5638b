"""A small application on the frame, with operations that go wrong in every way."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Response
from marshmallow import fields

from api.answers import answer
from api.blueprint import Blueprint, permission, problems
from api.context import PUBLIC, Installation
from api.deprecation import deprecated
from api.fields import Day, Key, Line, Prose, QueryFlag, QueryNumber, WholeNumber, choice
from api.frame import Application, framed
from api.openapi import Api
from api.preconditions import conditional
from api.schema import AnswerSchema, RequestSchema
from engine import errors
from engine.services.principals import Principal
from engine.services.views import View

WORKER = "worker-token"
READER = "reader-token"


class Thing(AnswerSchema):
    thing_key = Key(required=True)


class Search(RequestSchema):
    due_before = Day()
    unassigned = QueryFlag()
    limit = QueryNumber(least=1, most=200, load_default=50)
    state = choice("OPEN", "CLOSED")
    name = fields.String()
    words = fields.List(fields.String())


class Inner(RequestSchema):
    line = Line(longest=20)


class Sending(RequestSchema):
    name = Line(required=True, longest=20)
    number = WholeNumber(least=-2, most=14, allow_none=True)
    text = Prose(longest=50)
    on = Day()
    inner = fields.Nested(Inner)
    inners = fields.List(fields.Nested(Inner))
    lines = fields.List(Line(longest=20))
    anything = fields.Dict(keys=fields.String())


class ThingView(View):
    thing_key: str


class Heard:
    """What the operations were given, for the tests to look at."""

    last: Any = None


EXAMPLE = {"thingKey": "1"}
things = Blueprint("things", "/things", "Things to go wrong with.")

ERRORS: dict[str, Exception] = {
    "bad_input": errors.BadInput(
        "Two fields.", [errors.FieldProblem("a.b", "Bad a."), errors.FieldProblem("c", "Bad c.")]
    ),
    "not_found": errors.NotFound("There is no thing 7."),
    "not_permitted": errors.NotPermitted("Your role may not."),
    "conflict": errors.Conflict("It has moved on."),
    "task_held": errors.TaskHeld("Amina Farouk holds it.", "Amina Farouk"),
    "task_closed": errors.TaskClosed("It is done."),
    "case_closed": errors.CaseClosed("It is withdrawn."),
    "version_mismatch": errors.VersionMismatch("It has changed."),
    "incident": errors.StepIncident("The step failed.", 41),
    "busy": errors.Busy("Send it again."),
    "setup": errors.SetupError("Set /srv/secret/place."),
    "fault": ValueError("Secret Child, born 2019"),
}


@things.get("")
@permission("thing:read")
@things.filters(Search)
@things.answers(200, Thing, EXAMPLE)
def list_things(query: dict[str, Any]) -> Response:
    """Things."""
    Heard.last = query
    return answer(ThingView(thing_key="1"))


@things.get("/<key:thing_key>")
@permission("thing:read")
@problems("not-found")
@things.answers(200, Thing, EXAMPLE)
def get_thing(thing_key: str) -> Response:
    """A thing."""
    return answer(ThingView(thing_key=thing_key), version=3)


@things.post("")
@permission("thing:make")
@things.takes(Sending, {"name": "x"})
@things.answers(201, Thing, EXAMPLE)
def make_thing(body: dict[str, Any]) -> Response:
    """Make a thing."""
    Heard.last = body
    return answer(ThingView(thing_key="2"), 201, location="/things/2")


@things.post("/<key:thing_key>/touch")
@permission("thing:make")
@conditional
@things.answers(200, Thing, EXAMPLE)
def touch_thing(thing_key: str, version: int | None) -> Response:
    """Touch a thing."""
    Heard.last = version
    return answer(ThingView(thing_key=thing_key))


@things.get("/old")
@permission("thing:read")
@things.answers(200, Thing, EXAMPLE)
@deprecated(since=date(2026, 11, 1), sunset=date(2027, 11, 1), instead="/things")
def list_old_things() -> Response:
    """Things, as they were."""
    return answer(ThingView(thing_key="1"))


@things.post("/fail/<name>")
@permission(PUBLIC)
@things.answers(200, Thing, EXAMPLE)
def fail(name: str) -> Response:
    """Go wrong by name."""
    raise ERRORS[name]


def principal(role: str, *permissions: str) -> Principal:
    return Principal(1, 1, "Test Person", "send_team", "SEND team", role, "333", frozenset(permissions))


PRINCIPALS = {
    WORKER: principal("worker", "thing:read", "thing:make"),
    READER: principal("reader", "thing:read"),
}


def sample() -> Application:
    app = framed(Installation(engine=None, authenticate=PRINCIPALS.get))  # type: ignore[arg-type]
    Api(app).register_blueprint(things)

    @app.get("/unguarded")
    def unguarded() -> str:
        return "never seen"

    return app
