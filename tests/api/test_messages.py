"""People find their messages in their inbox, choose their ways, and administrators look after the outbox."""

from __future__ import annotations

import pytest

from tests.api.asking import Caller
from tests.api.office import Office
from tests.support.postman import post

INBOX, OUTBOX, CHOICES = "/api/v1/inbox", "/api/v1/outbox", "/api/v1/channel-choices"


@pytest.fixture
def manager(office: Office) -> Caller:
    return office.caller("service_manager")


def keys(caller: Caller, address: str = f"{INBOX}?unread=true&limit=200") -> list[str]:
    return [item["key"] for item in caller.get(address).get_json()["items"]]


def test_a_message_is_in_the_inbox_whatever_way_it_goes_until_it_is_read(
    office: Office, manager: Caller
) -> None:
    key = str(post(office.desk, "inbox:1"))
    before = manager.get(INBOX).get_json()["unread"]
    assert key in keys(manager)
    read = manager.post(f"{INBOX}/{key}/read")
    assert (read.status_code, read.get_json()["channel"]) == (200, "email")
    again = manager.post(f"{INBOX}/{key}/read")
    assert again.get_json()["readAt"] == read.get_json()["readAt"]
    assert key not in keys(manager)
    assert manager.get(INBOX).get_json()["unread"] == before - 1


def test_what_is_for_a_role_is_in_the_inbox_of_each_who_holds_it(office: Office, manager: Caller) -> None:
    shared = str(post(office.desk, "inbox:2", membership_key=None))
    assert shared in keys(manager)
    assert shared not in keys(office.caller("caseworker"))
    assert office.caller("caseworker").post(f"{INBOX}/{shared}/read").status_code == 404


@pytest.mark.parametrize("state", ["held", "canceled"])
def test_what_is_held_or_taken_back_is_nobodys_to_read(office: Office, manager: Caller, state: str) -> None:
    key = str(post(office.desk, f"inbox:{state}", state=state))
    assert key not in keys(manager)


def test_an_administrator_holds_releases_and_sends_again(office: Office) -> None:
    admin, key = office.caller("administrator"), str(post(office.desk, "outbox:1"))
    held = admin.post(f"{OUTBOX}/{key}/hold").get_json()
    assert (held["message"]["state"], held["attempts"][-1]["outcome"]) == ("held", "held")
    assert admin.post(f"{OUTBOX}/{key}/retry").status_code == 409
    assert admin.post(f"{OUTBOX}/{key}/release").get_json()["message"]["state"] == "waiting"
    stale = admin.post(f"{OUTBOX}/{key}/hold", headers={"If-Match": '"1"'})
    assert stale.status_code == 412
    failed = post(office.desk, "outbox:2", state="failed", attempts=11)
    again = admin.post(f"{OUTBOX}/{failed}/retry").get_json()["message"]
    assert (again["state"], again["attempts"], again["reference"]) == ("waiting", 0, "outbox:2")


def test_the_outbox_is_listed_by_state_and_kind(office: Office) -> None:
    admin, key = office.caller("administrator"), post(office.desk, "outbox:3", state="failed", kind="digest")
    listed = admin.get(f"{OUTBOX}?state=failed&kind=digest").get_json()["items"]
    assert [each["key"] for each in listed] == [str(key)]
    assert admin.get(f"{OUTBOX}?state=lost").status_code == 422
    assert office.caller("caseworker").get(OUTBOX).status_code == 403


def choice(caller: Caller, kind: str = "alert") -> dict[str, object]:
    listed = caller.get(CHOICES).get_json()["items"]
    return dict(next(each for each in listed if each["kind"] == kind))


def test_ones_own_choice_stands_before_the_organisations(office: Office, manager: Caller) -> None:
    admin = office.caller("administrator")
    listed = admin.get("/api/v1/organisations?search=send_team").get_json()["items"]
    theirs = f"/api/v1/organisations/{listed[0]['key']}/channel-choices"
    assert choice(manager)["chosenBy"] == "nobody"
    shared = {"kind": "alert", "channel": "email", "address": "duty@send.example.gov.uk"}
    assert admin.put(theirs, shared).status_code == 200
    assert choice(manager) == {**shared, "chosenBy": "organisation"}
    own = {"kind": "alert", "channel": "text", "address": "07700 900123"}
    assert manager.put(CHOICES, own).get_json()["address"] == "+447700900123"
    assert (choice(manager)["channel"], choice(manager)["chosenBy"]) == ("text", "member")
    manager.put(CHOICES, {"kind": "alert", "channel": "usual"})
    admin.put(theirs, {"kind": "alert", "channel": "usual"})
    assert choice(manager)["channel"] == "usual"


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ({"kind": "alert", "channel": "text", "address": "12345"}, "mobile number"),
        ({"kind": "alert", "channel": "text"}, "Say where"),
        ({"kind": "alert", "channel": "email", "address": "nobody"}, "email address"),
        ({"kind": "alert", "channel": "inbox", "address": "a@send.example"}, "no address"),
        ({"kind": "alert", "channel": "webhook", "address": "https://hooks.example/x"}, "no webhook"),
        ({"kind": "alert", "channel": "chat", "address": "https://127.0.0.1/x"}, "can't be sent"),
        ({"kind": "notice", "channel": "inbox"}, "Choose a way for one of these"),
    ],
)
def test_a_way_that_leads_nowhere_is_refused_in_words(
    manager: Caller, wanted: dict[str, object], said: str
) -> None:
    refused = manager.put(CHOICES, wanted)
    assert refused.status_code == 422
    assert said in refused.text


def test_an_address_that_was_chosen_is_stored_sealed(office: Office, manager: Caller) -> None:
    manager.put(CHOICES, {"kind": "task", "channel": "email", "address": "hidden@send.example"})
    with office.desk.engine.database.read() as connection:
        stored = connection.exec_driver_sql(
            "SELECT address FROM channel_choice WHERE kind = 'task'"
        ).scalars()
        assert all("hidden" not in str(each) for each in stored)
