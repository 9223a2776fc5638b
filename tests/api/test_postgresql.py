"""The same on PostgreSQL: what depends on the database's own ways (cursors, filters, keys that are taken)."""

from __future__ import annotations

from api.requests.schemas import NEW_REQUEST
from tests.api.asking import problem
from tests.api.office import CASES, TASKS, Office, opened_office
from tests.support.postgresql import as_service


def test_a_request_is_raised_found_worked_on_and_withdrawn(postgresql_url: str) -> None:
    with opened_office(as_service(postgresql_url)) as office:
        assert ready(office)["rowSecurity"] == "ok"
        worker, today = office.caller("caseworker"), office.desk.clock.today().isoformat()
        key, body = {"Idempotency-Key": "raise"}, {**NEW_REQUEST, "receivedOn": today}
        first = worker.post("/api/v1/requests", body, headers=key)
        again = worker.post("/api/v1/requests", body, headers=key)
        assert (first.status_code, again.data) == (201, first.data)
        problem(worker.post("/api/v1/requests", {**body, "settingUrn": None}, headers=key), 422, "bad-input")
        case = first.get_json()["caseKey"]
        office.raise_request()

        task = office.task(case, "register_request")["key"]
        path = f"{TASKS}/{task}"
        seen = worker.get(path).headers["ETag"]
        assert worker.post(f"{path}/claim", headers={"If-Match": seen}).status_code == 200
        problem(worker.post(f"{path}/unclaim", headers={"If-Match": seen}), 412, "version-mismatch")
        problem(office.caller("service_manager").post(f"{path}/claim"), 409, "task-held")
        found = worker.get(f"{TASKS}?assignee=me&candidateGroup=caseworker&state=ASSIGNED").get_json()[
            "items"
        ]
        assert [row["key"] for row in found] == [task]
        assert worker.post(f"{path}/complete", {"answers": office.example(task)}).status_code == 200

        for address in (TASKS, CASES, f"{CASES}/{case}/timeline"):
            page = worker.get(f"{address}?limit=1").get_json()
            after = worker.get(f"{address}?limit=1&cursor={page['page']['endCursor']}").get_json()
            assert len(after["items"]) == 1
            assert after["items"] != page["items"]

        withdrawal = {"withdrawnOn": today, "reason": "The family has moved away."}
        assert worker.post(f"{CASES}/{case}/withdrawal", withdrawal).status_code == 200
        problem(worker.post(f"{CASES}/{case}/withdrawal", withdrawal), 409, "case-closed")
        assert worker.get("/health/ready").get_json()["status"] == "ready"


def test_a_role_that_sees_every_row_is_told_of_but_stops_nothing(postgresql_url: str) -> None:
    with opened_office(postgresql_url) as office:
        assert ready(office)["rowSecurity"] == "bypassed"


def ready(office: Office) -> dict[str, object]:
    answer = office.caller("caseworker").get("/health/ready")
    assert answer.status_code == 200, answer.text
    return dict(answer.get_json()["checks"])
