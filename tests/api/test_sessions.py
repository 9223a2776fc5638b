"""Sessions, tokens and systems: whatever ends, ends at once, and nothing has more than it was given."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from engine.services.permissions import PERMISSIONS
from engine.store import tables
from engine.store.account_tables import session
from tests.api.asking import NOBODY, Caller, fields, problem
from tests.api.office import CASES, TASKS, Office
from tests.api.signing_in import SIGN_IN, Person

SESSIONS = "/api/v1/sessions"
TOKENS = "/api/v1/tokens"
CLIENTS = "/api/v1/clients"
PRINCIPAL = "/api/v1/principal"


@pytest.fixture(autouse=True)
def _taken_back(office: Office) -> Iterator[None]:
    """Whatever a test does to accounts is taken back; its clock goes on."""
    with office.kept_for_now():
        yield


@pytest.fixture
def person(office: Office) -> Person:
    person = Person(office, "caseworker")
    person.signed_in()
    return person


def end_membership(office: Office, membership_key: int) -> None:
    """The membership's last day was yesterday."""
    yesterday = office.desk.clock.today() - timedelta(days=1)
    table = tables.membership
    with office.desk.engine.database.write() as connection:
        connection.execute(update(table).where(table.c.key == membership_key).values(valid_to=yesterday))


def second_membership(office: Office, person: Person, role: str, organisation: str) -> str:
    """The person becomes a member elsewhere as well; gives the membership's key."""
    other = office.desk.member(role, organisation)
    table = tables.membership
    with office.desk.engine.database.write() as connection:
        place = connection.execute(
            select(table.c.organisation_key, table.c.valid_from).where(table.c.key == other.membership_key)
        ).one()
        values = {"authority": "333", "person_key": person.member.person_key, "role": role}
        key = connection.execute(insert(table).returning(table.c.key), values | dict(place._mapping))
        return str(key.scalar_one())


# --- sessions ----------------------------------------------------------------------------------


def test_the_callers_own_sessions_are_listed_with_the_one_that_asks(person: Person) -> None:
    here = person.comes_back()
    listed = here.get(SESSIONS).get_json()["items"]
    assert [each["current"] for each in listed] == [True, False]
    page = here.get(f"{SESSIONS}?limit=1").get_json()
    rest = here.get(f"{SESSIONS}?limit=1&cursor={page['page']['endCursor']}").get_json()
    assert [page["items"][0]["key"], rest["items"][0]["key"]] == [each["key"] for each in listed]


def test_a_session_that_is_ended_is_dead_at_once(person: Person) -> None:
    here, elsewhere = person.comes_back(), person.comes_back()
    key = next(s["key"] for s in elsewhere.get(SESSIONS).get_json()["items"] if s["current"])
    ended = here.post(f"{SESSIONS}/{key}/end")
    assert (ended.get_json()["endedAt"] is not None, ended.headers["ETag"]) == (True, '"2"')
    problem(elsewhere.get(TASKS), 401, "unauthenticated")
    assert here.post(f"{SESSIONS}/{key}/end").get_json() == ended.get_json()
    problem(here.post(f"{SESSIONS}/{key}/end", headers={"If-Match": '"1"'}), 412, "version-mismatch")


def test_signing_out_ends_the_session_that_asks(person: Person) -> None:
    here, elsewhere = person.comes_back(), person.comes_back()
    assert here.post(f"{SESSIONS}/current/end").get_json() == {"ended": 1, "providerAddress": None}
    problem(here.get(TASKS), 401, "unauthenticated")
    assert elsewhere.get(TASKS).status_code == 200


def test_a_session_ends_when_nobody_uses_it_and_not_before(office: Office, person: Person) -> None:
    here = person.comes_back()
    for _ in range(3):
        office.desk.clock.advance(timedelta(minutes=29))
        assert here.get(TASKS).status_code == 200
    office.desk.clock.advance(timedelta(minutes=30))
    problem(here.get(TASKS), 401, "unauthenticated")


def test_a_session_ends_after_twelve_hours_however_busy(office: Office, person: Person) -> None:
    here = person.comes_back()
    for _ in range(35):
        office.desk.clock.advance(timedelta(minutes=20))
        assert here.get(TASKS).status_code == 200
    office.desk.clock.advance(timedelta(minutes=20))
    problem(here.get(TASKS), 401, "unauthenticated")


def test_reading_writes_when_it_was_seen_only_now_and_then(office: Office, person: Person) -> None:
    here = person.comes_back()

    def seen() -> Any:
        with office.desk.engine.database.read() as connection:
            return (
                connection.execute(select(session.c.seen_at).order_by(session.c.key.desc())).scalars().first()
            )

    before = seen()
    office.desk.clock.advance(timedelta(seconds=60))
    here.get(TASKS)
    assert seen() == before
    office.desk.clock.advance(timedelta(seconds=60))
    here.get(TASKS)
    assert seen() == office.desk.clock.now()


def test_nobody_can_choose_a_sessions_secret(office: Office, person: Person) -> None:
    """What a browser brought before it signed in isn't what it has afterwards."""
    client = office.app.test_client()
    client.set_cookie("__Host-ehc", "ehc_ses_planted", domain="localhost", path="/")
    office.desk.clock.advance(timedelta(seconds=30))
    ticket = client.post(SIGN_IN, json={"login": person.login, "password": "lantern gravel otter"})
    body = {"ticket": ticket.get_json()["ticket"], "code": person.code(), "keptIn": "cookie"}
    done = client.post(f"{SIGN_IN}/code", json=body)
    assert done.get_json()["session"]["token"] is None
    cookie = client.get_cookie("__Host-ehc", domain="localhost")
    assert cookie is not None
    assert cookie.value.startswith("ehc_ses_")
    assert cookie.value != "ehc_ses_planted"
    assert client.get(TASKS).status_code == 200


def test_signing_in_from_another_sites_page_is_refused(person: Person) -> None:
    sent = person.stranger.post(
        SIGN_IN,
        {"login": person.login, "password": "lantern gravel otter"},
        headers={"Sec-Fetch-Site": "cross-site"},
    )
    problem(sent, 403, "cross-site")


# --- memberships -------------------------------------------------------------------------------


def test_a_session_ends_with_its_membership(office: Office, person: Person) -> None:
    here = person.comes_back()
    end_membership(office, person.member.membership_key)
    problem(here.get(TASKS), 401, "unauthenticated")
    problem(office.caller("caseworker").get(TASKS), 401, "unauthenticated")
    office.desk.clock.advance(timedelta(seconds=30))
    ticket = person.shows().get_json()["ticket"]
    said = problem(person.enters(ticket), 401, "sign-in-refused")
    assert "None of your memberships holds today" in said["detail"]


def test_going_on_as_another_membership_gives_a_new_secret(office: Office, person: Person) -> None:
    other = second_membership(office, person, "professional", "camhs")
    here = person.comes_back()
    assert {m["key"] for m in here.get(PRINCIPAL).get_json()["memberships"]} == {
        str(person.member.membership_key),
        other,
    }
    switched = here.post(f"{SESSIONS}/current/membership", {"membershipKey": other}).get_json()
    problem(here.get(TASKS), 401, "unauthenticated")
    now = Caller(office.app, switched["token"]).get(PRINCIPAL).get_json()
    assert (now["membership"]["organisation"], now["membership"]["role"]) == ("camhs", "professional")
    assert "case:correct" not in now["permissions"]


def test_the_next_sign_in_goes_on_as_the_membership_of_last_time(office: Office, person: Person) -> None:
    other = second_membership(office, person, "professional", "camhs")
    here = person.comes_back()
    here.post(f"{SESSIONS}/current/membership", {"membershipKey": other})
    assert person.comes_back().get(PRINCIPAL).get_json()["membership"]["key"] == other
    own = str(person.member.membership_key)
    assert person.comes_back(membershipKey=own).get(PRINCIPAL).get_json()["membership"]["key"] == own


def test_nobody_goes_on_as_somebody_else(office: Office, person: Person) -> None:
    auditor = str(office.desk.member("auditor").membership_key)
    here = person.comes_back()
    refused = here.post(f"{SESSIONS}/current/membership", {"membershipKey": auditor})
    assert "membershipKey" in fields(refused)
    assert here.get(TASKS).status_code == 200


def test_a_token_isnt_a_session(office: Office) -> None:
    caller = office.caller("caseworker")
    assert caller.get(PRINCIPAL).get_json()["means"] == "token"
    problem(caller.post(f"{SESSIONS}/current/end"), 409, "conflict")
    assert caller.get(TASKS).status_code == 200


# --- tokens ------------------------------------------------------------------------------------


def made(caller: Caller, *scope: str, **more: Any) -> Caller:
    """Whoever asks with a new token of this scope."""
    answer = caller.post(TOKENS, {"label": "tried", "scope": list(scope), **more})
    assert answer.status_code == 201, answer.text
    return caller.of(answer.get_json()["token"])


def test_a_token_does_what_is_in_its_scope_and_nothing_else(office: Office) -> None:
    confined = made(office.caller("caseworker"), "task:read")
    assert confined.get(TASKS).status_code == 200
    said = problem(confined.get(CASES), 403, "not-permitted")
    assert "case:read, which is outside this token's scope" in said["detail"]


def test_the_scope_is_honoured_by_every_operation(office: Office) -> None:
    """The gate asks for the permission that the document names; a scope is what it asks of."""
    document = office.caller("caseworker").get("/api/v1/openapi.json").get_json()
    confined = made(office.caller("caseworker"), "escalation:read")
    tried = 0
    for path, item in document["paths"].items():
        for method, operation in item.items():
            if method in ("get", "post", "put", "patch", "delete") and operation["x-permission"] not in (
                "public",
                "escalation:read",
            ):
                address = "".join("1" if "}" in part else part for part in _parts(path))
                problem(confined(method.upper(), address), 403, "not-permitted")
                tried += 1
    assert tried > 50


def _parts(path: str) -> list[str]:
    return path.replace("{", "|{").replace("}", "}|").split("|")


def test_nobody_gives_more_than_they_have(office: Office) -> None:
    caseworker = office.caller("caseworker")
    refused = caseworker.post(TOKENS, {"label": "x", "scope": ["task:read", "contact:change"]})
    assert fields(refused) == {"scope.1": "You don't hold this permission just now."}
    confined = made(caseworker, "task:read", "token:make")
    assert fields(confined.post(TOKENS, {"label": "x", "scope": ["case:read"]})).keys() == {"scope.0"}
    assert made(confined, "task:read").get(TASKS).status_code == 200


def test_a_token_ends_on_its_day_and_no_later_than_the_one_that_made_it(office: Office) -> None:
    parent = made(office.caller("caseworker"), "task:read", "token:make", days=2)
    child = made(parent, "task:read", days=300)
    office.desk.clock.advance(timedelta(days=1, hours=23))
    assert child.get(TASKS).status_code == 200
    office.desk.clock.advance(timedelta(hours=1))
    problem(child.get(TASKS), 401, "unauthenticated")


def test_a_revoked_token_is_dead_at_once(office: Office) -> None:
    caseworker = office.caller("caseworker")
    confined = made(caseworker, "task:read")
    newest = caseworker.get(f"{TOKENS}?limit=1").get_json()["items"][0]
    assert (newest["hint"], newest["scope"]) == (confined.token[-4:], ["task:read"])
    assert caseworker.post(f"{TOKENS}/{newest['key']}/revoke").get_json()["revokedAt"] is not None
    problem(confined.get(TASKS), 401, "unauthenticated")


def test_an_administrator_sees_and_revokes_everybodys_tokens(office: Office) -> None:
    confined = made(office.caller("professional", "camhs"), "task:read")
    administrator = office.caller("administrator")
    listed = administrator.get(f"{TOKENS}?whose=all&limit=200").get_json()["items"]
    key = next(each["key"] for each in listed if each["hint"] == confined.token[-4:])
    problem(office.caller("caseworker").post(f"{TOKENS}/{key}/revoke"), 404, "not-found")
    assert administrator.post(f"{TOKENS}/{key}/revoke").status_code == 200
    problem(confined.get(TASKS), 401, "unauthenticated")
    problem(office.caller("caseworker").get(f"{TOKENS}?whose=all"), 403, "not-permitted")


# --- systems -----------------------------------------------------------------------------------


@pytest.fixture
def client(office: Office) -> dict[str, Any]:
    """A system of the council, with its secret."""
    membership = str(office.desk.member("machine_client").membership_key)
    body = {"membershipKey": membership, "label": "Portal", "scope": ["case:read", "task:read"]}
    answer = office.caller("administrator").post(CLIENTS, body)
    assert answer.status_code == 201, answer.text
    return dict(answer.get_json())


def access(office: Office, client: dict[str, Any], **changes: Any) -> Any:
    body = {"clientId": client["client"]["clientId"], "clientSecret": client["clientSecret"], **changes}
    return Caller(office.app, NOBODY).post(f"{SIGN_IN}/client", body)


def test_a_system_gets_a_token_for_a_quarter_of_an_hour(office: Office, client: dict[str, Any]) -> None:
    given = access(office, client).get_json()
    assert given["scope"] == ["case:read", "task:read"]
    system = Caller(office.app, given["token"])
    assert system.get(TASKS).status_code == 200
    problem(system.post("/api/v1/requests", {}), 403, "not-permitted")
    office.desk.clock.advance(timedelta(minutes=15))
    problem(system.get(TASKS), 401, "unauthenticated")


def test_a_system_may_ask_for_less_and_not_for_more(office: Office, client: dict[str, Any]) -> None:
    system = Caller(office.app, access(office, client, scope=["task:read"]).get_json()["token"])
    problem(system.get(CASES), 403, "not-permitted")
    assert "scope.0" in fields(access(office, client, scope=["plan:read"]))


def test_a_wrong_secret_and_an_unknown_client_get_the_same_answer(
    office: Office, client: dict[str, Any]
) -> None:
    other = office.caller("administrator").post(
        CLIENTS, {"membershipKey": client["client"]["membershipKey"], "label": "x", "scope": ["task:read"]}
    )
    wrong = access(office, client, clientSecret=other.get_json()["clientSecret"])
    unknown = access(office, client, clientId="client-0000")
    said = [problem(each, 401, "sign-in-refused") for each in (wrong, unknown)]
    assert said[0]["detail"] == said[1]["detail"]


def test_a_revoked_system_and_its_tokens_are_dead_at_once(office: Office, client: dict[str, Any]) -> None:
    system = Caller(office.app, access(office, client).get_json()["token"])
    revoked = office.caller("administrator").post(f"{CLIENTS}/{client['client']['key']}/revoke")
    assert revoked.get_json()["revokedAt"] is not None
    problem(system.get(TASKS), 401, "unauthenticated")
    problem(access(office, client), 401, "sign-in-refused")


def test_a_system_ends_with_its_membership(office: Office, client: dict[str, Any]) -> None:
    system = Caller(office.app, access(office, client).get_json()["token"])
    end_membership(office, int(client["client"]["membershipKey"]))
    problem(system.get(TASKS), 401, "unauthenticated")
    problem(access(office, client), 401, "sign-in-refused")


def test_only_a_systems_membership_can_be_a_clients(office: Office) -> None:
    body = {"membershipKey": str(office.desk.member("caseworker").membership_key), "label": "x",
            "scope": ["task:read"]}  # fmt: skip
    assert "membershipKey" in fields(office.caller("administrator").post(CLIENTS, body))
    most = next(name for name in PERMISSIONS["administrator"] if name not in PERMISSIONS["machine_client"])
    body["membershipKey"] = str(office.desk.member("machine_client").membership_key)
    assert "scope.0" in fields(office.caller("administrator").post(CLIENTS, {**body, "scope": [most]}))


# --- systems, as OAuth libraries ask -----------------------------------------------------------


def asked(office: Office, form: dict[str, str], **headers: str) -> Any:
    return Caller(office.app, NOBODY)("POST", "/oauth/token", data=form, headers=headers)


def test_oauth_libraries_get_a_token_in_their_own_words(office: Office, client: dict[str, Any]) -> None:
    pair = f"{client['client']['clientId']}:{client['clientSecret']}"
    basic = base64.b64encode(pair.encode()).decode()
    form = {"grant_type": "client_credentials", "scope": "task:read"}
    given = asked(office, form, Authorization=f"Basic {basic}").get_json()
    assert {**given, "access_token": ""} == {
        "access_token": "", "token_type": "Bearer", "expires_in": 900, "scope": "task:read",
    }  # fmt: skip
    assert Caller(office.app, given["access_token"]).get(TASKS).status_code == 200
    shown = {"client_id": client["client"]["clientId"], "client_secret": client["clientSecret"]}
    assert asked(office, {**form, **shown}).get_json()["scope"] == "task:read"


@pytest.mark.parametrize(
    ("form", "status", "error"),
    [
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({"grant_type": "client_credentials", "client_id": "x", "client_secret": "y"}, 401, "invalid_client"),
        ({"grant_type": "client_credentials"}, 401, "invalid_client"),
    ],
)
def test_oauth_libraries_are_refused_in_their_own_words(
    office: Office, form: dict[str, str], status: int, error: str
) -> None:
    refused = asked(office, form)
    assert (refused.status_code, refused.get_json()["error"]) == (status, error)


def test_a_scope_that_a_system_hasnt_is_refused_in_the_standards_words(
    office: Office, client: dict[str, Any]
) -> None:
    shown = {"client_id": client["client"]["clientId"], "client_secret": client["clientSecret"]}
    refused = asked(office, {"grant_type": "client_credentials", "scope": "plan:read", **shown})
    assert (refused.status_code, refused.get_json()["error"]) == (400, "invalid_scope")
