"""Managers and others are away with cover: by whoever looks after them, and by somebody who can do as much."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from tests.api.asking import Caller, fields, problem
from tests.api.office import Office, opened_office

ABSENCES = "/api/v1/absences"


@pytest.fixture
def office(databases: Any) -> Iterator[Office]:
    with databases.migrated("sqlite") as url, opened_office(url) as opened:
        yield opened


def absence(office: Office, who: tuple[str, str], cover: tuple[str, str]) -> dict[str, str]:
    today = office.desk.clock.today()
    keys = [str(office.desk.member(*each).membership_key) for each in (who, cover)]
    days = {"from": today.isoformat(), "to": (today + timedelta(days=9)).isoformat()}
    return {"absent": keys[0], "coveredBy": keys[1], **days}


MANAGER, HEAD = ("service_manager", "camhs"), ("group_head", "send_team")


def caller(office: Office, who: tuple[str, str]) -> Caller:
    return office.caller(*who)


def test_a_manager_is_away_with_cover(office: Office) -> None:
    sent = absence(office, MANAGER, HEAD)
    made = caller(office, MANAGER).post(ABSENCES, sent)
    assert made.status_code == 201
    (listed,) = caller(office, MANAGER).get(ABSENCES).get_json()["items"]
    assert (listed["absent"], listed["coveredBy"]) == (sent["absent"], sent["coveredBy"])
    problem(caller(office, MANAGER).post(ABSENCES, sent), 409, "conflict")
    assert (
        caller(office, ("service_manager", "educational_psychology")).get(ABSENCES).get_json()["items"] == []
    )


@pytest.mark.parametrize(
    ("who", "cover", "field"),
    [
        (MANAGER, ("professional", "camhs"), "coveredBy"),  # can't answer for lateness
        (MANAGER, ("service_manager", "social_care"), "coveredBy"),  # doesn't see it
        (MANAGER, MANAGER, "coveredBy"),
        (("service_manager", "social_care"), HEAD, "absent"),  # not theirs to look after
    ],
)
def test_cover_that_is_none_is_refused(
    office: Office, who: tuple[str, str], cover: tuple[str, str], field: str
) -> None:
    assert field in fields(caller(office, MANAGER).post(ABSENCES, absence(office, who, cover)))


def test_others_dont_record_absences(office: Office) -> None:
    sent = absence(office, MANAGER, HEAD)
    problem(office.caller("professional", "camhs").post(ABSENCES, sent), 403, "not-permitted")


def recorded(office: Office) -> str:
    return str(caller(office, MANAGER).post(ABSENCES, absence(office, MANAGER, HEAD)).get_json()["key"])


def test_an_absence_that_doesnt_come_is_withdrawn(office: Office) -> None:
    key = recorded(office)
    gone = caller(office, MANAGER)("DELETE", f"{ABSENCES}/{key}").get_json()
    assert (gone["toOn"], gone["tasksWithCover"], gone["toldToCover"]) == (None, [], 0)
    assert caller(office, MANAGER).get(ABSENCES).get_json()["items"] == []
    problem(caller(office, MANAGER)("DELETE", f"{ABSENCES}/{key}"), 404, "not-found")


def test_who_comes_back_sooner_is_back_at_once(office: Office) -> None:
    key, today = recorded(office), office.desk.clock.today()
    office.desk.step_to(today + timedelta(days=3))
    back = caller(office, ("administrator", "send_team"))("DELETE", f"{ABSENCES}/{key}").get_json()
    assert back["toOn"] == (today + timedelta(days=2)).isoformat()
    assert caller(office, MANAGER).get(ABSENCES).get_json()["items"] == []
    problem(caller(office, MANAGER)("DELETE", f"{ABSENCES}/{key}"), 409, "conflict")


def test_another_last_day_is_checked_as_the_first_was(office: Office) -> None:
    key, today = recorded(office), office.desk.clock.today()
    later = {"to": (today + timedelta(days=20)).isoformat()}
    assert caller(office, MANAGER).patch(f"{ABSENCES}/{key}", later).get_json()["toOn"] == later["to"]
    early = {"to": (today - timedelta(days=1)).isoformat()}
    assert "to" in fields(caller(office, MANAGER).patch(f"{ABSENCES}/{key}", early))
    next_one = {**absence(office, MANAGER, HEAD), "from": (today + timedelta(days=30)).isoformat()}
    next_one["to"] = (today + timedelta(days=40)).isoformat()
    assert caller(office, MANAGER).post(ABSENCES, next_one).status_code == 201
    problem(caller(office, MANAGER).patch(f"{ABSENCES}/{key}", {"to": next_one["from"]}), 409, "conflict")


def test_an_absence_of_others_isnt_found(office: Office) -> None:
    key = recorded(office)
    other = caller(office, ("service_manager", "educational_psychology"))
    problem(other("DELETE", f"{ABSENCES}/{key}"), 404, "not-found")
    problem(other.patch(f"{ABSENCES}/{key}", {"to": "2031-01-01"}), 404, "not-found")
