"""A morning: forecasts from what is known by then, a warning once, and a list for whoever answers for it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select

from cli.main import main
from engine.config import Settings
from engine.errors import SetupError
from engine.services.escalations import why
from engine.services.sight import sight
from engine.store import tables
from engine.store.forecast_tables import forecast
from engine.store.hearing_tables import hearing
from engine.store.types import AnyRow
from insight.early.at_risk import Asked, at_risk
from insight.early.mornings import FORETELLING, foretell
from tests.engine.services.rows import rows
from tests.support.desk import MONDAY, CaseDesk, Desk, at, opened_desk

RULE = "reg5_decide_to_assess"
DAY = timedelta(days=1)


@pytest.fixture
def desk(database_url: str) -> Iterator[Desk]:
    with opened_desk(database_url) as opened:
        yield opened


def remember(desk: Desk, case: CaseDesk, number: int, missed: int) -> None:
    """Limits of other rounds of work that ended in the last weeks, so many of them missed."""
    with desk.engine.database.write() as connection:
        like = connection.execute(
            select(tables.deadline).where(
                tables.deadline.c.case_key == int(case.key), tables.deadline.c.rule == RULE
            )
        ).one()
        due_on = MONDAY - 3 * DAY
        ended = [
            {
                **{name: value for name, value in like._mapping.items() if name != "key"},
                "occurrence": f"past{nth}",
                "due_on": due_on,
                "met_on": due_on + 5 * DAY if nth < missed else due_on,
                "status": "late" if nth < missed else "on_time",
                "opened_at": at(due_on - 42 * DAY),
                "alert_at": None,
            }
            for nth in range(number)
        ]
        connection.execute(insert(tables.deadline), ended)


def foretold(desk: Desk, case: CaseDesk) -> AnyRow:
    (row,) = [
        row
        for row in rows(desk, forecast)
        if row.deadline_key in {each.key for each in rows(desk, tables.deadline) if each.rule == RULE}
    ]
    assert row.case_key == int(case.key)
    return row


def warned(desk: Desk) -> list[dict[str, Any]]:
    return [json.loads(row.body) for row in rows(desk, tables.outbox) if row.wording == "early_warning"]


def test_a_likely_miss_is_warned_of_once_while_there_is_time(desk: Desk) -> None:
    case = desk.request()
    remember(desk, case, 40, 36)
    assert foretell(desk.engine) == 1
    row = foretold(desk, case)
    assert row.likelihood > 0.7
    assert (row.comparable, row.missed, row.basis, row.state) == (40, 36, "organisation", "untouched")
    assert row.warned_at == desk.clock.now()
    (message,) = warned(desk)
    assert message["case"] == case.key
    assert (message["rule"], message["dueOn"]) == (RULE, "2026-12-14")
    assert message["likelihood"] == round(row.likelihood * 100)
    assert message["whatToDo"]
    (thread,) = rows(desk, tables.escalation)
    assert (thread.level, thread.reason, thread.state) == ("service_manager", "nearing", "open")
    assert thread.ladder_row == "early_warning"
    assert foretell(desk.engine) == 0
    desk.step_to(MONDAY + DAY)
    assert foretell(desk.engine) == 0
    assert len(warned(desk)) == 1
    assert foretold(desk, case).made_on == MONDAY + DAY


def test_the_ladder_goes_on_from_a_warning_and_its_end_ends_it(desk: Desk) -> None:
    case = desk.request()
    remember(desk, case, 40, 36)
    foretell(desk.engine)
    manager = desk.member("service_manager")
    (heard,) = rows(desk, hearing)
    assert (heard.membership_key, heard.wording, heard.reason) == (
        manager.membership_key,
        "early_warning",
        "nearing",
    )
    desk.step_to(date(2026, 12, 14) - 10 * DAY)  # the ladder has told the task's holder, with the digest
    (thread,) = [row for row in rows(desk, tables.escalation) if row.key == heard.escalation_key]
    assert (thread.level, thread.reason, thread.state) == ("service_manager", "nearing", "open")
    at_once = [row for row in rows(desk, tables.outbox) if row.membership_key == manager.membership_key]
    assert [row.wording for row in at_once if row.kind == "alert"] == ["early_warning"]
    desk.step_to(date(2026, 12, 15))
    (thread,) = [row for row in rows(desk, tables.escalation) if row.key == heard.escalation_key]
    assert (thread.reason, thread.ladder_row != "early_warning") == ("missed", True)


def test_nobody_is_warned_where_little_is_known_or_little_is_feared(desk: Desk) -> None:
    case = desk.request()
    remember(desk, case, 7, 7)
    assert foretell(desk.engine) == 0
    other = desk.request()
    remember(desk, other, 60, 3)
    desk.step_to(MONDAY + DAY)
    assert foretell(desk.engine) == 0
    assert warned(desk) == []


def test_what_ended_before_the_morning_is_all_that_is_known(desk: Desk) -> None:
    case = desk.request()
    remember(desk, case, 40, 36)
    foretell(desk.engine)
    before = foretold(desk, case)
    with desk.engine.database.write() as connection:  # what comes to be known only later
        connection.execute(
            tables.deadline.update()
            .where(tables.deadline.c.occurrence.startswith("past"))
            .values(due_on=MONDAY + 20 * DAY)
        )
    desk.step_to(MONDAY + DAY)
    foretell(desk.engine)
    after = foretold(desk, case)
    assert before.comparable == 40
    assert (after.comparable, after.likelihood) == (0, 0.25)


def test_the_work_is_followed_and_what_is_met_is_forecast_no_more(desk: Desk) -> None:
    case = desk.request()
    foretell(desk.engine)
    assert foretold(desk, case).helps[0]["code"] == "chase"
    case.complete("register_request")
    desk.step_to(MONDAY + 15 * DAY)
    foretell(desk.engine)
    seen = [state for _, state in foretold(desk, case).trail]
    assert seen[0] == "untouched"
    assert foretold(desk, case).trail[0][0] == MONDAY.isoformat()
    with desk.engine.database.write() as connection:
        connection.execute(tables.deadline.update().values(status="on_time", met_on=desk.clock.today()))
    desk.step_to(MONDAY + 16 * DAY)
    foretell(desk.engine)
    row = foretold(desk, case)
    assert (row.likelihood, row.made_on) == (None, MONDAY + 15 * DAY)


def test_only_whoever_answers_for_a_limit_is_told_how_likely_it_is(desk: Desk) -> None:
    case, *_ = [desk.request() for _ in range(3)]
    remember(desk, case, 40, 36)
    foretell(desk.engine)
    manager = desk.member("service_manager")
    listed = at_risk(desk.engine, manager).items
    assert [item.likelihood for item in listed] == sorted((item.likelihood for item in listed), reverse=True)
    first = listed[0]
    assert (first.rule, first.case_key, first.days_left) == (RULE, case.key, 42)
    assert first.helps[-1].code == "ask_capacity"
    assert at_risk(desk.engine, manager, Asked(at_least=100)).items == []
    assert {item.rule for item in at_risk(desk.engine, manager, Asked(rule=RULE)).items} == {RULE}
    assert [item.case_key for item in listed] == ["1", "2", "3"]
    page = at_risk(desk.engine, manager, limit=2)
    assert page.page.end_cursor is not None
    rest = at_risk(desk.engine, manager, cursor=page.page.end_cursor).items
    assert [*page.items, *rest] == listed
    assert at_risk(desk.engine, desk.member("operational_board")).items == []
    assert at_risk(desk.engine, desk.member("service_manager", "camhs")).items == []
    assert str(sight.limits(desk.member("operational_board"))) == "false"


def test_a_server_does_it_by_itself_and_finds_it_done(desk: Desk) -> None:
    case = desk.request()
    remember(desk, case, 40, 36)
    FORETELLING.run(desk.engine)
    FORETELLING.run(desk.engine)
    assert len(warned(desk)) == 1
    assert foretold(desk, case).made_on == date(2026, 11, 2)


def test_who_asks_why_reads_the_forecast_or_why_there_is_none(desk: Desk) -> None:
    case = desk.request()
    (limit,) = why.explain(desk.engine, int(case.key), RULE)
    assert (limit.forecast, "each morning" in (limit.forecast_explanation or "")) == (None, True)
    remember(desk, case, 40, 36)
    foretell(desk.engine)
    (limit,) = why.explain(desk.engine, int(case.key), RULE, "")
    assert limit.forecast is not None
    assert (limit.forecast.comparable, limit.forecast.missed, limit.forecast.made_on) == (40, 36, MONDAY)
    assert limit.forecast.helps[-1].code == "ask_capacity"
    assert limit.forecast_explanation is None
    (far,) = why.explain(desk.engine, int(case.key), "reg13_2_final_20w")
    assert "more than 60 days ahead" in (far.forecast_explanation or "")
    desk.step_to(date(2026, 12, 15))
    (late,) = why.explain(desk.engine, int(case.key), RULE, "")
    assert late.forecast_explanation == "Its last day is over: there is nothing to forecast."


def test_the_terminal_lists_them(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with opened_desk(sqlite_url) as desk:
        case = desk.request()
        remember(desk, case, 40, 36)
        foretell(desk.engine)
    monkeypatch.setenv("EHC_DATABASE_URL", sqlite_url)

    def said(*arguments: str) -> str:
        with pytest.raises(SystemExit) as ended:
            main(["deadlines", "at-risk", *arguments])
        assert not ended.value.code
        return capsys.readouterr().out

    assert f"case {case.key}: " in said("--at-least", "50")
    (found,) = json.loads(said("--rule", RULE, "--format", "json"))
    assert (found["caseKey"], found["comparable"]) == (case.key, 40)
    assert "Nothing that is asked for" in said("--organisation", "camhs")


def test_the_next_digest_names_once_what_is_likely_to_be_missed(desk: Desk) -> None:
    case, late = desk.request(), desk.request(received_on=date(2026, 9, 1))  # whose lateness makes digests
    remember(desk, case, 40, 36)
    desk.step_to(MONDAY, 10)
    foretell(desk.engine)
    desk.step_to(MONDAY + 3 * DAY)
    groups = [
        (group["title"].partition(":")[0], [line["case"] for line in group["lines"]])
        for row in rows(desk, tables.outbox, kind="digest")
        if row.membership_key == desk.member("service_manager").membership_key
        for group in json.loads(row.body)["groups"]
    ]
    named = [cases for title, cases in groups if title == "Likely to be missed"]
    assert (case.key in named[0], len(named)) == (True, 1)
    assert late.key not in named[0]


def test_an_authority_says_from_which_likelihood_it_is_warned(desk: Desk) -> None:
    case = desk.request()
    remember(desk, case, 40, 36)
    shares = desk.engine.settings.warns_at
    desk.engine.settings = replace(desk.engine.settings, warns_at={**shares, desk.authority: 99})
    assert foretell(desk.engine) == 0


@pytest.mark.parametrize("text", ["half", "0", "101", "50,=60", "50,301", "301=", "50;301=60"])
def test_a_share_that_cannot_be_one_is_refused(text: str) -> None:
    with pytest.raises(SetupError, match="EHC_WARNS_AT is a whole number of per cent"):
        Settings.from_environment({"EHC_WARNS_AT": text})
    assert Settings.from_environment({"EHC_WARNS_AT": "40, 301=60"}).warns_at == {"": 40, "301": 60}
