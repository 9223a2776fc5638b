"""`ehc escalations why`: who was told of a limit, who will be, by which row; and a sentence where there is none."""

from __future__ import annotations

import json
import sys
from datetime import timedelta

import pytest
from sqlalchemy import update

from cli.main import main
from engine.services.escalations.gaps import gaps
from engine.store import tables
from tests.support.desk import MONDAY, opened_desk

RULE = "reg5_decide_to_assess"


def said(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *arguments: str
) -> tuple[int, str, str]:
    monkeypatch.setattr(sys, "argv", ["ehc", "escalations", "why", *arguments])
    with pytest.raises(SystemExit) as ended:
        main(["escalations", "why", *arguments])
    out = capsys.readouterr()
    return int(ended.value.code or 0), out.out, out.err


def test_it_is_told_who_heard_and_who_will(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with opened_desk(sqlite_url) as desk:
        case = desk.request()
        desk.step_to(MONDAY + timedelta(weeks=6, days=1))
        manager = desk.member("service_manager").person_name
    monkeypatch.setenv("EHC_DATABASE_URL", sqlite_url)
    status, text, _ = said(monkeypatch, capsys, case.key, RULE)
    assert status == 0
    assert f"service_manager@send_team: {manager}, missed, by email (waiting)" in text
    status, found, _ = said(monkeypatch, capsys, case.key, RULE, "--format", "json")
    (limit,) = json.loads(found)
    assert (limit["rule"], limit["told"][-1]["reason"]) == (RULE, "missed")
    assert limit["told"][-1]["ladderRow"] == limit["escalation"]["ladderRow"]
    status, _, refused = said(monkeypatch, capsys, case.key, RULE, "--occurrence", "other")
    assert (status, "Leave the occurrence out to see all." in refused) == (2, True)


@pytest.mark.parametrize(
    ("case", "rule", "sentence"),
    [("999", RULE, "There is no case 999."), ("1", "nonsense", "There is no rule nonsense.")],
)
def test_what_isnt_there_is_named(
    case: str,
    rule: str,
    sentence: str,
    sqlite_url: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("EHC_DATABASE_URL", sqlite_url)
    status, _, refused = said(monkeypatch, capsys, case, rule)
    assert (status, sentence in refused) == (2, True)


def test_a_role_that_nobody_holds_is_named_beforehand(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def asked(*arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            main(arguments)
        out = capsys.readouterr()
        return int(ended.value.code or 0), out.out, out.err

    monkeypatch.setenv("EHC_DATABASE_URL", sqlite_url)
    with opened_desk(sqlite_url) as desk:
        desk.request()
        assert gaps(desk.engine, desk.authority) == []
        leaves = tables.membership.c.role == "service_manager"
        with desk.engine.database.write() as connection:
            yesterday = MONDAY - timedelta(days=1)
            connection.execute(update(tables.membership).where(leaves).values(valid_to=yesterday))
    status, text, _ = asked("escalations", "gaps")
    assert status == 1
    assert "send_team: nobody is service_manager@send_team" in text
    assert "instead hears group_head@send_team" in text
    status, found, _ = asked("escalations", "gaps", "--format", "json")
    assert {"organisation": "send_team", "role": "service_manager@send_team"}.items() <= json.loads(found)[
        0
    ].items()
    status, _, warned = asked("check")
    assert "Warning: send_team: nobody is service_manager@send_team" in warned
