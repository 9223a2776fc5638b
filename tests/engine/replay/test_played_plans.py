"""A replay brings plans in and lives through their reviews, each as its line says."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from engine.application import Engine
from engine.clock import SteppedClock
from engine.replay import ReplayStopped, read_recording, replay_year
from engine.services.check import check
from engine.store import tables
from engine.store.database import Database
from examples.plan_lives import ENDED
from tests.engine.replay.conftest import UNTIL, settings
from tests.support.recordings import Line, plans_of_the_year, write

#: The day on which the plans of the year are brought in.
FIRST = UNTIL.date() - timedelta(days=364)


def line_of(year: int, last_meeting: int, **answers: Any) -> Line:
    """A plan of somebody in a school year, whose reviews end as the answers say."""
    line = copy.deepcopy(plans_of_the_year()[0])
    line["child"] |= {"nationalCurriculumYear": year, "birthday": "02-14"}
    line["settingUrn"] = "103004" if year > 6 else "103001"
    line["plan"]["sections"].pop("I", None)  # it names the setting of the line that this one is made from
    line["plan"] |= {"finalisedOn": -900, "lastMeetingOn": last_meeting, "lastDecidedOn": last_meeting + 20}
    line["work"] = {"decide_review": [{"after": 15, "answers": answers}]} if answers else {}
    return line


LINES = {
    "kept": line_of(3, -200, decision="maintain"),
    "amended": line_of(3, -201, decision="amend"),
    "ended": line_of(9, -202, **ENDED),
    "moving": line_of(5, -203),
}


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """What became of each plan: its row, its reviews, its last version; the engine under "engine"."""
    folder = tmp_path_factory.mktemp("plans")
    url = f"sqlite:///{folder / 'year.db'}"
    report = replay_year(
        read_recording(write(folder / "plans.jsonl", list(LINES.values()))), settings(url), until=UNTIL
    )
    engine = Engine(Database(url), SteppedClock(UNTIL), settings(url))
    with engine.database.read() as connection:
        plans = connection.execute(select(tables.plan).order_by(tables.plan.c.key)).all()
        reviews = connection.execute(select(tables.review).order_by(tables.review.c.key)).all()
    yield {
        "engine": engine,
        "report": report,
        **{
            name: (plan, [each for each in reviews if each.plan_key == plan.key])
            for name, plan in zip(LINES, plans, strict=True)
        },
    }
    engine.close()


def test_every_plan_is_brought_in_and_counted(lived):
    played = lived["report"].played
    assert (played.requests, played.plans, lived["report"].incidents) == (0, len(LINES), 0)
    assert list(check(lived["engine"])) == []


def test_what_was_known_is_in_days_of_the_case(lived):
    plan, _ = lived["kept"]
    assert plan.made_on == FIRST - timedelta(days=900)


@pytest.mark.parametrize(
    ("name", "decision", "version", "status"),
    [("kept", "maintain", 1, "live"), ("amended", "amend", 2, "live"), ("ended", "cease", 1, "ceased")],
)
def test_a_review_ends_as_the_line_says(lived, name, decision, version, status):
    plan, reviews = lived[name]
    assert reviews[0].decision == decision
    assert (plan.version, plan.status) == (version, status)


def test_a_meeting_is_held_on_the_day_that_the_process_knows(lived):
    for name in LINES:
        for review in lived[name][1]:
            if review.held_on is not None:
                assert review.held_on == review.meeting_on


def test_answers_look_at_what_the_process_knows(lived):
    """`usual` amends where a move to another phase is ahead, and names the next school."""
    plan, reviews = lived["moving"]
    moving = next(each for each in reviews if each.kind == "phase_transfer")
    assert moving.decision == "amend"
    assert plan.setting_urn == "103004"


def test_a_day_that_no_formula_gives_is_named(somewhere, tmp_path):
    line = line_of(3, -204)
    line["work"]["hold_review_meeting"] = [{"on": "=review.occurrence"}]
    recording = read_recording(write(tmp_path / "bad.jsonl", [line]))
    with pytest.raises(ReplayStopped, match=r"line 2, work.hold_review_meeting\[0\].*review-1 isn't a day"):
        replay_year(recording, settings(f"sqlite:///{somewhere}"), until=UNTIL)
