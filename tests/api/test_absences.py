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
