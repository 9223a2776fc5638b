"""Which ladder stands for an authority, and for whom."""

from __future__ import annotations

from datetime import date

from benchmarks.statements import counted
from engine.ladder import FILE, SETTING
from engine.services.escalations import ladders
from engine.services.processes import definitions
from tests.engine.ladder.shipped import TEXT, shipped
from tests.support.desk import Desk, opened_desk

KEPT_LONGER = TEXT.replace("[1..2]", "[1..4]").replace("[3..14]", "[5..14]").replace("&gt;= 3", "&gt;= 5")
LATE = {"agency": "send_team", "rule": "reg13_2_final_20w", "kind": "statutory", "days": 3}


def level(desk: Desk) -> str:
    with desk.engine.database.read() as connection:
        rung = desk.engine.ladders.in_force(connection, desk.authority).decide(**LATE)
    assert rung is not None
    return rung.level


def edited() -> str:
    """The ladder with the manager keeping what is late for two days longer."""
    text = KEPT_LONGER.replace("<text>2</text>", "<text>[2..4]</text>")
    assert text != TEXT
    return text


def deploy(desk: Desk, text: str) -> None:
    by = definitions.Deployer("a test", reason="It is tried.", accepted=every_loss(desk, text))
    definitions.deploy(desk.engine, desk.authority, {FILE: text.encode()}, by=by)


def every_loss(desk: Desk, text: str) -> list[str]:
    return []


def test_a_ladder_that_is_deployed_stands_from_then_on(database_url: str) -> None:
    with opened_desk(database_url) as desk:
        assert level(desk) == "group_head"
        deploy(desk, edited())
        assert level(desk) == "service_manager"
        deploy(desk, TEXT)
        assert level(desk) == "group_head"


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
    first = ladders.first_alert(shipped(), "send_team", "reg13_2_final_20w", "statutory", date(2027, 3, 29))
    assert first is not None
    assert first.isoformat() == "2027-03-15T00:00:00+00:00"
    after = ladders.next_alert(
        shipped(), "send_team", "reg13_2_final_20w", "statutory", date(2027, 3, 29), date(2027, 3, 27)
    )
    assert after is not None
    assert after.isoformat() == "2027-03-29T23:00:00+00:00"
