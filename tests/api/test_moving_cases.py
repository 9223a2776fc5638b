"""Process owners move running cases over HTTP, and learn nothing of a child by it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from api.batches.schemas import Batch, BatchItemPage, BatchPage
from api.imports.schemas import NEW_IMPORT, ImportPage, ImportReport
from api.migrations.schemas import Findings, MigrationPlan, VerdictPage
from api.process_instances.moves import Moved
from engine.services.batches import batch_runs
from tests.api.asking import Caller
from tests.api.office import Office, opened_office
from tests.api.test_contract import differences
from tests.engine.services.edited import shipped
from tests.engine.services.newer import definition, deployed, relabelled, without_element

ROOT = "/api/v1"
COLLATE = "collate_evidence"


@pytest.fixture(scope="module")
def owner(office: Office) -> Caller:
    return office.caller("process_owner")


def asked(caller: Caller, path: str, body: dict[str, Any], status: int = 200) -> dict[str, Any]:
    response = caller.post(f"{ROOT}{path}", body)
    assert response.status_code == status, response.text
    return dict(response.get_json())


def instance_of(office: Office, case: str) -> str:
    page = office.caller("process_owner").get(f"{ROOT}/process-instances?caseKey={case}").get_json()
    return str(page["items"][-1]["key"])


def test_tokens_are_moved_shown_first(office: Office, owner: Caller) -> None:
    case = office.registered_request()
    path = f"/process-instances/{instance_of(office, case)}/modification"
    body = {
        "instructions": [
            {"type": "cancel", "elementId": COLLATE},
            {"type": "start_before", "elementId": "decide_assess"},
        ],
        "reason": "Ada's evidence came with the request.",
    }
    shown = asked(owner, path, {**body, "dryRun": True})
    assert differences(Moved, shown) == {}
    assert not shown["applied"]
    done = owner.post(ROOT + path, body, headers={"If-Match": f'"{shown["version"]}"'})
    assert done.status_code == 200, done.text
    assert done.get_json()["applied"]
    assert office.task(case, "decide_assess")
    refused = owner.post(ROOT + path, {**body, "instructions": body["instructions"][:1]})
    assert refused.status_code == 422
    assert "No token stands at" in refused.get_json()["detail"]
    stale = owner.post(ROOT + path, body, headers={"If-Match": '"1"'})
    assert stale.status_code == 412
    told = office.caller("auditor").get(f"{ROOT}/cases/{case}/timeline?limit=200").text
    assert "moved the process by hand" in told
    assert "Ada's evidence" not in told


@pytest.fixture
def fresh(sqlite_url: str) -> Iterator[Office]:
    """An office of its own, for whoever deploys diagrams."""
    with opened_office(sqlite_url) as opened:
        yield opened


def test_a_plan_from_generated_to_undone(fresh: Office) -> None:
    office, owner = fresh, fresh.caller("process_owner")
    cases = [office.registered_request() for _ in range(2)]
    keys = [instance_of(office, case) for case in cases]
    old = definition(office.desk, "request_to_plan").key
    changed = relabelled(shipped("request_to_plan.bpmn"), "Give views and evidence", "Say what matters")
    deployed(office.desk, request_to_plan=without_element(changed, COLLATE))
    new = definition(office.desk, "request_to_plan").key
    versions = {"sourceDefinitionKey": str(old), "targetDefinitionKey": str(new)}
    plan = asked(owner, "/migrations/generate", versions)
    assert differences(MigrationPlan, plan) == {}
    assert {"no-place"} <= {found["rule"] for found in plan["findings"]}
    lines = [{name: line[name] for name in ("processId", "source", "target")} for line in plan["elements"]]
    sent = {**versions, "elements": lines}
    valid = asked(owner, "/migrations/validate", sent)
    assert differences(Findings, valid) == {}
    assert valid["valid"]
    wrong = {**sent, "elements": [*lines, {**lines[1], "target": lines[2]["target"]}]}
    assert not asked(owner, "/migrations/validate", wrong)["valid"]
    asked(owner, "/migrations/dry-run", {"plan": wrong}, 422)
    seen = asked(owner, "/migrations/dry-run", {"plan": sent, "processInstanceKeys": keys})
    assert differences(VerdictPage, seen) == {}
    assert [item["verdict"] for item in seen["items"]] == ["needs_choice"] * 2
    offer = seen["items"][0]["choices"][0]["offered"][0]
    restarts = [{"processId": "request_to_plan", "elementId": COLLATE, "startBefore": offer["elementId"]}]
    selection = {"plan": sent, "restarts": restarts, "processInstanceKeys": keys}
    assert {item["verdict"] for item in asked(owner, "/migrations/dry-run", selection)["items"]} == {"safe"}
    batch = asked(owner, "/migrations/execute", {**selection, "reason": "Newer."}, 201)
    assert differences(Batch, batch) == {}
    batch_runs.run_to_the_end(office.desk.engine, batch["key"])
    path = f"{ROOT}/batches/{batch['key']}"
    assert owner.get(path).get_json()["done"] == 2
    assert differences(BatchItemPage, owner.get(f"{path}/items").get_json()) == {}
    assert office.task(cases[0], "family_views_request")["name"] == "Say what matters"
    assert office.task(cases[0], "decide_assess")
    back = asked(
        owner,
        "/batches",
        {"kind": "undo_migration", "processInstanceKeys": keys[:1], "reason": "It was wrong."},
        201,
    )
    assert (back["state"], back["done"]) == ("completed", 1)
    assert office.task(cases[0], COLLATE)
    assert differences(BatchPage, owner.get(f"{ROOT}/batches?state=completed").get_json()) == {}


def test_a_batch_is_paused_resumed_and_cancelled(office: Office, owner: Caller) -> None:
    keys = [instance_of(office, office.raise_request()) for _ in range(2)]
    body = {"kind": "suspend", "processInstanceKeys": keys, "reason": "A mistake in a form."}
    batch = asked(owner, "/batches", body, 201)
    path = f"/batches/{batch['key']}"
    for verb, state in (("pause", "paused"), ("resume", "running"), ("cancel", "cancelled")):
        assert asked(owner, f"{path}/{verb}", {})["state"] == state
    asked(owner, f"{path}/resume", {}, 409)
    assert owner.get(f"{ROOT}{path}/items?state=cancelled").get_json()["items"]


def test_nothing_tells_of_a_child(office: Office, owner: Caller) -> None:
    case = office.registered_request()
    key = instance_of(office, case)
    versions = {
        "sourceDefinitionKey": str(definition(office.desk, "request_to_plan").key),
        "targetDefinitionKey": "1",
    }
    plan = asked(owner, "/migrations/generate", versions)
    lines = [{name: line[name] for name in ("processId", "source", "target")} for line in plan["elements"]]
    said = owner.post(
        f"{ROOT}/migrations/dry-run", {"plan": {**versions, "elements": lines}, "processInstanceKeys": [key]}
    ).text
    child = office.caller("caseworker").get(f"{ROOT}/cases/{case}").get_json()["child"]
    assert child["familyName"] not in said
    assert child["givenName"] not in said


def test_another_authority_finds_nothing(office: Office) -> None:
    key = instance_of(office, office.raise_request())
    stranger = office.neighbour("process_owner")
    body = {"instructions": [{"type": "cancel", "elementId": "register_request"}], "reason": "x"}
    asked(stranger, f"/process-instances/{key}/modification", body, 404)
    asked(stranger, "/batches", {"kind": "suspend", "processInstanceKeys": [key], "reason": "x"}, 422)
    asked(stranger, "/migrations/generate", {"sourceDefinitionKey": "1", "targetDefinitionKey": "1"}, 422)


def test_live_cases_are_brought_in(office: Office, owner: Caller) -> None:
    worker = office.caller("caseworker")
    seen = asked(worker, "/imports", NEW_IMPORT)
    assert differences(ImportReport, seen) == {}
    assert [row["outcome"] for row in seen["items"]] == ["ready"]
    done = asked(worker, "/imports", {**NEW_IMPORT, "dryRun": False})
    assert [row["outcome"] for row in done["items"]] == ["imported"]
    assert office.task(done["items"][0]["caseKey"], COLLATE)
    again = asked(worker, "/imports", {**NEW_IMPORT, "dryRun": False})
    assert [row["outcome"] for row in again["items"]] == ["present"]
    assert differences(ImportPage, worker.get(f"{ROOT}/imports").get_json()) == {}
    asked(owner, "/imports", NEW_IMPORT, 403)
    assert "Robin" not in worker.post(f"{ROOT}/imports", NEW_IMPORT).text


def test_a_restricted_case_is_passed_by(fresh: Office) -> None:
    owner = fresh.caller("process_owner")
    seen, hidden = (fresh.registered_request() for _ in range(2))
    hidden_key, seen_key = instance_of(fresh, hidden), instance_of(fresh, seen)
    body = {"membershipKeys": [], "reason": "A parent of the child works in the team."}
    done = fresh.caller("group_head").put(f"{ROOT}/cases/{hidden}/restriction", body)
    assert done.status_code == 200, done.text
    old = definition(fresh.desk, "request_to_plan").key
    changed = relabelled(shipped("request_to_plan.bpmn"), "Give views and evidence", "Say what matters")
    deployed(fresh.desk, request_to_plan=changed)
    versions = {
        "sourceDefinitionKey": str(old),
        "targetDefinitionKey": str(definition(fresh.desk, "request_to_plan").key),
    }
    plan = asked(owner, "/migrations/generate", versions)
    lines = [{name: line[name] for name in ("processId", "source", "target")} for line in plan["elements"]]
    tried = asked(owner, "/migrations/dry-run", {"plan": {**versions, "elements": lines}})
    assert [item["processInstanceKey"] for item in tried["items"]] == [seen_key]
    asked(owner, "/batches", {"kind": "suspend", "processInstanceKeys": [hidden_key], "reason": "x"}, 422)
