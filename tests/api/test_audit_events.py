"""The audit trail is found by who, what and when, a bounded piece at a time, and proved unbroken."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import text

from engine.services.audit import audit_search
from engine.services.audit.audit_search import Wanted
from tests.api.asking import problem
from tests.api.office import TASKS, Office
from tests.support.desk import Desk, opened_desk

EVENTS = "/api/v1/audit-events"


@pytest.fixture(scope="module")
def case(office: Office) -> str:
    return office.registered_request()


def found(office: Office, query: str, path: str = EVENTS) -> list[dict[str, Any]]:
    answer = office.caller("auditor").get(f"{path}?limit=200&{query}")
    assert answer.status_code == 200, answer.text
    return list(answer.get_json()["items"])


def test_a_cases_events_come_in_their_order_with_who_and_what(office: Office, case: str) -> None:
    events = found(office, f"caseKey={case}")
    assert [event["sequence"] for event in events] == list(range(1, len(events) + 1))
    assert {"case:opened", "task:completed"} <= {event["event"] for event in events}
    who = office.desk.member("caseworker").membership_key
    (completed,) = [event for event in events if event["event"] == "task:completed"]
    assert (completed["membershipKey"], completed["organisation"], completed["element"]) == (
        str(who), "send_team", "register_request",
    )  # fmt: skip
    assert completed["result"] == "done"


def test_what_changed_has_its_old_and_new_value(office: Office, case: str) -> None:
    corrected = {"anchor": "request_received_on", "date": "2026-10-30", "reason": "The stamp says so."}
    answer = office.caller("caseworker").post(f"/api/v1/cases/{case}/anchors", corrected)
    assert answer.status_code == 200, answer.text
    corrections = found(office, f"caseKey={case}&event=anchor:corrected")
    assert ("2026-11-02", "2026-10-30") in {(event["before"], event["after"]) for event in corrections}


FILTERS = {
    "event=task:completed": lambda event, key: event["event"] == "task:completed",
    "element=register_request": lambda event, key: event["element"] == "register_request",
    "organisation=send_team": lambda event, key: event["organisation"] == "send_team",
    "membershipKey={key}": lambda event, key: event["membershipKey"] == key,
    "from=2026-11-02&to=2026-11-02": lambda event, key: event["at"][:10] == "2026-11-02",
    "to=2026-11-01": lambda event, key: False,
    "from=2026-11-03": lambda event, key: False,
}


@pytest.mark.parametrize("query", FILTERS)
def test_a_filter_finds_what_fits_and_all_of_it(sqlite_url: str, postgresql_url: str, query: str) -> None:
    for url in (sqlite_url, postgresql_url):
        with opened_desk(url) as desk:
            desk.request().complete("register_request")
            check_filter(desk, query)


def check_filter(desk: Desk, query: str) -> None:
    key = str(desk.member("caseworker").membership_key)
    names = {"membershipKey": "membership_key", "from": "since", "to": "until"}
    pairs = [pair.split("=") for pair in query.format(key=key).split("&")]
    wanted: dict[str, Any] = {names.get(name, name): value for name, value in pairs}
    for name in {"since", "until"} & set(wanted):
        wanted[name] = date.fromisoformat(wanted[name])
    auditor = desk.member("auditor")
    everything = audit_search.search_cases(desk.engine, auditor, Wanted(), limit=200).items
    fitting = audit_search.search_cases(desk.engine, auditor, Wanted(**wanted), limit=200).items
    as_sent = [{"event": e.event, "element": e.element, "organisation": e.organisation, "at": e.at,
                "membershipKey": e.membership_key} for e in everything]  # fmt: skip
    expected = [e for e, sent in zip(everything, as_sent, strict=True) if FILTERS[query](sent, key)]
    assert fitting == expected


def test_a_page_looks_through_so_much_and_leads_on(
    office: Office, case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = found(office, "event=task:created")
    assert len(expected) > 3
    monkeypatch.setattr(audit_search, "LOOKED_THROUGH", 7)
    gathered: list[dict[str, Any]] = []
    pages, cursor = 0, ""
    while pages == 0 or cursor:
        query = f"event=task:created&limit=2{cursor and '&cursor=' + cursor}"
        answer = office.caller("auditor").get(f"{EVENTS}?{query}").get_json()
        gathered += answer["items"]
        pages, cursor = pages + 1, answer["page"]["endCursor"]
    assert gathered == expected
    assert pages > len(expected) / 2


def test_what_belongs_to_no_case_is_found_apart(office: Office) -> None:
    made = {"code": "tribunal_desk", "name": "Tribunal desk", "kind": "authority"}
    answer = office.caller("administrator").post("/api/v1/organisations", made)
    (event,) = found(office, "event=organisation:made", f"{EVENTS}/of-authority")
    assert (event["caseKey"], event["details"]["organisation"]) == (None, int(answer.get_json()["key"]))
    assert "Tribunal desk" not in str(event)
    assert found(office, "event=organisation:made&from=2199-01-01", f"{EVENTS}/of-authority") == []


def test_a_change_of_the_trail_is_told(office: Office, case: str) -> None:
    auditor = office.caller("auditor")
    assert auditor.post(f"{EVENTS}/verify", {}).get_json()["breaks"] == []
    with office.in_vain(), office.desk.engine.database.write() as connection:
        changed = (
            "update audit_event set body = replace(body, 'case:opened', 'case:closed') where case_key = "
        )
        connection.execute(text(changed + case))
        breaks = auditor.post(f"{EVENTS}/verify", {"caseKey": case}).get_json()["breaks"]
        assert [each["caseKey"] for each in breaks] == [case]
        whole = auditor.post(f"{EVENTS}/verify", {}).get_json()
        assert whole["breaks"] == breaks


def test_all_cases_are_walked_a_piece_at_a_time(
    office: Office, case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.raise_request()
    monkeypatch.setattr(audit_search, "WALKED", 1)
    first = office.caller("auditor").post(f"{EVENTS}/verify", {}).get_json()
    assert (first["cases"], first["endCursor"] is None) == (1, False)
    second = office.caller("auditor").post(f"{EVENTS}/verify", {"cursor": first["endCursor"]}).get_json()
    assert second["cases"] == 1


def test_nobody_else_reads_it(office: Office) -> None:
    problem(office.caller("caseworker").get(EVENTS), 403, "not-permitted")
    assert office.caller("caseworker").get(TASKS).status_code == 200
