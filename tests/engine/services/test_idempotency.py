"""A request that is sent twice is done once, and gets the first answer again."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from engine.errors import BadInput, StepIncident, TaskClosed
from engine.services.idempotency import Answer, fingerprint, remember
from engine.services.principals import Principal
from engine.services.tasks import tasks
from engine.store import tables
from tests.engine.services.drawing import start
from tests.engine.services.rows import count, differences, events, everything, rows
from tests.support.desk import CaseDesk, Desk
from tests.support.together import at_once

KEY = "6a7f-repeat"
MARK = fingerprint("POST", "/requests", {"child": 1})


def raising(desk: Desk) -> Callable[[], Answer]:
    """The work behind `POST /requests`."""
    return lambda: Answer(201, {"Location": "/there"}, desk.request().key)


@pytest.fixture
def who(either_desk: Desk) -> Principal:
    return either_desk.member("caseworker")


def test_a_repeat_gets_the_first_answer(either_desk: Desk, who: Principal) -> None:
    first = remember(either_desk.engine, who, KEY, MARK, raising(either_desk))
    again = remember(either_desk.engine, who, KEY, MARK, raising(either_desk))
    assert not first.replayed
    assert again == Answer(first.status, first.headers, first.body, replayed=True)
    assert count(either_desk, tables.ehc_case) == 1


def test_twenty_at_once_do_it_once(either_desk: Desk, who: Principal) -> None:
    answers = at_once([lambda: remember(either_desk.engine, who, KEY, MARK, raising(either_desk))] * 20)
    assert all(isinstance(answer, Answer) for answer in answers), answers
    assert {answer.body for answer in answers if isinstance(answer, Answer)} == {"1"}
    assert [isinstance(answer, Answer) and answer.replayed for answer in answers].count(False) == 1
    assert count(either_desk, tables.ehc_case) == count(either_desk, tables.child) == 1
    assert differences(either_desk) == []


def test_keys_belong_to_a_person(either_desk: Desk) -> None:
    for who in either_desk.all_with("caseworker"):
        assert not remember(either_desk.engine, who, KEY, MARK, raising(either_desk)).replayed
    assert count(either_desk, tables.ehc_case) == 4


def test_a_key_for_another_request_is_refused(either_desk: Desk, who: Principal) -> None:
    remember(either_desk.engine, who, KEY, MARK, raising(either_desk))
    other = fingerprint("POST", "/requests", {"child": 2})
    with pytest.raises(BadInput, match="another request"):
        remember(either_desk.engine, who, KEY, other, raising(either_desk))
    assert count(either_desk, tables.ehc_case) == 1


@pytest.mark.parametrize("key", ["", " ", "a b", "é", "x" * 201, "a\n", "\x00"])
def test_what_cant_be_a_key_is_refused(desk: Desk, key: str) -> None:
    with pytest.raises(BadInput, match="visible ASCII"):
        remember(desk.engine, desk.member("caseworker"), key, MARK, raising(desk))
    assert count(desk, tables.ehc_case) == 0


def test_work_that_fails_is_taken_back_and_may_be_repeated(either_desk: Desk, who: Principal) -> None:
    def fail() -> Answer:
        either_desk.request()
        raise TaskClosed("It was closed meanwhile.")

    before = everything(either_desk)
    with pytest.raises(TaskClosed):
        remember(either_desk.engine, who, KEY, MARK, fail)
    assert everything(either_desk) == before
    assert count(either_desk, tables.idempotency) == 0
    assert not remember(either_desk.engine, who, KEY, MARK, raising(either_desk)).replayed


def test_a_completion_is_done_once(either_desk: Desk, either_case: CaseDesk, who: Principal) -> None:
    task = either_case.task("register_request")
    answers = either_case.example(task, who)

    def complete() -> Answer:
        return Answer(200, {}, tasks.complete(either_desk.engine, who, task.key, answers).state)

    bodies = [remember(either_desk.engine, who, KEY, MARK, complete).body for _ in range(3)]
    assert bodies == ["COMPLETED"] * 3
    assert len(events(either_case, "task:completed")) == 1


def test_an_incident_is_kept_and_the_key_is_free_again(either_small_case: CaseDesk) -> None:
    desk = either_small_case.desk
    who = desk.member("caseworker")
    start(either_small_case, "fails_when_asked")
    task = either_small_case.task("ask")

    def complete() -> Answer:
        return Answer(200, {}, tasks.complete(desk.engine, who, task.key, {}).state)

    for _ in range(2):
        with pytest.raises(StepIncident):
            remember(desk.engine, who, KEY, MARK, complete)
    assert len(rows(desk, tables.incident)) == 1
    assert count(desk, tables.idempotency) == 0
    assert either_small_case.task("ask").state == "CREATED"
    assert differences(desk) == []


def test_the_order_of_fields_makes_no_other_request() -> None:
    first = fingerprint("POST", "/x", {"a": 1, "b": [1, {"d": 1, "c": 2}]})
    assert first == fingerprint("POST", "/x", {"b": [1, {"c": 2, "d": 1}], "a": 1})
    others = [
        ("PUT", "/x", {"a": 1}),
        ("POST", "/y", {"a": 1}),
        ("POST", "/x", {"a": "1"}),
        ("POST", "/x", None),
    ]
    assert len({fingerprint(*other) for other in others} | {first}) == 5
