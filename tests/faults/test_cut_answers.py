"""Whoever asks over HTTP as something breaks is told so, may send the same again, and it's done once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import psycopg
import pytest
from werkzeug.test import TestResponse

from api.requests.schemas import NEW_REQUEST
from engine.store import tables
from tests.api.asking import problem
from tests.api.office import CASES, TASKS, Office, opened_office
from tests.engine.services.rows import count, differences, events
from tests.faults.acts import rows_by_table
from tests.faults.cutting import COMMIT, LONG, Harm, cut_off, knife
from tests.support.databases import Databases
from tests.support.desk import MONDAY, CaseDesk

#: Sends the same request, with the same `Idempotency-Key`.
Send = Callable[[], TestResponse]
#: Every so many places are harmed; all of them in the long run.
_EVERY = 1 if LONG else 3
_MOST_PLACES = 400


@pytest.fixture
def office(database_url: str) -> Iterator[Office]:
    with opened_office(database_url) as opened:
        yield opened


@pytest.fixture
def on_postgresql(postgresql_url: str) -> Iterator[Office]:
    with opened_office(postgresql_url) as opened:
        yield opened


@pytest.fixture
def undisturbed(databases: Databases) -> Iterator[Office]:
    with databases.migrated("sqlite") as url, opened_office(url) as opened:
        yield opened


def sending(office: Office, path: str, body: Any) -> Send:
    caller = office.caller("caseworker")
    return lambda: caller.post(path, body, headers={"Idempotency-Key": "once-and-only-once"})


def raising(office: Office) -> Send:
    return sending(office, "/api/v1/requests", {**NEW_REQUEST, "receivedOn": MONDAY.isoformat()})


def completing(office: Office) -> Send:
    task = office.task(office.raise_request(), "register_request")
    return sending(office, f"{TASKS}/{task['key']}/complete", {"answers": office.example(task["key"])})


def withdrawing(office: Office) -> Send:
    body = {"withdrawnOn": MONDAY.isoformat(), "reason": "The family moved on."}
    return sending(office, f"{CASES}/{office.raise_request()}/withdrawal", body)


def correcting(office: Office) -> Send:
    body = {"anchor": "request_received_on", "date": "2026-10-26", "reason": "The letter says so."}
    return sending(office, f"{CASES}/{office.raise_request()}/anchors", body)


SENDING = {"request": raising, "complete": completing, "withdraw": withdrawing, "correct": correcting}


def harmed(send: Send, nth: int, when: str, harm: Harm) -> tuple[TestResponse, str]:
    """The answer to a request that is harmed at a place; and which place, or nothing if it has fewer."""
    with knife(nth, when, harm) as held:
        response = send()
    return response, held.place if held.fell else ""


def until_done(send: Send, harm: Harm) -> Iterator[TestResponse]:
    """The answers to a request that is harmed at one place after the other, and at last left in peace."""
    for nth in range(1, _MOST_PLACES, _EVERY):
        response, place = harmed(send, nth, "before", harm)
        if not place:
            assert response.status_code in (200, 201), response.text
            return
        yield response
    raise AssertionError("it never ends")


@pytest.mark.parametrize("name", SENDING)
def test_a_fault_is_a_problem_and_the_same_again_is_done_once(
    office: Office, undisturbed: Office, name: str
) -> None:
    send, undisturbed_send = SENDING[name](office), SENDING[name](undisturbed)
    before = rows_by_table(office.desk)
    for response in until_done(send, cut_off):
        assert problem(response, 500, "fault")
        assert rows_by_table(office.desk) == before
    assert send().headers["Idempotency-Replayed"] == "true"
    undisturbed_send()
    assert rows_by_table(office.desk) == rows_by_table(undisturbed.desk)
    assert differences(office.desk) == []


@pytest.mark.parametrize("name", SENDING)
def test_an_answer_lost_after_the_commit_is_given_again(
    office: Office, undisturbed: Office, name: str
) -> None:
    """What was committed stays, though the client was told of a fault: the key finds the first answer."""
    send, undisturbed_send = SENDING[name](office), SENDING[name](undisturbed)
    for nth in range(1, _MOST_PLACES):
        response, place = harmed(send, nth, "after", cut_off)
        if place == COMMIT and response.status_code == 500 and (again := send()).status_code < 300:
            break
        assert response.status_code == 500, "no commit was kept"
    assert send().get_data() == again.get_data()
    undisturbed_send()
    assert rows_by_table(office.desk) == rows_by_table(undisturbed.desk)
    assert differences(office.desk) == []


def terminating(office: Office) -> Harm:
    """Ends the server process that works for a connection, as an administrator would."""
    address = office.desk.engine.database.url.set(drivername="postgresql").render_as_string(False)

    def harm(connection: Any) -> None:
        with psycopg.connect(address, autocommit=True) as another:
            ended = another.execute("select pg_terminate_backend(%s, 5000)", [connection.info.backend_pid])
            assert ended.fetchone() == (True,)

    return harm


@pytest.mark.parametrize("name", SENDING)
def test_a_connection_that_is_lost_is_busy_and_not_a_fault(on_postgresql: Office, name: str) -> None:
    office = on_postgresql
    send = SENDING[name](office)
    before = rows_by_table(office.desk)
    for response in until_done(send, terminating(office)):
        told = problem(response, 503, "busy")
        assert "again" in told["detail"]
        assert response.headers["Retry-After"] == "1"
        assert rows_by_table(office.desk) == before
    assert send().headers["Idempotency-Replayed"] == "true"
    assert differences(office.desk) == []


def test_a_reader_whose_connection_is_lost_may_ask_again(on_postgresql: Office) -> None:
    office = on_postgresql
    case = office.raise_request()
    for path in (f"{CASES}/{case}", f"{CASES}/{case}/deadlines", TASKS):
        for response in until_done(partial(office.caller("caseworker").get, path), terminating(office)):
            assert problem(response, 503, "busy")
    assert differences(office.desk) == []


def test_connections_that_were_lost_while_nobody_asked_are_noticed_by_nobody(on_postgresql: Office) -> None:
    office = on_postgresql
    key = office.raise_request()
    database = office.desk.engine.database
    address = database.url.set(drivername="postgresql").render_as_string(False)
    with psycopg.connect(address, autocommit=True) as another:
        another.execute(
            "select pg_terminate_backend(pid, 5000) from pg_stat_activity"
            " where datname = current_database() and pid <> pg_backend_pid()"
        )
    assert office.caller("caseworker").get(f"{CASES}/{key}").status_code == 200
    case = CaseDesk(office.desk, key, "")
    assert len(events(case, "case:read")) == count(office.desk, tables.ehc_case) == 1
