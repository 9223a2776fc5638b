"""Deploying: looked at first, refused when a safeguard would be lost, and never changed afterwards."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from api.deployments.schemas import Deployed, DeploymentCheck, DeploymentDetail, DeploymentPage
from engine.config import ROOT
from engine.ladder import FILE
from tests.api.asking import fields, problem
from tests.api.office import Office, opened_office
from tests.api.test_contract import differences
from tests.api.test_process_control import DEFINITIONS, INSTANCES, definition, items, request_instance
from tests.engine.ladder.shipped import TEXT as LADDER
from tests.engine.ladder.shipped import another, kept_longer

DEPLOYMENTS = "/api/v1/deployments"
WHY = "Agreed on 3 November."


@pytest.fixture
def office(sqlite_url: str) -> Iterator[Office]:
    with opened_office(sqlite_url) as opened:
        yield opened


def text(name: str) -> str:
    return (ROOT / "bpmn" / name).read_text(encoding="utf-8")


def renamed() -> dict[str, str]:
    """The request's diagram with one task called otherwise."""
    whole = text("request_to_plan.bpmn")
    changed = whole.replace('name="Collate request evidence"', 'name="Gather the evidence"')
    assert changed != whole
    return {"request_to_plan.bpmn": changed}


def without_its_overdue_plan() -> dict[str, str]:
    """The request's diagram without the event sub-process that tells of an overdue plan."""
    whole = text("request_to_plan.bpmn")
    taken = re.search(r'<bpmn:subProcess id="final_plan_overdue".*?</bpmn:subProcess>', whole, re.S)
    assert taken
    ids = re.findall(r'\bid="([^"]+)"', taken[0])
    rest = whole.replace(taken[0], "")
    for each in ids:
        rest = re.sub(
            rf'<bpmndi:BPMN(Shape|Edge) [^>]*bpmnElement="{each}".*?</bpmndi:BPMN\1>', "", rest, flags=re.S
        )
        rest = re.sub(rf"<bpmn:flowNodeRef>{each}</bpmn:flowNodeRef>", "", rest)
    return {"request_to_plan.bpmn": rest}


def checked(office: Office, files: dict[str, str]) -> dict[str, Any]:
    response = office.caller("process_owner").post(f"{DEPLOYMENTS}/check", {"files": files})
    assert response.status_code == 200, response.text
    answer = response.get_json()
    assert differences(DeploymentCheck, answer) == {}
    return dict(answer)


def deployed(office: Office, files: dict[str, str], **more: Any) -> dict[str, Any]:
    response = office.caller("process_owner").post(DEPLOYMENTS, {"files": files, "reason": WHY, **more})
    assert response.status_code == 200, response.text
    answer = response.get_json()
    assert differences(Deployed, answer) == {}
    return dict(answer)


def test_a_look_says_in_words_what_would_change_and_keeps_nothing(office: Office) -> None:
    office.registered_request()
    answer = checked(office, renamed())
    assert answer["acceptable"] is True
    assert answer["losses"] == []
    (change,) = answer["changes"]
    assert change["elementId"] == "collate_evidence"
    assert change["text"] == (
        "The user task “Collate request evidence”: name was “Collate request evidence”, is “Gather the evidence”."
    )
    changed = {each["name"] for each in answer["files"] if each["change"] != "unchanged"}
    assert changed == {"request_to_plan.bpmn"}
    processes = {each["processDefinitionId"]: each for each in answer["processes"]}
    assert processes["request_to_plan"]["change"] == "changed"
    assert processes["request_to_plan"]["activeInstances"] == 1
    assert processes["annual_review"]["change"] == "unchanged"
    assert len(items(office.caller("process_owner"), DEPLOYMENTS)) == 1


def test_what_is_deployed_already_changes_nothing(office: Office) -> None:
    answer = checked(office, {"advice.bpmn": text("advice.bpmn")})
    assert (answer["known"], answer["changes"], answer["losses"]) == (True, [], [])
    assert {each["change"] for each in answer["files"]} == {"unchanged"}
    assert deployed(office, {"advice.bpmn": text("advice.bpmn")})["processDefinitions"] == []


def test_new_instances_take_the_new_version_and_running_ones_keep_theirs(office: Office) -> None:
    before = request_instance(office, office.registered_request())
    made = deployed(office, renamed())
    assert made["new"] is True
    assert {"processDefinitionId": "request_to_plan", "version": 2}.items() <= next(
        each.items()
        for each in made["processDefinitions"]
        if each["processDefinitionId"] == "request_to_plan"
    )
    owner = office.caller("process_owner")
    after = request_instance(office, office.registered_request())
    versions = [
        owner.get(f"{INSTANCES}/{key}").get_json()["processDefinitionVersion"] for key in (before, after)
    ]
    assert versions == [1, 2]
    key = definition(owner, "request_to_plan")["key"]
    assert owner.get(f"{DEFINITIONS}/{key}/xml").text == renamed()["request_to_plan.bpmn"]


def test_who_deployed_when_and_why_is_kept_each_time(office: Office) -> None:
    owner = office.caller("process_owner")
    first = items(owner, DEPLOYMENTS)[0]["key"]
    made = deployed(office, renamed())
    back = deployed(office, {"request_to_plan.bpmn": text("request_to_plan.bpmn")}, reason="Taken back.")
    assert (back["key"], back["new"]) == (first, False)
    assert differences(DeploymentPage, owner.get(DEPLOYMENTS).get_json()) == {}
    assert [each["key"] for each in items(owner, DEPLOYMENTS)] == [made["key"], first]
    detail = owner.get(f"{DEPLOYMENTS}/{first}").get_json()
    assert differences(DeploymentDetail, detail) == {}
    assert [(act["deployedBy"], act["reason"]) for act in detail["acts"]] == [
        ("demonstration", None),
        ("Wei Chen", "Taken back."),
    ]
    versions = [
        each for each in detail["processDefinitions"] if each["processDefinitionId"] == "request_to_plan"
    ]
    assert [each["version"] for each in versions] == [1, 3]
    assert "advice.bpmn" in detail["resourceNames"]


def test_a_file_is_given_byte_for_byte(office: Office) -> None:
    owner = office.caller("process_owner")
    key = items(owner, DEPLOYMENTS)[0]["key"]
    for name in ("advice.bpmn", "who_is_told.dmn", "decide_assess.form"):
        assert owner.get(f"{DEPLOYMENTS}/{key}/resources/{name}").data == (ROOT / "bpmn" / name).read_bytes()
    problem(owner.get(f"{DEPLOYMENTS}/{key}/resources/nothing.bpmn"), 404, "not-found")


def test_a_lost_event_sub_process_is_an_error_though_the_diagram_is_sound(office: Office) -> None:
    answer = checked(office, without_its_overdue_plan())
    assert [finding for finding in answer["findings"] if finding["severity"] == "error"] == []
    lost = {loss["id"]: loss for loss in answer["losses"]}
    assert "request_to_plan:event-sub-process:final_plan_overdue" in lost
    assert "request_to_plan:timer:reg13_2_final_20w" in lost
    assert answer["acceptable"] is False
    assert any(
        each["elementId"] == "final_plan_overdue" and each["change"] == "removed"
        for each in answer["changes"]
    )
    body = {"files": without_its_overdue_plan(), "reason": WHY}
    refused = office.caller("process_owner").post(DEPLOYMENTS, body)
    told = problem(refused, 422, "deployment-refused")
    assert {"event-sub-process-lost", "timer-lost"} <= {finding["rule"] for finding in told["findings"]}
    assert all(loss in refused.text for loss in lost)
    assert len(items(office.caller("process_owner"), DEPLOYMENTS)) == 1


def test_a_loss_that_is_meant_is_accepted_by_name_and_kept(office: Office) -> None:
    files = without_its_overdue_plan()
    ids = [loss["id"] for loss in checked(office, files)["losses"]]
    body = {"files": files, "reason": WHY, "acceptedLosses": ids[1:]}
    refused = office.caller("process_owner").post(DEPLOYMENTS, body)
    assert len(problem(refused, 422, "deployment-refused")["findings"]) == 1
    made = deployed(office, files, acceptedLosses=ids)
    act = office.caller("process_owner").get(f"{DEPLOYMENTS}/{made['key']}").get_json()["acts"][-1]
    assert act["acceptedLosses"] == sorted(ids)


def test_a_task_that_loses_its_limit_is_a_loss_and_one_that_moves_is_not(office: Office) -> None:
    whole = text("request_to_plan.bpmn")
    limit = '<zeebe:property name="ehc:rule" value="reg5_decide_to_assess" />'
    assert limit in whole
    answer = checked(office, {"request_to_plan.bpmn": whole.replace(limit, "")})
    assert "request_to_plan:limit:reg5_decide_to_assess" in {loss["id"] for loss in answer["losses"]}
    moved = {
        "request_to_plan.bpmn": whole.replace('id="request_to_plan"', 'id="request_for_plan"').replace(
            'processRef="request_to_plan"', 'processRef="request_for_plan"'
        )
    }
    assert [loss["id"] for loss in checked(office, moved)["losses"]] == ["request_to_plan:process"]


def test_errors_are_named_by_file_and_element_with_their_remedy(office: Office) -> None:
    broken = text("request_to_plan.bpmn").replace(
        'name="ehc:rule" value="reg5_', 'name="ehc:rule" value="reg55_', 1
    )
    answer = checked(office, {"request_to_plan.bpmn": broken})
    errors = [finding for finding in answer["findings"] if finding["severity"] == "error"]
    assert answer["acceptable"] is False
    assert errors
    assert all(finding["remedy"] and finding["file"] == "request_to_plan.bpmn" for finding in errors)
    body = {"files": {"request_to_plan.bpmn": broken}, "reason": WHY}
    told = problem(office.caller("process_owner").post(DEPLOYMENTS, body), 422, "deployment-refused")
    assert told["findings"] == answer["findings"]


def test_changed_forms_and_tables_are_told_of(office: Office) -> None:
    form = text("decide_assess.form").replace('"key": "reasons"', '"key": "grounds"', 1)
    answer = checked(office, {"decide_assess.form": form})
    said = {change["text"] for change in answer["changes"]}
    assert "The field grounds is new in decide_assess.form." in said
    changed = {each["processDefinitionId"] for each in answer["processes"] if each["change"] == "changed"}
    assert changed == {"request_to_plan"}


@pytest.mark.parametrize("name", ["../advice.bpmn", "advice.exe", ".bpmn", "a b.bpmn"])
def test_names_that_no_file_has_are_refused(office: Office, name: str) -> None:
    assert fields(office.caller("process_owner").post(f"{DEPLOYMENTS}/check", {"files": {name: "<x/>"}}))


def test_a_deployment_needs_a_reason(office: Office) -> None:
    owner = office.caller("process_owner")
    assert "reason" in fields(owner.post(DEPLOYMENTS, {"files": renamed()}))
    assert "reason" in fields(owner.post(DEPLOYMENTS, {"files": renamed(), "reason": " "}))


def test_only_process_owners_and_administrators_deploy(office: Office) -> None:
    body = {"files": renamed(), "reason": WHY}
    for role in ("caseworker", "auditor", "group_head"):
        problem(office.caller(role).post(DEPLOYMENTS, body), 403, "not-permitted")


def test_another_ladder_says_who_would_be_told_later_and_is_refused_until_it_is_meant(office: Office) -> None:
    files = {FILE: kept_longer()}
    answer = checked(office, files)
    loss = next(loss for loss in answer["losses"])
    assert (answer["acceptable"], loss["id"], loss["file"]) == (False, "ladder:group_head:3:5", FILE)
    assert loss["text"].startswith("The role group_head is told of what is late later: from 5 days late on")
    texts = [change["text"] for change in answer["changes"]]
    assert any(text.startswith("Row 9 (“Missed: the manager, for two days”): days was") for text in texts)
    owner = office.caller("process_owner")
    refused = owner.post(DEPLOYMENTS, {"files": files, "reason": WHY})
    assert refused.status_code == 422
    assert [each["rule"] for each in refused.get_json()["findings"]] == ["ladder-lost"]
    assert deployed(office, files, acceptedLosses=[loss["id"]])["new"] is True


def test_a_ladder_with_a_gap_is_refused_with_its_cell(office: Office) -> None:
    answer = checked(office, {FILE: another(LADDER, "[-14..-8]", "[-14..-9]")})
    (finding,) = [each for each in answer["findings"] if each["severity"] == "error"]
    assert (finding["rule"], finding["element"]) == ("ladder-gap", "escalation_ladder_rule_4_in_4")
    assert answer["acceptable"] is False


def test_letters_are_deployed_by_their_flat_names(office: Office) -> None:
    support = (ROOT / "bpmn" / "notices" / "_support.html").read_text(encoding="utf-8")
    own = {"_support.html": support.replace("Help and advice", "Who helps you")}
    found = checked(office, own)
    assert (found["acceptable"], found["findings"]) == (True, [])
    assert any("“Who helps you”" in change["text"] for change in found["changes"])
    owner = office.caller("process_owner")
    made = owner.post(DEPLOYMENTS, {"files": own, "reason": WHY})
    assert made.status_code == 200, made.text
    key = made.get_json()["key"]
    assert owner.get(f"{DEPLOYMENTS}/{key}/resources/_support.html").text == own["_support.html"]
    wrong = owner.post(DEPLOYMENTS, {"files": {"_support.html": "{{ of_nobody }}"}, "reason": WHY})
    (finding,) = problem(wrong, 422, "deployment-refused")["findings"]
    assert (finding["element"], "It stops amendment_notice, " in finding["message"]) == ("line 1", True)
    problem(owner.post(DEPLOYMENTS, {"files": {"notices/x.html": ""}, "reason": WHY}), 422, "bad-input")
