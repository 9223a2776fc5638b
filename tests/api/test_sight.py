"""What opens and closes sight: a family's consent, a restriction, an agreement; and the log of who opened what."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from api.access_log.schemas import OpeningPage, ReaderPage
from api.agreements.schemas import AgreementPage
from api.consents.schemas import ConsentPage
from api.restrictions.schemas import Restriction
from tests.api.asking import Caller, fields, problem
from tests.api.office import CASES, PLANS, TASKS, Office, send_file
from tests.api.test_contract import differences

SCHOOL = {"settingUrn": "104001"}


@pytest.fixture
def plan(office: Office) -> str:
    return office.bring_in_plan()


@pytest.fixture
def case(office: Office, plan: str) -> str:
    """The case of the plan, with a parent on record."""
    key = str(office.caller("caseworker").get(f"{PLANS}/{plan}").get_json()["caseKey"])
    body = {"name": "Sam Example", "relation": "parent", "parentalResponsibility": True, "channel": "by_hand"}
    assert office.caller("caseworker").post(f"{CASES}/{key}/family", body).status_code == 201
    return key


def parent_of(office: Office, case: str) -> str:
    family = office.caller("caseworker").get(f"{CASES}/{case}/family").get_json()
    return next(str(member["key"]) for member in family["members"] if member["holdsRights"])


def say(office: Office, case: str, **changes: Any) -> Any:
    body = {
        "organisation": "camhs",
        "decision": "given",
        "covers": ["plan"],
        "givenBy": parent_of(office, case),
        "from": office.desk.clock.today().isoformat(),
    }
    return office.caller("caseworker").post(f"{CASES}/{case}/consents", {**body, **changes})


def content(caller: Caller, plan: str) -> Any:
    answer = caller.get(f"{PLANS}/{plan}/versions/1")
    return answer.get_json().get("sections") if answer.status_code == 200 else answer.status_code


# --- consents --------------------------------------------------------------------------------


def test_a_plan_opens_to_an_agency_with_the_familys_word_and_closes_with_it(
    office: Office, case: str, plan: str
) -> None:
    camhs = office.caller("professional", "camhs")
    assert content(camhs, plan) == 404
    given = say(office, case)
    assert given.status_code == 201, given.text
    assert differences(ConsentPage, given.get_json()) == {}
    assert set(content(camhs, plan)) >= {"A", "B"}
    assert plan in [found["key"] for found in camhs.get(PLANS).get_json()["items"]]
    assert content(office.caller("professional", "icb"), plan) == 404

    key = given.get_json()["items"][-1]["key"]
    today = office.desk.clock.today().isoformat()
    taken = {"withdrawnOn": today, "withdrawnBy": parent_of(office, case), "reason": "Sam Example rang us."}
    path = f"{CASES}/{case}/consents/{key}/withdrawal"
    done = office.caller("caseworker").post(path, taken)
    assert [item["inForce"] for item in done.get_json()["items"]] == [False]
    assert content(camhs, plan) == 404
    problem(office.caller("caseworker").post(path, taken), 409, "conflict")


def test_the_newest_word_counts(office: Office, case: str, plan: str) -> None:
    camhs = office.caller("professional", "camhs")
    say(office, case)
    refused = say(office, case, decision="refused").get_json()["items"]
    assert [item["inForce"] for item in refused] == [False, True]
    assert content(camhs, plan) == 404
    say(office, case)
    assert content(camhs, plan) != 404
    say(office, case, decision="refused", covers=["documents"])
    assert content(camhs, plan) != 404


def test_a_consent_holds_on_its_days_only(office: Office, case: str, plan: str) -> None:
    camhs, today = office.caller("professional", "camhs"), office.desk.clock.today()
    over = (today - timedelta(days=1)).isoformat()
    say(office, case, **{"from": over, "to": over})
    assert content(camhs, plan) == 404
    say(office, case, to=today.isoformat())
    assert content(camhs, plan) != 404


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"givenBy": "999999"}, "givenBy"),
        ({"organisation": "nobody_here"}, "organisation"),
        ({"organisation": "send_team"}, "organisation"),
        ({"from": "2199-01-01"}, "from"),
        ({"to": "2020-01-01"}, "to"),
        ({"covers": []}, "covers"),
    ],
)
def test_what_cant_be_a_consent_is_refused(
    office: Office, case: str, changes: dict[str, Any], field: str
) -> None:
    answer = say(office, case, **changes)
    problem(answer, 422, "bad-input")
    assert field in fields(answer)


def test_why_a_consent_was_taken_back_stands_in_no_trail(office: Office, case: str) -> None:
    key = say(office, case).get_json()["items"][-1]["key"]
    body = {
        "withdrawnOn": office.desk.clock.today().isoformat(),
        "withdrawnBy": parent_of(office, case),
        "reason": "Because of uncle Bartholomew.",
    }
    office.caller("caseworker").post(f"{CASES}/{case}/consents/{key}/withdrawal", body)
    timeline = office.caller("caseworker").get(f"{CASES}/{case}/timeline?limit=200")
    assert "consent:withdrawn" in timeline.text
    assert "Bartholomew" not in timeline.text


def test_a_familys_word_opens_documents_that_are_meant_for_whom_it_agrees_to_and_refusing_closes_all_others(
    office: Office,
) -> None:
    case = office.registered_request()
    care, day = office.caller("professional", "social_care"), office.desk.clock.today().isoformat()
    meant = {name: office.document(case, Document_Audience=name) for name in ("agreed", "advisers", "family")}
    own = send_file(care, case, b"Our own.\n", "own.txt").get_json()["key"]

    def seen() -> set[str]:
        found = care.get(f"{CASES}/{case}/documents?limit=200").get_json()["items"]
        one_by_one = {
            key for key in (*meant.values(), own) if care.get(f"/api/v1/documents/{key}").status_code == 200
        }
        assert {item["key"] for item in found} & {*meant.values(), own} == one_by_one
        return one_by_one

    parent = office.notice(case, "family_consultation")["deliveries"][0]["familyMemberKey"]
    said = {"organisation": "social_care", "covers": ["documents"], "givenBy": parent, "from": day}
    path = f"{CASES}/{case}/consents"
    assert seen() == {meant["advisers"], own}
    assert office.caller("caseworker").post(path, {**said, "decision": "given"}).status_code == 201
    assert seen() == {meant["advisers"], meant["agreed"], own}
    assert office.caller("caseworker").post(path, {**said, "decision": "refused"}).status_code == 201
    assert seen() == {own}


# --- restricted cases ------------------------------------------------------------------------


def restrict(office: Office, case: str, *named: str) -> Any:
    body = {"membershipKeys": list(named), "reason": "A parent works in the team."}
    return office.caller("decision_maker").put(f"{CASES}/{case}/restriction", body)


def test_only_those_who_are_named_see_a_restricted_case_until_it_is_lifted(office: Office) -> None:
    case = office.registered_request()
    named, other = office.desk.all_with("caseworker")[:2]
    task = office.task(case, "family_views_request")["key"]
    seen = office.as_principal(named)
    unseen = office.as_principal(other)
    answer = restrict(office, case, str(named.membership_key)).get_json()
    assert differences(Restriction, answer) == {}
    assert len(answer["members"]) == 2  # and whoever restricted it

    assert seen.get(f"{CASES}/{case}").status_code == 200
    assert seen.post(f"{TASKS}/{task}/claim").status_code == 200
    for path in (f"{CASES}/{case}", f"{TASKS}/{task}", f"{CASES}/{case}/timeline", f"{CASES}/{case}/notices"):
        problem(unseen.get(path), 404, "not-found")
    problem(unseen.post(f"{TASKS}/{task}/unclaim"), 404, "not-found")
    assert unseen.get(f"{TASKS}?caseKey={case}").get_json()["items"] == []
    assert office.caller("group_head").get(f"{CASES}/{case}").status_code == 200

    lifting = {"reason": "The parent has left."}
    path = f"{CASES}/{case}/restriction/lifting"
    problem(office.caller("caseworker").post(path, lifting), 403, "not-permitted")
    assert office.caller("decision_maker").post(path, lifting).get_json()["restricted"] is False
    assert unseen.get(f"{CASES}/{case}").status_code == 200
    problem(office.caller("decision_maker").post(path, lifting), 409, "conflict")


def test_being_named_gives_no_sight_that_one_hadnt(office: Office, case: str) -> None:
    outsider = office.desk.member("professional", "youth_offending")
    assert restrict(office, case, str(outsider.membership_key)).status_code == 200
    problem(office.caller("professional", "youth_offending").get(f"{CASES}/{case}"), 404, "not-found")


def test_a_restriction_names_members_of_the_authority_only(office: Office, case: str) -> None:
    answer = restrict(office, case, "999999")
    problem(answer, 422, "bad-input")
    assert "999999" in fields(answer)["membershipKeys"]


def test_lateness_of_a_restricted_case_is_for_the_same_few(office: Office) -> None:
    case = office.raise_request()
    office.desk.step_to(office.desk.clock.today() + timedelta(weeks=7))
    manager, path = office.caller("service_manager"), f"/api/v1/escalations?caseKey={case}"
    assert manager.get(path).get_json()["items"]
    restrict(office, case)
    assert manager.get(path).get_json()["items"] == []
    assert office.caller("operational_board").get(path).get_json()["items"] == []
    assert office.caller("group_head").get(path).get_json()["items"]


# --- several authorities ---------------------------------------------------------------------


def test_a_school_works_for_a_neighbour_that_has_agreed_and_only_as_long(office: Office) -> None:
    office.setting("334", "104001")
    school = office.as_member("setting_contact", "urn:104001", "334")
    case = office.registered_request(**SCHOOL)
    task = office.task_of(case, "urn:104001")["key"]
    assert school.get(TASKS).get_json()["items"] == []
    problem(school.post(f"{TASKS}/{task}/claim"), 404, "not-found")

    today = office.desk.clock.today()
    made = agree(office, {"keptBy": "334", "urn": "104001", "from": today.isoformat()})
    assert made.status_code == 201, made.text
    assert (
        differences(AgreementPage, office.caller("administrator").get("/api/v1/agreements").get_json()) == {}
    )
    assert [found["key"] for found in school.get(TASKS).get_json()["items"]] == [task]
    assert [found["key"] for found in school.get(CASES).get_json()["items"]] == [case]
    assert school.post(f"{TASKS}/{task}/claim").status_code == 200
    done = school.post(f"{TASKS}/{task}/complete", {"answers": office.example(task)})
    assert done.status_code == 200, done.text
    problem(agree(office, {"keptBy": "334", "urn": "104001", "from": today.isoformat()}), 409, "conflict")

    ended = (today - timedelta(days=1)).isoformat()
    path = f"/api/v1/agreements/{made.get_json()['key']}/end"
    problem(office.caller("administrator").put(path, {"to": ended}), 422, "bad-input")
    assert office.caller("administrator").put(path, {"to": today.isoformat()}).status_code == 200
    office.desk.step_to(today + timedelta(days=1))
    problem(school.get(f"{TASKS}/{task}"), 404, "not-found")


def agree(office: Office, body: dict[str, Any]) -> Any:
    return office.caller("administrator").post("/api/v1/agreements", body)


def test_an_agreement_opens_nothing_to_whoever_sees_all_of_the_other_authority(office: Office) -> None:
    case = office.registered_request(settingUrn="104002")
    office.setting("334", "104002")
    agree(office, {"keptBy": "334", "urn": "104002", "from": office.desk.clock.today().isoformat()})
    for role, organisation in (("administrator", "urn:104002"), ("setting_contact", "urn:104003")):
        problem(office.as_member(role, organisation, "334").get(f"{CASES}/{case}"), 404, "not-found")
    assert office.as_member("setting_contact", "urn:104002", "334").get(f"{CASES}/{case}").status_code == 200


def test_an_authority_agrees_for_itself_alone_and_to_a_setting_that_is_there(office: Office) -> None:
    today = office.desk.clock.today().isoformat()
    for kept_by, urn, field in (
        ("333", "123456", "keptBy"),
        ("334", "199999", "urn"),
        ("999", "199999", "urn"),
    ):
        answer = agree(office, {"keptBy": kept_by, "urn": urn, "from": today})
        problem(answer, 422, "bad-input")
        assert field in fields(answer)


# --- who has opened what ---------------------------------------------------------------------


def test_each_opening_is_logged_and_a_list_isnt_one(office: Office, plan: str, case: str) -> None:
    worker = office.caller("caseworker")
    log = f"{CASES}/{case}/access-log"
    before = len(worker.get(log).get_json()["items"])
    for path in (CASES, TASKS, PLANS, "/api/v1/reviews", f"{CASES}/{case}/notices", log):
        worker.get(path)
    assert len(worker.get(log).get_json()["items"]) == before

    review = office.begin_review(plan)
    task = worker.get(f"{TASKS}?caseKey={case}").get_json()["items"][0]["key"]
    opened = [
        (f"{CASES}/{case}", "case", None),
        (f"{CASES}/{case}/family", "family", None),
        (f"{PLANS}/{plan}", "plan", plan),
        (f"/api/v1/reviews/{review}", "review", review),
        (f"{TASKS}/{task}/form", "form", task),
    ]
    for path, _, _ in opened:
        assert worker.get(path).status_code == 200, path
    answer = office.caller("auditor").get(log).get_json()
    assert differences(OpeningPage, answer) == {}
    newest = answer["items"][: len(opened)]
    assert [(item["what"], item["subjectKey"]) for item in reversed(newest)] == [each[1:] for each in opened]
    assert {(item["person"], item["role"]) for item in newest} == {("Amara Okafor", "caseworker")}
    page = worker.get(f"{log}?limit=2").get_json()
    after = worker.get(f"{log}?limit=2&cursor={page['page']['endCursor']}").get_json()
    assert [item["key"] for item in page["items"] + after["items"]] == [
        item["key"] for item in answer["items"][:4]
    ]


def test_a_letter_that_is_read_is_logged(office: Office) -> None:
    case = office.registered_request()
    notice = office.notice(case, "family_consultation")["key"]
    office.caller("caseworker").get(f"{CASES}/{case}/notices/{notice}/content")
    newest = office.caller("caseworker").get(f"{CASES}/{case}/access-log").get_json()["items"][0]
    assert (newest["what"], newest["subjectKey"]) == ("letter", notice)


def test_a_familys_list_names_organisations_and_roles_and_nobody(office: Office, case: str) -> None:
    for role in ("caseworker", "auditor"):
        office.caller(role).get(f"{CASES}/{case}")
    answer = office.caller("auditor").get(f"{CASES}/{case}/access-log/readers")
    assert differences(ReaderPage, answer.get_json()) == {}
    assert [item["role"] for item in answer.get_json()["items"]] == ["auditor", "caseworker"]
    assert "Okafor" not in answer.text
