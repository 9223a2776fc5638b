"""Plans over HTTP: brought in, found, read, compared; and who may see how much of them."""

from __future__ import annotations

import copy
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from api.plans.schemas import NEW_PLAN, SECTIONS
from engine.store import tables
from tests.api.asking import fields, problem
from tests.api.office import CASES, PLANS, TASKS, Office, opened_office


def body(**changes: Any) -> dict[str, Any]:
    """The example with some fields changed; `child` and `lastReview` are changed inside."""
    sent = copy.deepcopy(NEW_PLAN)
    for name, value in changes.items():
        if isinstance(value, dict) and name in ("child", "lastReview"):
            sent[name] |= value
        else:
            sent[name] = value
    return sent


@pytest.fixture
def plan(office: Office) -> str:
    return office.bring_in_plan()


def limits(office: Office, case_key: str) -> dict[str, dict[str, Any]]:
    answer = office.caller("caseworker").get(f"{CASES}/{case_key}/deadlines").get_json()
    return {row["rule"]: row for row in answer["items"]}


def processes(office: Office, case_key: str) -> set[str]:
    """The processes that run for a case."""
    instance, definition = tables.instance, tables.process_definition
    query = select(definition.c.process_id).join(instance, instance.c.definition_key == definition.c.key)
    with office.desk.engine.database.read() as connection:
        found = connection.execute(query.where(instance.c.case_key == int(case_key))).scalars()
        return set(found.all())


def count(office: Office, *names: str) -> list[int]:
    with office.desk.engine.database.read() as connection:
        return [
            connection.execute(select(func.count()).select_from(tables.metadata.tables[name])).scalar_one()
            for name in names
        ]


# --- bringing in -----------------------------------------------------------------------------


def test_a_plan_from_elsewhere_gets_a_case_and_what_must_run_for_it(office: Office) -> None:
    response = office.caller("caseworker").post(PLANS, NEW_PLAN)
    brought = response.get_json()
    assert response.status_code == 201
    assert response.headers["Location"] == f"{PLANS}/{brought['planKey']}"
    found = office.caller("caseworker").get(response.headers["Location"]).get_json()
    assert found["child"] == NEW_PLAN["child"]
    assert (found["status"], found["version"], found["broughtIn"]) == ("live", 1, True)
    assert (found["settingType"], found["curriculumYear"]) == ("maintained_school", 4)
    assert {"review_schedule", "phase_transfer_watch"} <= processes(office, brought["caseKey"])
    case = office.caller("caseworker").get(f"{CASES}/{brought['caseKey']}").get_json()
    assert case["status"] == "plan_issued"
    family = office.caller("caseworker").get(f"{CASES}/{brought['caseKey']}/family").get_json()
    assert [member["name"] for member in family["members"]] == ["Alex Example"]


@pytest.mark.parametrize(
    ("last", "rule", "due"),
    [
        ({"meetingOn": "2026-01-12", "decidedOn": "2026-02-06"}, "s44_next_review", "2027-02-05"),
        (None, "s44_first_review", "2027-02-09"),
    ],
)
def test_the_next_review_counts_from_the_last_one_or_from_the_plan(
    office: Office, last: Any, rule: str, due: str
) -> None:
    sent = body(finalisedOn="2026-02-10" if last is None else "2025-02-10", lastReview=last)
    brought = office.caller("caseworker").post(PLANS, sent).get_json()
    assert limits(office, brought["caseKey"])[rule]["dueOn"] == due
    found = office.caller("caseworker").get(f"{PLANS}/{brought['planKey']}").get_json()
    assert found["nextReviewBy"] == ("2027-01-11" if last else due)  # the meeting, where that is earlier


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"finalisedOn": "2026-11-03", "lastReview": None}, "finalisedOn"),
        ({"finalisedOn": "2014-08-31"}, "finalisedOn"),
        ({"lastReview": {"meetingOn": "2025-02-09"}}, "lastReview.meetingOn"),
        ({"lastReview": {"decidedOn": "2026-01-11"}}, "lastReview.decidedOn"),
        ({"lastReview": {"decidedOn": "2026-11-03"}}, "lastReview.decidedOn"),
        ({"child": {"dateOfBirth": "2025-02-11", "nationalCurriculumYear": None}}, "child.dateOfBirth"),
        ({"child": {"dateOfBirth": "2001-08-31", "nationalCurriculumYear": None}}, "child.dateOfBirth"),
        ({"child": {"nationalCurriculumYear": 11}}, "child.nationalCurriculumYear"),
        ({"settingUrn": "999999"}, "settingUrn"),
        ({"settingUrn": None}, "settingType"),
        ({"settingType": "academy"}, "settingType"),
        ({"sections": {"L": {}}}, "sections.L"),
        ({"sections": {"B": {"needs": [{"area": "learning"}]}}}, "sections.B.needs[0].need"),
        ({"family": [{"name": "Sam", "relation": "parent", "channel": "email"}]}, "family[0].email"),
    ],
)
def test_what_cannot_be_right_is_named_and_nothing_is_kept(
    office: Office, changes: dict[str, Any], named: str
) -> None:
    kept = "child", "ehc_case", "plan", "plan_version", "instance"
    before = count(office, *kept)
    refused = office.caller("caseworker").post(PLANS, body(**changes))
    problem(refused, 422, "bad-input")
    assert named in fields(refused)
    assert count(office, *kept) == before


def test_somebody_is_brought_in_until_the_academic_year_of_the_25th_birthday_ends(office: Office) -> None:
    child = {"dateOfBirth": "2001-09-01", "nationalCurriculumYear": None}
    sent = body(child=child, settingUrn=None, settingType="further_education", sections={})
    assert office.caller("caseworker").post(PLANS, sent).status_code == 201


def test_only_those_who_may_bring_plans_in(office: Office) -> None:
    for role in ("caseworker", "machine_client"):
        assert office.caller(role).post(PLANS, NEW_PLAN).status_code == 201
    for caller in (office.caller("auditor"), office.caller("setting_contact", "urn:123456")):
        problem(caller.post(PLANS, NEW_PLAN), 403, "not-permitted")


def test_a_repeat_brings_nothing_in_twice(office: Office) -> None:
    key = {"Idempotency-Key": "brought-in-once-0001"}
    first = office.caller("caseworker").post(PLANS, NEW_PLAN, headers=key).get_json()
    again = office.caller("caseworker").post(PLANS, NEW_PLAN, headers=key).get_json()
    assert first == again


# --- finding ---------------------------------------------------------------------------------


def test_plans_are_found_by_status_setting_and_the_day_of_their_review(office: Office) -> None:
    other = {"meetingOn": "2026-09-01", "decidedOn": "2026-09-20"}
    first = office.bring_in_plan(settingUrn="103016", lastReview=other)
    second = office.bring_in_plan(settingUrn="103016", lastReview={**other, "meetingOn": "2026-08-20"})

    def listed(query: str) -> list[str]:
        answer = office.caller("caseworker").get(f"{PLANS}?{query}").get_json()
        return [item["key"] for item in answer["items"]]

    assert listed("setting=103016") == [second, first]
    assert listed("setting=103016&reviewDueBefore=2027-09-01") == [second, first]  # the earliest first
    assert listed("setting=103016&reviewDueBefore=2027-08-31") == [second]
    assert listed("setting=103016&status=ceased") == []
    problem(office.caller("caseworker").get(f"{PLANS}?status=asleep"), 422, "bad-input")


@pytest.mark.parametrize("query", ["", "&reviewDueBefore=2199-01-01"])
def test_pages_join_without_a_gap_or_a_double(office: Office, query: str) -> None:
    made = {office.bring_in_plan(settingUrn="103014") for _ in range(5)}
    seen: list[str] = []
    cursor = ""
    for _ in range(20):
        path = f"{PLANS}?setting=103014&limit=2{query}{cursor}"
        page = office.caller("caseworker").get(path).get_json()
        seen += [item["key"] for item in page["items"]]
        if page["page"]["endCursor"] is None:
            break
        cursor = f"&cursor={page['page']['endCursor']}"
    assert made <= set(seen)
    assert len(seen) == len(set(seen))


# --- who sees what ---------------------------------------------------------------------------


def test_the_send_team_and_the_setting_named_read_what_the_plan_says(office: Office, plan: str) -> None:
    version = f"{PLANS}/{plan}/versions/1"
    for caller in (office.caller("caseworker"), office.caller("auditor")):
        read = caller.get(version).get_json()
        assert read["sections"] == SECTIONS
        assert read["updates"] == []
    setting = office.caller("setting_contact", "urn:123456")
    assert setting.get(version).get_json()["sections"] == SECTIONS
    assert setting.get(version).get_json()["updates"] is None
    assert setting.get(f"{PLANS}/{plan}").get_json()["lookedAfter"] is None


def test_a_setting_finds_the_plans_that_name_it_and_no_others(office: Office) -> None:
    theirs, others = office.bring_in_plan(settingUrn="103012"), office.bring_in_plan(settingUrn="103013")
    setting = office.caller("setting_contact", "urn:103012")
    found = {item["key"] for item in setting.get(f"{PLANS}?limit=200").get_json()["items"]}
    assert theirs in found
    assert others not in found
    for path in ("", "/versions", "/versions/1", "/versions/1/compare"):
        problem(setting.get(f"{PLANS}/{others}{path}"), 404, "not-found")


@pytest.fixture(scope="module")
def made(office: Office) -> dict[str, Any]:
    """A plan that went through an assessment, for which agencies have worked."""
    case = office.desk.request()
    case.until("sign_plan", family_response={"nothingMore": True})
    case.complete("sign_plan")
    items = office.caller("caseworker").get(f"{PLANS}?setting=123456&limit=200").get_json()["items"]
    return next(dict(item) for item in items if item["caseKey"] == case.key)


def test_an_agency_that_works_on_the_case_sees_that_there_is_a_plan_and_not_what_it_says(
    office: Office, made: dict[str, Any]
) -> None:
    path = f"{PLANS}/{made['key']}"
    agency = office.caller("professional", "child_health")
    assert agency.get(path).get_json()["key"] == made["key"]
    (listed,) = agency.get(f"{path}/versions").get_json()["items"]
    assert (listed["number"], listed["state"], listed["sections"]) == (1, "issued", None)
    read = agency.get(f"{path}/versions/1").get_json()
    assert (read["sections"], read["updates"]) == (None, None)
    problem(agency.get(f"{path}/versions/1/compare"), 404, "not-found")
    problem(office.caller("professional", "youth_offending").get(path), 404, "not-found")


def test_boards_see_no_plan(office: Office, plan: str) -> None:
    problem(office.caller("operational_board").get(f"{PLANS}/{plan}"), 403, "not-permitted")


def test_that_a_plan_was_read_stands_in_the_history_of_its_case(office: Office, plan: str) -> None:
    case = office.caller("caseworker").get(f"{PLANS}/{plan}").get_json()["caseKey"]
    office.caller("setting_contact", "urn:123456").get(f"{PLANS}/{plan}/versions/1")
    history = office.caller("caseworker").get(f"{CASES}/{case}/timeline?limit=200").get_json()["items"]
    reads = [entry for entry in history if entry["event"] == "plan:read"]
    assert [entry["organisation"] for entry in reads] == ["send_team", "urn:123456"]


# --- signing and versions --------------------------------------------------------------------


def test_what_a_plan_lacks_is_told_to_the_signer_by_section(office: Office) -> None:
    case = office.desk.request()
    case.until("sign_plan", family_response={"nothingMore": True}, write_plan={"healthProvision": []})
    task = office.task(case.key, "sign_plan")["key"]
    answers = {"answers": office.example(task)}
    refused = office.caller("decision_maker").post(f"{TASKS}/{task}/complete", answers)
    problem(refused, 422, "bad-input")
    assert list(fields(refused)) == ["sections.G"]
    assert office.task(case.key, "sign_plan")["state"] == "CREATED"


def test_a_version_that_was_issued_is_not_edited(office: Office, plan: str) -> None:
    path = f"{PLANS}/{plan}/versions/1"
    before = office.caller("caseworker").get(path).get_json()
    refused = office.caller("caseworker").put(path, {"sections": {"A": {"child": "Other words."}}})
    assert "regulations 22 and 28" in problem(refused, 409, "plan-version-issued")["detail"]
    assert office.caller("caseworker").get(path).get_json() == before
    unknown = office.caller("caseworker").put(f"{PLANS}/{plan}/versions/2", {"sections": {}})
    problem(unknown, 404, "not-found")


def test_the_first_version_is_compared_with_nothing(office: Office, plan: str) -> None:
    found = office.caller("caseworker").get(f"{PLANS}/{plan}/versions/1/compare").get_json()
    assert (found["before"], found["after"]) == (None, 1)
    assert {section["change"] for section in found["sections"]} == {"added"}
    same = office.caller("caseworker").get(f"{PLANS}/{plan}/versions/1/compare?with=1").get_json()
    assert {section["change"] for section in same["sections"]} == {"same"}
    problem(office.caller("caseworker").get(f"{PLANS}/{plan}/versions/1/compare?with=7"), 404, "not-found")


def test_the_year_group_moves_on_in_september(sqlite_url: str) -> None:
    with opened_office(sqlite_url) as own:
        plan = own.bring_in_plan()
        own.desk.clock.advance_to(own.desk.clock.now() + timedelta(days=305))
        found = own.caller("caseworker").get(f"{PLANS}/{plan}").get_json()
        assert own.desk.clock.today() > date(2027, 9, 1)
        assert found["curriculumYear"] == 5


def test_a_plan_that_is_there_already_isnt_brought_in_twice_unawares(office: Office) -> None:
    worker = office.caller("caseworker")
    child = {**NEW_PLAN["child"], "upn": None, "nhsNumber": "9990000026"}
    body = {**NEW_PLAN, "child": child}
    first = worker.post(PLANS, body).get_json()
    assert first["duplicates"] == []
    refused = worker.post(PLANS, {**body, "refuseDuplicates": True})
    problem(refused, 409, "duplicate-case")
    assert refused.get_json()["caseKey"] == first["caseKey"]
    assert worker.post(PLANS, body).get_json()["duplicates"] == [first["caseKey"]]
