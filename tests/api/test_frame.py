"""The frame around all operations: who may, in what form, and what an error looks like."""

from __future__ import annotations

import logging

import pytest

from api.failures import problem_name
from engine.errors import BadInput, EhcError
from tests.api.asking import NOBODY, Caller, problem
from tests.api.sample import ERRORS, READER, Heard

# --- who ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer ", "Basic d29ya2VyOng=", "worker-token", "Bearer nobody"]
)
def test_strangers_are_asked_who_they_are(things: Caller, header: str) -> None:
    response = things.of(NOBODY).post("/things", {"nonsense": 1}, headers={"Authorization": header})
    problem(response, 401, "unauthenticated")
    assert response.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_token_that_is_sent_but_unknown_is_called_invalid(things: Caller) -> None:
    response = things.of("nobody").get("/things")
    assert 'error="invalid_token"' in response.headers["WWW-Authenticate"]


def test_a_scheme_is_a_scheme_in_any_case(things: Caller) -> None:
    assert things.of(NOBODY).get("/things", headers={"Authorization": f"bearer {READER}"}).status_code == 200


def test_the_permission_is_asked_before_anything_is_read(things: Caller) -> None:
    said = problem(things.of(READER).post("/things", data=b"{not json"), 403, "not-permitted")
    assert "thing:make" in said["detail"]
    assert Heard.last is None


def test_a_route_without_permission_is_used_by_nobody(things: Caller) -> None:
    assert things.get("/unguarded").status_code == 500


# --- where -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    ["/nothing", "/things/", "//things", "/things/0", "/things/x", "/things/٤", "/things/-1", "/things/01",
     "/things/85583089456564060160", "/things/1%00", "/things/%ff"],
)  # fmt: skip
def test_what_is_no_address_is_not_found(things: Caller, path: str) -> None:
    problem(things.get(path), 404, "no-such-address")


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "FOO"])
def test_other_methods_are_refused_with_those_that_are_taken(things: Caller, method: str) -> None:
    response = things(method, "/things")
    problem(response, 405, "method-not-allowed")
    assert set(response.headers["Allow"].split(", ")) == {"GET", "HEAD", "POST"}


def test_head_answers_as_get_does(things: Caller) -> None:
    response = things("HEAD", "/things")
    assert (response.status_code, response.data) == (200, b"")


def test_an_address_that_is_no_ascii_is_quoted_in_the_problem(things: Caller) -> None:
    assert problem(things.get("/ä b"), 404, "no-such-address")["instance"] == "/%C3%A4%20b"


@pytest.mark.parametrize("query", ["name=%ff", "name=%00", "na%00me=1", "%c3=1"])
def test_a_query_that_is_no_text_is_malformed(things: Caller, query: str) -> None:
    problem(things.get(f"/things?{query}"), 400, "malformed")


# --- in which form -----------------------------------------------------------------------------


@pytest.mark.parametrize("accept", ["text/html", "application/json;q=0", "image/*, text/*"])
def test_an_answer_that_is_not_accepted_is_not_sent(things: Caller, accept: str) -> None:
    problem(things.get("/things", headers={"Accept": accept}), 406, "not-acceptable")


@pytest.mark.parametrize("accept", ["*/*", "application/*", "text/html, application/json;q=0.1", ""])
def test_an_answer_that_is_accepted_is_sent(things: Caller, accept: str) -> None:
    assert things.get("/things", headers={"Accept": accept}).status_code == 200


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/xml", "application/x-www-form-urlencoded", None]
)
def test_only_json_bodies_are_read(things: Caller, content_type: str | None) -> None:
    problem(
        things.post("/things", data=b'{"name": "x"}', content_type=content_type),
        415,
        "unsupported-media-type",
    )


@pytest.mark.parametrize(
    "content_type", ["application/json", "application/json; charset=utf-8", "application/vnd.x+json"]
)
def test_json_by_any_of_its_names(things: Caller, content_type: str) -> None:
    assert things.post("/things", data=b'{"name": "x"}', content_type=content_type).status_code == 201


def test_a_packed_body_is_refused_by_name(things: Caller) -> None:
    said = problem(
        things.post("/things", {"name": "x"}, headers={"Content-Encoding": "gzip"}),
        415,
        "unsupported-media-type",
    )
    assert "Content-Encoding" in said["detail"]


def test_a_body_that_is_too_large_is_refused(things: Caller) -> None:
    problem(things.post("/things", {"name": "x" * 3_000_000}), 413, "too-large")


@pytest.mark.parametrize("server_says_it_ended", [False, True])
def test_a_body_that_was_cut_off_is_refused(things: Caller, server_says_it_ended: bool) -> None:
    cut = {"CONTENT_LENGTH": "4000", "wsgi.input_terminated": server_says_it_ended}
    response = things.post(
        "/things", data=b'{"name": "x"}', content_type="application/json", environ_overrides=cut
    )
    problem(response, 400, "malformed")
    assert Heard.last is None


@pytest.mark.parametrize("body", [None, {}])
def test_an_operation_without_body_takes_none_or_an_empty_one(things: Caller, body: object) -> None:
    assert things.post("/things/1/touch", body).status_code == 200


def test_an_operation_without_body_refuses_one(things: Caller) -> None:
    problem(things.post("/things/1/touch", {"assignee": "me"}), 422, "bad-input")
    problem(things.post("/things/1/touch", data=b"x"), 415, "unsupported-media-type")


def test_an_operation_without_query_refuses_one(things: Caller) -> None:
    assert problem(things.get("/things/1?full=true"), 422, "bad-input")["errors"][0]["field"] == "full"


# --- errors ------------------------------------------------------------------------------------

STATUS = {
    "bad_input": 422, "not_found": 404, "not_permitted": 403, "conflict": 409, "task_held": 409,
    "task_closed": 409, "case_closed": 409, "version_mismatch": 412, "incident": 409, "busy": 503, "setup": 503,
}  # fmt: skip


@pytest.mark.parametrize("code", STATUS)
def test_each_error_of_the_engine_has_its_problem(things: Caller, code: str) -> None:
    problem(things.post(f"/things/fail/{code}"), STATUS[code], code.replace("_", "-"))


def _all_errors(kind: type[EhcError]) -> list[type[EhcError]]:
    return [kind, *(found for below in kind.__subclasses__() for found in _all_errors(below))]


def _kinds(kind: type[EhcError]) -> set[type[EhcError]]:
    return {kind}.union(*(_kinds(below) for below in kind.__subclasses__()))


def test_no_error_of_the_engine_is_left_without_a_problem() -> None:
    rooms = ("engine.errors", "engine.services")
    kinds = {kind for kind in _kinds(EhcError) - {EhcError} if kind.__module__.startswith(rooms)}
    assert {kind.code for kind in kinds} >= set(STATUS)
    assert {kind.__name__ for kind in kinds if problem_name(kind) == "fault"} == set()


def test_a_kind_without_a_problem_of_its_own_takes_that_of_its_parent() -> None:
    refused = type("SomethingRefused", (BadInput,), {"code": "something_refused"})
    assert problem_name(refused) == "bad-input"
    assert problem_name(EhcError) == "fault"


def test_an_error_brings_what_programs_need(things: Caller) -> None:
    assert problem(things.post("/things/fail/task_held"), 409, "task-held")["holder"] == "Amina Farouk"
    assert problem(things.post("/things/fail/incident"), 409, "incident")["incidentKey"] == "41"
    assert things.post("/things/fail/busy").headers["Retry-After"] == "1"
    assert things.post("/things/fail/bad_input").get_json()["errors"] == [
        {"in": "body", "field": "a.b", "message": "Bad a."},
        {"in": "body", "field": "c", "message": "Bad c."},
    ]


def test_what_only_the_operator_may_know_is_not_told(things: Caller) -> None:
    assert "/srv/secret" not in things.post("/things/fail/setup").text


def test_a_fault_is_logged_where_it_arose_and_without_its_words(
    things: Caller, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        response = things.post("/things/fail/fault", headers={"X-Request-Id": "trace-7"})
    assert "Secret Child" not in response.text + caplog.text
    assert "trace-7" in caplog.text
    assert "ValueError at api/sample.py" in caplog.text
    assert problem(response, 500, "fault")["requestId"] == "trace-7"


def test_nothing_of_an_address_is_logged_but_its_form(
    things: Caller, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        things.get("/things/1234?name=Secret")
        things.get("/Secret")
    assert "Secret" not in caplog.text
    assert "1234" not in caplog.text
    assert "/things/<key:thing_key> 422" in caplog.text


@pytest.mark.parametrize("sent", ["", "a b", "x" * 65, "ü", "<script>"])
def test_a_request_name_that_could_do_harm_is_replaced(things: Caller, sent: str) -> None:
    named = things.get("/things", headers={"X-Request-Id": sent}).headers["X-Request-Id"]
    assert named != sent
    assert len(named) == 32


def test_every_wrong_way_in_the_table_is_tried() -> None:
    assert set(STATUS) | {"fault"} == set(ERRORS)
