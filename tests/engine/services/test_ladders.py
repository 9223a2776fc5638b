"""Which ladder stands for an authority, and what another one means for the limits that run."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, select, update

from benchmarks.statements import counted
from engine.calendar import england
from engine.ladder import FILE, SETTING
from engine.services.escalations.alert_times import Place
from engine.services.processes import definitions
from engine.services.processes.definitions import Deployer, DeploymentRefused
from engine.services.sweep import sweep
from engine.store import tables
from engine.store.hearing_tables import hearing
from tests.engine.ladder.shipped import TEXT, another, kept_longer, shipped
from tests.engine.services.rows import count, differences
from tests.support.desk import MONDAY, CaseDesk, Desk, at, opened_desk
from tests.support.together import at_once

RECEIVED = "reg5_decide_to_assess"
FINAL = "reg13_2_final_20w"
LATE: dict[str, Any] = {"agency": "send_team", "rule": FINAL, "kind": "statutory", "days": 3}
EARLIER = another(TEXT, "[-14..-8]", "[-30..-8]")
EARLIER = another(another(EARLIER, "&lt; -14", "&lt; -30"), "&lt; -21", "&lt; -40")
EARLIER = another(EARLIER, "[-21..-15]", "[-40..-31]")


def level(desk: Desk) -> str:
    with desk.engine.database.read() as connection:
        rung = desk.engine.ladders.in_force(connection, desk.authority).decide(**LATE)
    assert rung is not None
    return rung.level


def deploy(desk: Desk, text: str, *accepted: str) -> None:
    by = Deployer("a test", reason="It is tried.", accepted=accepted)
    definitions.deploy(desk.engine, desk.authority, {FILE: text.encode()}, by=by)


def alerts(desk: Desk) -> dict[str, datetime | None]:
    with desk.engine.database.read() as connection:
        rows = connection.execute(select(tables.deadline).where(tables.deadline.c.nature == "deadline")).all()
    return {row.rule: row.alert_at for row in rows}


def test_a_ladder_that_is_deployed_stands_from_then_on(database_url: str) -> None:
    with opened_desk(database_url) as desk:
        assert level(desk) == "group_head"
        deploy(desk, kept_longer(), "ladder:group_head:3:5")
        assert level(desk) == "service_manager"
        deploy(desk, TEXT)
        assert level(desk) == "group_head"


def test_one_by_which_somebody_is_told_later_is_refused_until_the_loss_is_meant(sqlite_url: str) -> None:
    with opened_desk(sqlite_url) as desk:
        with pytest.raises(DeploymentRefused, match="group_head is told of what is late later: from 5 days"):
            deploy(desk, kept_longer())
        assert level(desk) == "group_head"


def test_one_that_names_what_there_is_not_is_refused_with_the_cell(sqlite_url: str) -> None:
    with opened_desk(sqlite_url) as desk:
        with pytest.raises(DeploymentRefused) as refused:
            deploy(desk, another(TEXT, '"urgent"', '"urgnt"'))
        finding = refused.value.findings[0]
        assert (finding.rule, finding.element) == (
            "ladder-unknown-wording",
            "escalation_ladder_rule_7_out_4",
        )
        assert finding.remedy == "Did you mean urgent?"


def test_steps_that_share_a_transaction_ask_for_it_once(sqlite_url: str) -> None:
    with opened_desk(sqlite_url) as desk, desk.engine.database.joined() as connection:
        with counted() as sent:
            for _ in range(3):
                desk.engine.ladders.in_force(connection, desk.authority, desk.engine.database.joins)
        assert len(sent.texts) <= 2


def test_every_setting_goes_by_one_word_and_any_other_by_its_code(sqlite_url: str) -> None:
    with opened_desk(sqlite_url) as desk, desk.engine.database.read() as connection:
        names = [
            desk.engine.ladders.agency(connection, desk.authority, code)
            for code in ("camhs", "urn:103001", "send_team", "nobody_knows")
        ]
    assert names == ["camhs", SETTING, "send_team", "nobody_knows"]


def test_alerts_begin_as_the_day_begins_in_london() -> None:
    due_on = date(2027, 3, 29)
    place = Place(shipped(), england(), "send_team", FINAL, "statutory", due_on)
    first, after = place.first(), place.next(date(2027, 3, 28))
    assert first is not None
    assert first.isoformat() == "2027-03-15T00:00:00+00:00"
    assert after is not None
    assert after.isoformat() == "2027-03-29T23:00:00+00:00"


def test_every_running_limit_follows_another_ladder_at_once(database_url: str) -> None:
    with opened_desk(database_url) as desk:
        case = desk.request()
        due_on = case.deadline(FINAL).due_on
        assert due_on is not None
        deploy(desk, EARLIER)
        friday = due_on - timedelta(days=31)  # the thirtieth day ahead is a Saturday
        assert alerts(desk)[FINAL] == at(friday, 0)
        deploy(desk, TEXT, *losses_of_the_usual_days())
        assert alerts(desk)[FINAL] == at(due_on - timedelta(days=14), 0)


def test_what_another_ladder_tells_of_today_is_looked_at_at_once(sqlite_url: str) -> None:
    with opened_desk(sqlite_url) as desk:
        case = desk.request()
        due_on = case.deadline(RECEIVED).due_on
        assert due_on is not None
        desk.jump_to(due_on - timedelta(days=20))
        deploy(desk, EARLIER)
        assert alerts(desk)[RECEIVED] == desk.clock.now()


def test_what_an_exception_lifts_stays_unsaid_by_every_ladder(sqlite_url: str) -> None:
    with opened_desk(sqlite_url) as desk:
        desk.request()
        with desk.engine.database.write() as connection:
            connection.execute(update(tables.deadline).values(exceptions=["EX_ABSENCE_4W"], alert_at=None))
        deploy(desk, EARLIER)
        assert set(alerts(desk).values()) == {None}


def test_an_authority_without_a_ladder_of_its_own_follows_the_first_that_it_deploys(sqlite_url: str) -> None:
    with opened_desk(sqlite_url) as desk:
        case = desk.request()
        due_on = case.deadline(FINAL).due_on
        assert due_on is not None
        with desk.engine.database.write() as connection:
            resource = tables.deployment_resource
            connection.execute(delete(resource).where(resource.c.name == FILE))
        assert level(desk) == "group_head"  # by the one that is shipped
        with pytest.raises(DeploymentRefused, match="ladder:group_head:3:5"):
            deploy(desk, kept_longer())
        deploy(desk, EARLIER)
        assert alerts(desk)[FINAL] == at(friday_by(due_on - timedelta(days=30)), 0)


def test_what_an_old_ladder_said_just_so_is_not_said_again(sqlite_url: str) -> None:
    with opened_desk(sqlite_url) as desk:
        case = desk.request()
        due_on = case.deadline(RECEIVED).due_on
        assert due_on is not None
        desk.step_to(due_on + timedelta(days=1))
        assert [(each.rule, each.level) for each in case.escalations()] == [(RECEIVED, "service_manager")]
        before = count(desk, hearing)
        deploy(desk, kept_longer(), "ladder:group_head:3:5")
        sweep(desk.engine)
        assert count(desk, hearing) == before
        desk.step_to(due_on + timedelta(days=4))
        assert [each.level for each in case.escalations()] == ["service_manager"]
        desk.step_to(due_on + timedelta(days=5))
        assert [each.level for each in case.escalations()] == ["group_head"]


def test_a_step_beside_a_deployment_leaves_no_limit_on_the_old_ladder(database_url: str) -> None:
    with opened_desk(database_url) as desk:
        cases = [desk.request() for _ in range(4)]

        def correcting(case: CaseDesk) -> Callable[[], object]:
            return lambda: case.correct("request_received_on", MONDAY - timedelta(days=3))

        works = [*map(correcting, cases), lambda: deploy(desk, EARLIER)]
        failed = [outcome for outcome in at_once(works) if isinstance(outcome, Exception)]
        assert failed == []
        for case in cases:
            due_on = case.deadline(FINAL).due_on
            assert due_on is not None
            with desk.engine.database.read() as connection:
                query = select(tables.deadline.c.alert_at).where(
                    tables.deadline.c.case_key == int(case.key), tables.deadline.c.rule == FINAL
                )
                alert_at = connection.execute(query).scalar_one()
            assert alert_at == at(friday_by(due_on - timedelta(days=30)), 0)


def test_a_limit_that_would_be_told_of_later_than_the_ladder_says_is_a_difference(sqlite_url: str) -> None:
    with opened_desk(sqlite_url) as desk:
        desk.request()
        assert differences(desk) == []
        with desk.engine.database.write() as connection:
            connection.execute(
                update(tables.deadline).where(tables.deadline.c.rule == FINAL).values(alert_at=None)
            )
        (found,) = differences(desk)
        assert found.startswith(f"{FINAL} would be told of never; by the ladder in force it's due at")
        deploy(desk, EARLIER)
        assert differences(desk) == []


def friday_by(day: date) -> date:
    """The day itself, or the Friday before a weekend; none of these days is a holiday."""
    return day - timedelta(days=max(day.weekday() - 4, 0))


def losses_of_the_usual_days() -> list[str]:
    return ["ladder:task_holder:-30:-14", "ladder:task_holder:-40:-21"]
