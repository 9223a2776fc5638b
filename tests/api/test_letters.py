"""A case's family, its letters and their copies over HTTP."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from lxml import html

from api.contacts.schemas import ContactPage
from api.families.schemas import MEMBER_CHANGE, NEW_MEMBER, Family
from api.notices.schemas import Notice, NoticePage
from tests.api.asking import Caller, fields, problem
from tests.api.office import CASES, Office
from tests.api.test_contract import differences

CONTACTS = "/api/v1/contacts"


@pytest.fixture
def case(office: Office) -> str:
    """A case whose family has been asked for its views today."""
    return office.registered_request()


@pytest.fixture
def worker(office: Office) -> Caller:
    return office.caller("caseworker")


def member(worker: Caller, case: str, **changes: Any) -> str:
    """Record a second parent; gives the key."""
    answer = worker.post(f"{CASES}/{case}/family", {**NEW_MEMBER, **changes})
    assert answer.status_code == 201, answer.text
    return str(answer.get_json()["members"][-1]["key"])


def test_the_requester_is_the_first_of_the_family(office: Office, worker: Caller, case: str) -> None:
    family = worker.get(f"{CASES}/{case}/family").get_json()
    today = office.desk.clock.today().isoformat()
    assert family["rightsHolder"] == "parent"
    assert family["endOfCompulsorySchoolAge"] == "2034-06-30"
    (first,) = family["members"]
    assert (first["name"], first["channel"], first["electronicAgreedOn"]) == ("Sam Example", "portal", today)
    assert first["holdsRights"] is True
    assert differences(Family, family) == {}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"channel": "email", "email": "alex@family.example"}, "electronicAgreedOn"),
        ({"channel": "portal"}, "electronicAgreedOn"),
        ({"channel": "email", "electronicAgreedOn": "2026-01-05"}, "email"),
        ({"channel": "post", "address": None}, "address"),
        ({"channel": "portal", "electronicAgreedOn": "2199-01-01"}, "electronicAgreedOn"),
        ({"email": "no address"}, "email"),
        ({"relation": "neighbour"}, "relation"),
    ],
)
def test_somebody_who_cant_be_served_so_isnt_recorded_so(
    worker: Caller, case: str, changes: dict[str, Any], field: str
) -> None:
    answer = worker.post(f"{CASES}/{case}/family", {**NEW_MEMBER, **changes})
    problem(answer, 422, "bad-input")
    assert field in fields(answer)
    assert len(worker.get(f"{CASES}/{case}/family").get_json()["members"]) == 1


def test_a_change_needs_something_to_change_and_a_reason(worker: Caller, case: str) -> None:
    path = f"{CASES}/{case}/family/{member(worker, case)}"
    problem(worker.patch(path, {"reason": "Because."}), 422, "bad-input")
    problem(worker.patch(path, {"blocked": True}), 422, "bad-input")
    blocked = worker.patch(path, MEMBER_CHANGE).get_json()["members"][-1]
    assert (blocked["blocked"], blocked["holdsRights"]) == (True, False)
    problem(worker.patch(path + "0", MEMBER_CHANGE), 404, "not-found")


def test_a_family_is_recorded_once_and_only_as_it_was_seen(worker: Caller, case: str) -> None:
    path = f"{CASES}/{case}/family"
    for _ in range(2):
        answer = worker.post(path, NEW_MEMBER, headers={"Idempotency-Key": "once"})
        assert answer.status_code == 201
    assert len(worker.get(path).get_json()["members"]) == 2
    problem(worker.post(path, NEW_MEMBER, headers={"If-Match": '"1"'}), 412, "version-mismatch")


def test_capacity_is_set_and_taken_back_with_a_reason(office: Office, worker: Caller, case: str) -> None:
    today = office.desk.clock.today().isoformat()
    path = f"{CASES}/{case}/capacity"
    body = {"lacksCapacitySince": today, "reason": "Assessed."}
    assert worker.put(path, body).get_json()["lacksCapacitySince"] == today
    assert worker.put(path, body | {"lacksCapacitySince": None}).get_json()["lacksCapacitySince"] is None
    problem(worker.put(path, {"lacksCapacitySince": today}), 422, "bad-input")


def test_a_notice_is_found_with_its_dates_and_copies(office: Office, worker: Caller, case: str) -> None:
    page = worker.get(f"{CASES}/{case}/notices").get_json()
    assert differences(NoticePage, page) == {}
    (notice,) = page["items"]
    assert (notice["kind"], notice["appealable"]) == ("family_consultation", False)
    one = worker.get(f"{CASES}/{case}/notices/{notice['key']}")
    assert one.get_json() == notice
    assert differences(Notice, one.get_json()) == {}


def test_a_letter_is_read_as_the_page_that_was_sent(office: Office, worker: Caller, case: str) -> None:
    path = f"{CASES}/{case}/notices/{office.notice(case, 'family_consultation')['key']}/content"
    page = worker.get(path, headers={"Accept": "text/html"})
    assert page.content_type == "text/html; charset=utf-8"
    assert "sandbox" in page.headers["Content-Security-Policy"]
    assert html.document_fromstring(page.text).get("lang") == "en-GB"
    problem(worker.get(path, headers={"Accept": "application/json"}), 406, "not-acceptable")


def test_a_copy_is_said_to_have_arrived_once_and_in_order(office: Office, worker: Caller, case: str) -> None:
    notice = office.notice(case, "family_consultation")
    today = office.desk.clock.today()
    path = f"{CASES}/{case}/notices/{notice['key']}/deliveries/{notice['deliveries'][0]['key']}"
    before = (today - timedelta(days=1)).isoformat()
    assert "on" in fields(worker.post(path, {"state": "delivered", "on": before}))
    done = worker.post(path, {"state": "delivered", "on": today.isoformat()}).get_json()
    assert done["receivedOn"] == done["deliveries"][0]["deliveredOn"] == today.isoformat()
    problem(worker.post(path, {"state": "failed", "on": today.isoformat()}), 409, "conflict")
    problem(worker.post(path + "0", {"state": "failed", "on": today.isoformat()}), 404, "not-found")


def test_nothing_is_sent_to_somebody_on_the_block_list(office: Office, worker: Caller, case: str) -> None:
    other = member(worker, case)
    path = f"{CASES}/{case}/notices/{office.notice(case, 'family_consultation')['key']}/deliveries"
    worker.patch(f"{CASES}/{case}/family/{other}", MEMBER_CHANGE)
    refused = worker.post(path, {"familyMemberKey": other})
    assert "block list" in fields(refused)["familyMemberKey"]
    worker.patch(f"{CASES}/{case}/family/{other}", {"blocked": False, "reason": "The order has ended."})
    sent = worker.post(path, {"familyMemberKey": other})
    assert sent.status_code == 201
    assert sent.get_json()["deliveries"][-1]["familyMemberKey"] == other
    problem(worker.post(path, {"familyMemberKey": other}), 409, "conflict")
    assert "familyMemberKey" in fields(worker.post(path, {"familyMemberKey": "999999"}))


def test_contacts_are_the_administrators_to_set(office: Office, worker: Caller) -> None:
    administrator = office.caller("administrator")
    page = administrator.get(CONTACTS).get_json()
    assert differences(ContactPage, page) == {}
    assert all(contact["value"] for contact in page["items"])
    changed = administrator.put(CONTACTS, {"contacts": {"sendiass": "Ours"}}).get_json()["items"]
    assert [contact["value"] for contact in changed if contact["code"] == "sendiass"] == ["Ours"]
    assert "contacts.sendias" in fields(administrator.put(CONTACTS, {"contacts": {"sendias": "x"}}))
    problem(worker.put(CONTACTS, {"contacts": {"sendiass": "Theirs"}}), 403, "not-permitted")
    assert worker.get(CONTACTS).get_json()["items"] == changed


def test_one_authoritys_contacts_are_no_others(office: Office) -> None:
    values = [contact["value"] for contact in office.neighbour().get(CONTACTS).get_json()["items"]]
    assert set(values) == {None}
