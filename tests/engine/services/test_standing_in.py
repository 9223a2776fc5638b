"""When the last who works for an organisation has left, a caseworker does what it owes: no task is nobody's."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from engine.errors import BadInput, NotPermitted
from engine.services.people.memberships import end_membership
from engine.services.principals import members
from engine.services.tasks import contributions, task_lists, tasks
from engine.services.tasks.task_conditions import Conditions
from engine.services.views import TaskView
from engine.store import tables
from tests.support.desk import MONDAY, CaseDesk, Desk

DAY = timedelta(days=1)
OWING = "educational_psychology"
BACKGROUND = ("family_views_request", "early_information", "acknowledge_request")


@pytest.fixture
def advice(case: CaseDesk) -> TaskView:
    case.until("give_advice", but=BACKGROUND)
    return case.task("give_advice", OWING)


def end_all(desk: Desk, last: date) -> None:
    administrator = desk.member("administrator")
    for each in members(desk.engine, desk.authority):
        if each.organisation == OWING:
            end_membership(desk.engine, administrator, str(each.membership_key), last)


def candidates(desk: Desk) -> set[str]:
    """The tasks of the organisation that a caseworker's list offers."""
    asked = Conditions(organisation=OWING, candidate=True)
    return {task.key for task in task_lists.list_tasks(desk.engine, desk.member("caseworker"), asked).items}


def test_as_long_as_somebody_is_there_it_is_theirs(desk: Desk, advice: TaskView) -> None:
    assert candidates(desk) == set()
    with pytest.raises(NotPermitted):
        tasks.claim(desk.engine, desk.member("caseworker"), advice.key)


def test_when_all_have_left_a_caseworker_does_it(desk: Desk, case: CaseDesk, advice: TaskView) -> None:
    today = desk.clock.today()
    end_all(desk, last=today)
    assert candidates(desk) == set()
    desk.step_to(today + DAY)
    assert advice.key in candidates(desk)
    who = desk.member("caseworker")
    tabs = task_lists.count_tasks(desk.engine, who, group_by="worklist")
    assert any(group.group == "candidate" and group.count for group in tabs.groups or ())
    assert tasks.complete(desk.engine, who, advice.key, case.example(advice, who)).state == "COMPLETED"


def test_who_is_there_but_works_on_no_task_helps_nobody(desk: Desk, advice: TaskView) -> None:
    today = desk.clock.today()
    end_all(desk, last=today)
    listed, place = members(desk.engine, desk.authority)[0], tables.organisation
    watcher = {"authority": desk.authority, "role": "auditor", "valid_from": today}
    with desk.engine.database.write() as connection:
        whose = tables.membership.select().where(tables.membership.c.key == listed.membership_key)
        person = connection.execute(whose).one().person_key
        key = connection.execute(place.select().where(place.c.code == OWING)).first()
        assert key is not None
        values = {**watcher, "person_key": person, "organisation_key": key.key}
        connection.execute(tables.membership.insert().values(**values))
    desk.step_to(today + DAY)
    assert tasks.claim(desk.engine, desk.member("caseworker"), advice.key).state == "ASSIGNED"


def test_an_organisation_that_has_ended_isnt_asked_for_a_part(desk: Desk, advice: TaskView) -> None:
    who = desk.member("service_manager", OWING)
    wish = contributions.Wish(question="What helps?", due_on=MONDAY + 300 * DAY, organisation="social_care")
    assert contributions.ask(desk.engine, who, advice.key, wish).state == "asked"
    organisation = tables.organisation
    with desk.engine.database.write() as connection:
        ended = organisation.update().where(organisation.c.code == "social_care")
        connection.execute(ended.values(valid_to=desk.clock.today() - DAY))
    with pytest.raises(BadInput, match="no organisation social_care today"):
        contributions.ask(desk.engine, who, advice.key, wish)
