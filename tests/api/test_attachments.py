"""Documents that a task refers to, over HTTP: seen by whoever may see the document, and by nobody else."""

from __future__ import annotations

from engine.store import tables
from engine.store.work_tables import task_attachment
from tests.api.asking import fields, problem
from tests.api.office import CASES, TASKS, Office
from tests.engine.services.rows import count, differences, rows


def test_a_document_is_attached_seen_and_detached(office: Office) -> None:
    case = office.registered_request()
    task, team = office.task(case, "early_information"), office.caller("caseworker")
    path, agency = f"{TASKS}/{task['key']}/attachments", office.caller("professional", task["organisation"])
    hidden = office.document(case, Document_Audience="send_team")
    shown = office.document(case, Document_Audience=task["organisation"])
    for document in (hidden, shown, shown):
        attached = team.post(path, {"documentKey": document})
        assert attached.status_code == 200, attached.text
    assert [each["key"] for each in team.get(path).get_json()["items"]] == [hidden, shown]
    assert [each["key"] for each in agency.get(path).get_json()["items"]] == [shown]
    left = team("DELETE", f"{path}/{hidden}").get_json()["items"]
    assert [each["key"] for each in left] == [shown]
    assert team("DELETE", f"{path}/{hidden}").get_json()["items"] == left
    assert team.get(f"{CASES}/{case}/documents").status_code == 200
    trail = [row.body for row in rows(office.desk, tables.audit_event, case_key=int(case))]
    assert sum('"event":"task:attached"' in body for body in trail) == 2
    assert sum('"event":"task:detached"' in body for body in trail) == 1
    assert count(office.desk, task_attachment, case_key=int(case)) == 1
    assert differences(office.desk) == []


def test_nothing_of_another_case_or_out_of_sight_is_attached(office: Office) -> None:
    case, other = office.registered_request(), office.registered_request()
    task = office.task(case, "early_information")
    path, agency = f"{TASKS}/{task['key']}/attachments", office.caller("professional", task["organisation"])
    foreign = office.document(other, Document_Audience="send_team")
    refused = office.caller("caseworker").post(path, {"documentKey": foreign})
    assert fields(refused) == {"documentKey": "This document belongs to another case."}
    hidden = office.document(case, Document_Audience="send_team")
    assert "no document" in fields(agency.post(path, {"documentKey": hidden}))["documentKey"]
    problem(agency("DELETE", f"{path}/{hidden}"), 404, "not-found")
