"""Recorded cases go through the live services: in the order of time, each as its line says."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import select

from engine.application import Engine
from engine.clock import SteppedClock, parse_instant
from engine.letters import in_words
from engine.replay import ReplayStopped, read_recording, replay_year
from engine.services.audit.audit import verify
from engine.services.check import check
from engine.services.deadlines.timeliness import cases_by_status
from engine.services.messages.rendering import words_of
from engine.store import tables
from engine.store.database import Database
from tests.engine.replay.conftest import UNTIL, settings
from tests.support.privacy import strings, told
from tests.support.recordings import TRAITS, advice_of, lines_with_traits, write

SHORT = ("refused", "EX_MISSED_APPT")


def events(engine: Engine, *kinds: str) -> list[dict[str, Any]]:
    order = (tables.audit_event.c.case_key, tables.audit_event.c.sequence)
    with engine.database.read() as connection:
        bodies = connection.execute(select(tables.audit_event.c.body).order_by(*order)).scalars().all()
    return [event for event in map(json.loads, bodies) if not kinds or event["event"] in kinds]


def rows(engine: Engine, table: Any, **values: Any) -> list[Any]:
    query = select(table).order_by(table.c.key)
    for name, value in values.items():
        query = query.where(table.c[name] == value)
    with engine.database.read() as connection:
        return list(connection.execute(query).all())


def case_of(played: Any, line: dict[str, Any]) -> Any:
    """The row of the case that a line became."""
    (child,) = rows(played.engine, tables.child, upn=line["child"]["upn"])
    (case,) = rows(played.engine, tables.ehc_case, child_key=child.key)
    return case


def one_with(played: Any, trait: str) -> Any:
    """The first line of the short replay with a trait, and its case."""
    line = next(line for line in played.lines if TRAITS[trait](line))
    return line, case_of(played, line)


def test_every_request_becomes_a_case(played):
    assert played.report.played.requests == len(played.lines) == len(rows(played.engine, tables.ehc_case))
    assert played.report.played.tasks == len(rows(played.engine, tables.task, state="COMPLETED"))
    assert played.report.statuses == cases_by_status(played.engine, "333")


def test_states_tables_and_audit_trails_agree(played):
    assert played.report.incidents == 0
    assert list(check(played.engine)) == []
    with played.engine.database.read() as connection:
        assert list(verify(connection)) == []


def test_things_happen_in_the_order_of_time(played):
    for table, column in ((tables.task, "created_at"), (tables.ehc_case, "opened_at")):
        instants = [getattr(row, column) for row in rows(played.engine, table)]
        assert instants == sorted(instants)
    of_case = [(event["case"], parse_instant(event["at"])) for event in events(played.engine)]
    assert all(before[1] <= after[1] for before, after in pairwise(of_case) if before[0] == after[0])
    assert max(at for _, at in of_case) <= UNTIL


def test_what_is_due_fires_at_its_own_instant(played):
    fired = events(played.engine, "timer:fired")
    assert len(fired) > 20
    assert {event["details"]["late_seconds"] for event in fired} == {0}


def test_people_work_on_working_days(played):
    calendar = played.engine.calendar("333")
    days = {
        parse_instant(event["at"]).date() for event in events(played.engine, "task:completed", "task:claimed")
    }
    assert len(days) > 50
    assert [day for day in days if not calendar.is_working_day(day)] == []


@pytest.mark.parametrize(
    ("trait", "status"),
    [
        ("refused", "refused"),
        ("not responsible", "not_responsible"),
        ("withdrawn", "withdrawn"),
        ("no plan", "no_plan"),
        ("draft issued again", "plan_issued"),
    ],
)
def test_a_case_ends_as_its_line_says(played, trait, status):
    assert one_with(played, trait)[1].status == status


def test_advice_is_on_time_or_late_as_the_line_says(played):
    ended = 0
    for line in played.lines:
        case = case_of(played, line)
        deadlines = rows(played.engine, tables.deadline, case_key=case.key, rule="reg8_advice_6w")
        status = {row.occurrence: row.status for row in deadlines}
        for advice in advice_of(line):
            if status.get(advice.code) not in (None, "running"):
                ended += 1
                assert (status[advice.code] == "on_time") == advice.is_on_time
    assert ended > 30


@pytest.mark.parametrize("code", ["EX_SCHOOL_CLOSED", "EX_PERSONAL", "EX_ABSENT_4W", "EX_MISSED_APPT"])
def test_exceptions_are_recorded_and_excuse(played, code):
    line, case = one_with(played, code)
    recorded = {row.code for row in rows(played.engine, tables.exception, case_key=case.key)}
    assert recorded == {each["code"] for each in line["exceptions"]}
    excused = rows(played.engine, tables.deadline, case_key=case.key, status="late_excused")
    assert any(code in row.exceptions for row in excused)


def test_a_draft_that_is_issued_again_gives_the_family_its_time_again(played):
    _, case = one_with(played, "draft issued again")
    periods = rows(played.engine, tables.deadline, case_key=case.key, rule="reg13_1_parent_15d")
    assert [row.round for row in periods] == [1, 2]


def test_a_settings_silence_doesnt_block(played):
    _, case = one_with(played, "setting silent")
    replies = rows(played.engine, tables.task, case_key=case.key, element_id="reply_to_consultation")
    assert "CANCELED" in {row.state for row in replies}
    assert case.status == "plan_issued"


def test_a_receipt_that_is_corrected_moves_the_case(played):
    line, case = one_with(played, "receipt corrected")
    day = (case.opened_at.date() - case.received_on).days
    assert day == -line["corrections"][0]["fallsOn"]


def test_a_child_brought_to_attention_counts_from_then(played):
    _, case = one_with(played, "child brought to attention")
    anchors = {
        row.anchor
        for row in rows(played.engine, tables.deadline, case_key=case.key, rule="reg13_2_final_20w")
    }
    assert anchors == {"became_responsible_on"}


def test_the_officer_has_the_case(played):
    line, case = one_with(played, "no plan")
    people = {row.key: row.name for row in rows(played.engine, tables.person)}
    members = {row.key: people[row.person_key] for row in rows(played.engine, tables.membership)}
    tasks = rows(played.engine, tables.task, case_key=case.key, organisation="send_team", state="COMPLETED")
    officers = {members[row.assignee_key] for row in tasks if row.candidate_groups == ["caseworker"]}
    assert officers == {line["officer"]}


def test_the_same_file_gives_the_same_history(played, tmp_path):
    url = f"sqlite:///{tmp_path / 'again.db'}"
    replay_year(read_recording(write(tmp_path / "short.jsonl", played.lines)), settings(url), until=UNTIL)
    again = Engine(Database(url), SteppedClock(UNTIL), settings(url))
    try:
        assert events(again) == events(played.engine)
    finally:
        again.close()


def short(tmp_path):
    chosen = [next(line for line in lines_with_traits() if TRAITS[trait](line)) for trait in SHORT]
    return write(tmp_path / "short.jsonl", sorted(chosen, key=lambda line: line["received"]["day"]))


def test_it_goes_into_a_database_that_is_there(database_url, tmp_path):
    report = replay_year(read_recording(short(tmp_path)), settings(database_url), until=UNTIL)
    assert report.played.requests == len(SHORT)
    assert sum(report.statuses.values()) == len(SHORT)
    assert report.incidents == 0


def test_it_goes_beside_what_is_there(sqlite_url, tmp_path):
    recording = read_recording(short(tmp_path))
    for times in (1, 2):
        report = replay_year(recording, settings(sqlite_url), until=UNTIL)
        assert sum(report.statuses.values()) == times * len(SHORT)


def test_an_answer_that_no_form_takes_stops_it_and_leaves_nothing(somewhere, tmp_path):
    line = json.loads(json.dumps(next(each for each in lines_with_traits() if TRAITS["no plan"](each))))
    line["work"]["give_advice:medical"][0]["answers"] = {"declined": "perhaps"}
    recording = read_recording(write(tmp_path / "bad.jsonl", [line]))
    with pytest.raises(ReplayStopped) as stopped:
        replay_year(recording, settings(f"sqlite:///{somewhere}"), until=UNTIL)
    assert "bad.jsonl, line 2, work.give_advice:medical[0]" in stopped.value.message
    assert stopped.value.problems[0].field.endswith("answers.declined")
    assert list(somewhere.parent.iterdir()) == []


def secrets(engine: Engine) -> set[str]:
    """What no message may tell: names, birthdays, numbers of people, and what was written in forms."""
    found: set[str] = set()
    for child in rows(engine, tables.child):
        found |= {child.given_name, child.family_name, child.upn, child.nhs_number}
        found |= {child.date_of_birth.isoformat(), in_words(child.date_of_birth)}
    found |= {person.name for person in rows(engine, tables.person)}
    for document in rows(engine, tables.document):
        if document.content.startswith("{"):
            found |= {text for text in strings(json.loads(document.content)) if len(text.split()) > 3}
    return {str(secret) for secret in found if secret}


def test_no_message_of_the_year_tells_of_anybody(played):
    engine = played.engine
    messages = rows(engine, tables.outbox)
    texts = {}
    for row in messages:
        words = words_of(
            engine, authority=row.authority, wording=row.wording, subject=row.subject, body=row.body
        )
        texts[row.key] = (
            f"{words.subject}\n{words.text}\n{words.html}\n{row.subject}\n{row.body}\n{row.reference}"
        )
    assert {"alert", "digest", "notice"} <= {row.kind for row in messages}
    hidden = secrets(engine)
    assert len(hidden) > 50
    assert told(hidden, texts.values()) == []


def test_every_alert_and_digest_of_the_year_has_words(played):
    unwritten = [
        row.reference
        for row in rows(played.engine, tables.outbox)
        if row.kind != "notice" and not row.wording
    ]
    assert unwritten == []
