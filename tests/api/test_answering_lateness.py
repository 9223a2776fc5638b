"""What people do about lateness, over HTTP: seen, noted, answered, handed up; and never closed while it stands."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from engine.services.deadlines.timeliness import Period, reasons_by_agency
from engine.store import tables
from tests.api.asking import fields, problem
from tests.api.office import TASKS, Office, opened_office
from tests.api.things import missed_by
from tests.engine.services.rows import differences, rows

ESCALATIONS = "/api/v1/escalations"
REASONS = "/api/v1/lateness-reasons"
RULE = "reg5_decide_to_assess"


@pytest.fixture(params=["sqlite", "postgresql"])
def office(databases: Any, request: pytest.FixtureRequest) -> Iterator[Office]:
    with databases.migrated(request.param) as url, opened_office(url) as opened:
        yield opened


@pytest.fixture
def late(office: Office) -> str:
    """The address of the escalation of a case whose six weeks are over since yesterday."""
    today = office.desk.clock.today()
    case = office.raise_request(receivedOn=(today - timedelta(weeks=6)).isoformat())
    office.desk.step_to(today + timedelta(days=1))
    items = office.caller("group_head").get(f"{ESCALATIONS}?caseKey={case}").get_json()["items"]
    (found,) = [item for item in items if item["rule"] == RULE]
    assert (found["level"], found["reason"], found["state"]) == ("service_manager", "missed", "open")
    return f"{ESCALATIONS}/{found['key']}"


def stands(answer: Any) -> tuple[str, str, str | None]:
    thread = answer.get_json()["escalation"]
    return thread["level"], thread["state"], thread["answer"]


def test_a_thread_is_seen_noted_and_answered_by_name(office: Office, late: str) -> None:
    manager = office.caller("service_manager")
    assert stands(manager.post(f"{late}/acknowledge")) == ("service_manager", "acknowledged", None)
    manager.post(f"{late}/acknowledge")
    manager.post(f"{late}/notes", {"note": "The school has promised its report."})
    answered = manager.post(f"{late}/answer", {"reason": "awaiting_another_agency", "note": "Since Monday."})
    assert stands(answered) == ("service_manager", "answered", "awaiting_another_agency")
    entries = manager.get(late).get_json()["entries"]
    assert [entry["kind"] for entry in entries] == ["raised", "moved", "acknowledged", "note", "answered"][
        -len(entries) :
    ]
    assert entries[-1]["code"] == "awaiting_another_agency"
    assert entries[-1]["words"] == "Since Monday."
    assert {entry["role"] for entry in entries if entry["author"]} == {"service_manager"}
    trail = " ".join(row.body for row in rows(office.desk, tables.audit_event))
    assert "promised" not in trail
    assert "Since Monday" not in trail
    assert '"code":"awaiting_another_agency"' in trail
    assert differences(office.desk) == []


def test_it_isnt_closed_while_its_cause_stands_and_closes_with_it(office: Office, late: str) -> None:
    head = office.caller("group_head")
    office.caller("service_manager").post(f"{late}/answer", {"reason": "capacity"})
    refused = problem(head.post(f"{late}/resolve"), 409, "conflict")
    assert "still stands" in refused["detail"]
    case = head.get(late).get_json()["escalation"]["caseKey"]
    withdrawn = {"withdrawnOn": office.desk.clock.today().isoformat(), "reason": "The family moved."}
    assert office.caller("caseworker").post(f"/api/v1/cases/{case}/withdrawal", withdrawn).status_code == 200
    thread = head.get(late)
    assert stands(thread) == ("service_manager", "resolved", "capacity")
    assert thread.get_json()["entries"][-1]["kind"] == "resolved"
    assert head.post(f"{late}/resolve").get_json() == thread.get_json()
    problem(head.post(f"{late}/notes", {"note": "Too late."}), 409, "conflict")


def test_a_thread_is_handed_up_and_time_doesnt_bring_it_down(office: Office, late: str) -> None:
    manager = office.caller("service_manager")
    handed = manager.post(f"{late}/hand-up", {"note": "We need another officer."})
    assert stands(handed) == ("group_head", "open", None)
    head = office.caller("group_head")
    assert stands(head.post(f"{late}/hand-up", {})) == ("operational_board", "open", None)
    told = [row.recipient for row in rows(office.desk, tables.outbox) if "handed up" in row.subject]
    assert told == ["group_head@send_team", "operational_board@send_team"]
    office.desk.step_to(office.desk.clock.today() + timedelta(days=5))
    assert stands(head.get(late))[0] == "operational_board"
    board = office.caller("operational_board")
    assert stands(board.post(f"{late}/hand-up", {}))[0] == "strategic_board"
    problem(office.caller("strategic_board").post(f"{late}/hand-up", {}), 409, "conflict")


def test_a_designated_officer_is_handed_what_health_owes(office: Office) -> None:
    case = int(office.raise_request())
    with office.desk.engine.database.write() as connection:
        late = f"{ESCALATIONS}/{missed_by(connection, case, 'camhs')}"
    handed = office.caller("service_manager", "camhs").post(f"{late}/hand-up", {})
    assert stands(handed)[0] == "dco_dsco"
    assert rows(office.desk, tables.outbox)[-1].recipient == "dco@icb"
    assert stands(office.caller("dco", "icb").post(f"{late}/acknowledge"))[1] == "acknowledged"


def test_boards_act_without_names(office: Office, late: str) -> None:
    manager, board = office.caller("service_manager"), office.caller("operational_board")
    key = late.rpartition("/")[2]
    case = manager.get(late).get_json()["escalation"]["caseKey"]
    task = office.task(case, "register_request")["key"]
    office.caller("caseworker").post(f"{TASKS}/{task}/claim")
    manager.post(f"{late}/notes", {"note": "Ada was ill."})
    manager.post(f"{late}/answer", {"reason": "familys_request", "note": "Her mother asked for it."})
    board.post(f"{late}/notes", {"note": "We ask for a plan by Friday."})
    seen = board.get(late)
    assert "Ada" not in seen.text
    assert "mother" not in seen.text
    assert {entry["author"] for entry in seen.get_json()["entries"]} == {None}
    assert [entry["words"] for entry in seen.get_json()["entries"] if entry["words"]] == [
        "We ask for a plan by Friday."
    ]
    assert seen.get_json()["escalation"]["taskHolder"] is None
    assert key in {item["key"] for item in board.get(ESCALATIONS).get_json()["items"]}
    assert "We ask for a plan by Friday." in manager.get(late).text


def test_a_version_that_was_overtaken_is_refused(office: Office, late: str) -> None:
    manager = office.caller("service_manager")
    seen = manager.get(late).headers["ETag"]
    assert manager.post(f"{late}/acknowledge", headers={"If-Match": seen}).status_code == 200
    stale = manager.post(f"{late}/answer", {"reason": "capacity"}, headers={"If-Match": seen})
    problem(stale, 412, "version-mismatch")


def test_threads_are_found_by_level_reason_organisation_day_and_by_whose_turn_it_is(
    office: Office, late: str
) -> None:
    key, today = late.rpartition("/")[2], office.desk.clock.today().isoformat()
    manager, head = office.caller("service_manager"), office.caller("group_head")

    def found(caller: Any, query: str) -> bool:
        items = caller.get(f"{ESCALATIONS}?limit=200&{query}").get_json()["items"]
        return key in {item["key"] for item in items}

    for query in (
        "level=service_manager",
        "reason=missed",
        "organisation=mine",
        f"dueBefore={today}",
        "mine=true",
    ):
        assert found(manager, query), query
    for query in (
        "level=group_head",
        "reason=nearing",
        "organisation=camhs",
        "dueBefore=2020-01-01",
        "mine=false",
    ):
        assert not found(manager, query), query
    assert not found(head, "mine=true")
    manager.post(f"{late}/hand-up", {})
    assert found(head, "mine=true")


def test_process_owners_add_reasons_and_end_them(office: Office, late: str) -> None:
    owner, manager = office.caller("process_owner"), office.caller("service_manager")
    new = {"code": "awaiting_interpreter", "title": "No interpreter was to be had"}
    problem(manager.post(f"{late}/answer", {"reason": "awaiting_interpreter"}), 422, "bad-input")
    listed = owner.put(REASONS, new).get_json()["items"]
    assert {**new, "endedOn": None} in listed
    assert manager.post(f"{late}/answer", {"reason": "awaiting_interpreter"}).status_code == 200
    owner.put(REASONS, {**new, "endedOn": office.desk.clock.today().isoformat()})
    problem(manager.post(f"{late}/answer", {"reason": "awaiting_interpreter"}), 422, "bad-input")
    assert stands(manager.get(late))[2] == "awaiting_interpreter"
    problem(manager.put(REASONS, new), 403, "not-permitted")
    problem(owner.put(REASONS, {"code": "With Spaces", "title": "x"}), 422, "bad-input")


def test_another_reason_must_be_told(office: Office, late: str) -> None:
    refused = office.caller("service_manager").post(f"{late}/answer", {"reason": "other"})
    assert "other reason" in fields(refused)["note"]


def test_lateness_is_counted_by_its_reasons(office: Office, late: str) -> None:
    today = office.desk.clock.today()
    period = f"dueFrom={(today - timedelta(days=90)).isoformat()}&dueTo={today.isoformat()}"
    board = office.caller("strategic_board")

    def counted() -> dict[tuple[str, str | None], int]:
        items = board.get(f"{ESCALATIONS}/figures?{period}&rule={RULE}").get_json()["items"]
        return {(item["organisation"], item["reason"]): item["count"] for item in items}

    assert counted() == {("send_team", None): 1}
    office.caller("service_manager").post(f"{late}/answer", {"reason": "cover_for_leave"})
    assert counted() == {("send_team", "cover_for_leave"): 1}
    assert (
        office.caller("service_manager", "camhs").get(f"{ESCALATIONS}/figures?{period}").get_json()["items"]
        == []
    )
    problem(board.get(f"{ESCALATIONS}/figures?dueFrom=2026-02-01&dueTo=2026-01-01"), 422, "bad-input")
    assert reasons_by_agency(office.desk.engine, "333", [Period(today - timedelta(days=90), today)]) == {}


def test_it_rests_until_a_day_and_says_who_was_told_and_who_will_be(office: Office, late: str) -> None:
    manager, today = office.caller("service_manager"), office.desk.clock.today()
    until = (today + timedelta(days=4)).isoformat()
    answered = manager.post(f"{late}/acknowledge", {"until": until}).get_json()["escalation"]
    assert (answered["state"], answered["quietUntil"], answered["told"]) == ("acknowledged", until, 2)
    over = manager.post(f"{late}/acknowledge", {"until": (today - timedelta(days=1)).isoformat()})
    assert "rest for longer" in fields(over)["until"]
    heard = manager.get(f"{late}/hearings").get_json()["items"][-1]
    assert (heard["recipient"], heard["reason"]) == ("service_manager@send_team", "missed")
    assert heard["person"]
    board = office.caller("operational_board").get(f"{late}/hearings").get_json()["items"][-1]
    assert board["person"] is None
    ladder = f"/api/v1/cases/{answered['caseKey']}/deadlines/{RULE}/ladder"
    (found,) = manager.get(ladder).get_json()["items"]
    assert [each["level"] for each in found["coming"]] == [
        "group_head",
        "operational_board",
        "strategic_board",
    ]
    problem(manager.get(ladder.replace(RULE, "nonsense")), 404, "not-found")
    problem(office.caller("service_manager", "camhs").get(ladder), 404, "not-found")


def test_somebody_outside_a_thread_finds_none_to_reply_to(office: Office, late: str) -> None:
    outsider = office.caller("service_manager", "camhs")
    problem(outsider.post(f"{late}/answer", {"reason": "capacity"}), 404, "not-found")
    problem(outsider.get(f"{late}/hearings"), 404, "not-found")
    problem(
        office.caller("professional", "camhs").post(f"{late}/notes", {"note": "Me?"}), 403, "not-permitted"
    )
