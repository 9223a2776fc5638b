"""What is good once is good once, also for those who try it at the very same time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from engine.services.sign_in import lock_out
from tests.api.office import opened_office
from tests.api.signing_in import Person
from tests.support.together import at_once

AT_ONCE = 6


@pytest.fixture
def person(database_url: str) -> Iterator[Person]:
    with opened_office(database_url) as office:
        yield Person(office, "caseworker")


def statuses(answers: list[Any]) -> Counter[int]:
    return Counter(answer.status_code for answer in answers)


def test_an_invitation_a_code_and_a_recovery_code_have_one_winner_each(person: Person) -> None:
    accepted = at_once([person.accepts] * AT_ONCE)
    assert statuses(accepted) == {200: 1, 401: AT_ONCE - 1}
    answers: list[Any] = list(accepted)
    step = next(each.get_json() for each in answers if each.status_code == 200)
    person.enrols(step)
    for code in (None, person.recovery_codes[0]):
        person.office.desk.clock.advance(timedelta(seconds=30))
        tickets = [person.shows().get_json()["ticket"] for _ in range(3)]
        entered = at_once([partial(person.enters, ticket, code) for ticket in tickets])
        assert statuses(entered) == {200: 1, 401: 2}, code


def test_tries_at_once_dont_outrun_the_count(person: Person) -> None:
    person.signed_in()
    tried = at_once([partial(person.shows, "copper thistle ladder")] * (lock_out.MOST + 6))
    assert statuses(tried) == {401: lock_out.MOST, 429: 6}
