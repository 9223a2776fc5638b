"""An administrator corrects a bank holiday over HTTP; the change is seen, audited, and can be taken back."""

from __future__ import annotations

from typing import Any

from tests.api.asking import problem
from tests.api.office import Office

CALENDAR = "/api/v1/calendar"


def year(office: Office) -> dict[str, Any]:
    return dict(office.caller("caseworker").get(f"{CALENDAR}?year=2027").get_json())


def test_a_correction_counts_is_audited_and_can_be_taken_back(office: Office) -> None:
    before = year(office)
    body = {"day": "2027-06-04", "isHoliday": True, "reason": "Proclaimed on 1 March 2027."}
    admin = office.caller("administrator")
    assert admin.post(f"{CALENDAR}/corrections", body).status_code == 200
    assert "2027-06-04" in {each["day"] for each in year(office)["holidays"]}
    assert year(office)["corrections"] == [body]
    problem(admin.post(f"{CALENDAR}/corrections", body), 422, "bad-input")
    back = admin.post(f"{CALENDAR}/corrections", {**body, "isHoliday": False, "reason": "Taken back."})
    assert back.status_code == 200
    assert year(office)["holidays"] == before["holidays"]
    found = admin.get("/api/v1/audit-events/of-authority?event=calendar:corrected").get_json()["items"]
    assert [(each["before"], each["after"]) for each in found] == [("false", "true"), ("true", "false")]


def test_only_an_administrator_corrects(office: Office) -> None:
    problem(office.caller("caseworker").post(f"{CALENDAR}/corrections", {}), 403, "not-permitted")
