"""From an invitation to a session and back: what is right gets in, and whatever is wrong looks the same."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select

from engine.services.sign_in import lock_out, passwords
from engine.services.sign_in.vault import Vault
from engine.store import account_tables, tables
from tests.api.asking import Caller, fields, problem
from tests.api.office import TASKS, Office
from tests.api.signing_in import ACCOUNTS, PASSWORD, SIGN_IN, Person

PRINCIPAL = "/api/v1/principal"


@pytest.fixture(autouse=True)
def _taken_back(office: Office) -> Iterator[None]:
    """Whatever a test does to accounts is taken back; its clock goes on."""
    with office.kept_for_now():
        yield


@pytest.fixture
def person(office: Office) -> Person:
    """A caseworker with a password, a second factor and a session."""
    person = Person(office, "caseworker")
    person.signed_in()
    return person


def advance(office: Office, **by: int) -> None:
    office.desk.clock.advance(timedelta(**by))


# --- in ----------------------------------------------------------------------------------------


def test_an_invitation_leads_to_a_session_by_a_password_and_a_second_factor(office: Office) -> None:
    person = Person(office, "caseworker")
    step = person.accepts().get_json()
    assert (step["state"], step["session"]) == ("enrolment_needed", None)
    assert step["secondFactor"]["address"].startswith("otpauth://totp/EHC%20workflow:caseworker.send_team")
    assert step["secondFactor"]["picture"].startswith("<svg")
    assert step["secondFactor"]["secret"] in step["secondFactor"]["address"]
    session = person.enrols(step)
    assert len(set(person.recovery_codes)) == 10
    who = Caller(office.app, session["token"]).get(PRINCIPAL).get_json()
    assert (who["personName"], who["means"]) == (person.member.person_name, "session")
    assert who["membership"]["role"] == "caseworker"


def test_password_and_code_open_a_session_that_works_like_a_token(office: Office, person: Person) -> None:
    advance(office, seconds=30)
    step = person.shows().get_json()
    assert (step["state"], step["session"], step["secondFactor"]) == ("code_needed", None, None)
    done = person.enters(step["ticket"]).get_json()
    assert (done["state"], done["recoveryCodesLeft"], done["recoveryCodes"]) == ("signed_in", 10, None)
    assert Caller(office.app, done["session"]["token"]).get(TASKS).status_code == 200


@pytest.mark.parametrize("login", ["CASEWORKER.send_team@EHC.example", " caseworker.send_team@ehc.example "])
def test_a_login_is_the_same_however_it_is_typed(person: Person, login: str) -> None:
    said = person.stranger.post(SIGN_IN, {"login": login, "password": PASSWORD})
    assert said.get_json()["state"] == "code_needed"


def test_a_ticket_is_no_token(office: Office, person: Person) -> None:
    ticket = person.shows().get_json()["ticket"]
    problem(Caller(office.app, ticket).get(TASKS), 401, "unauthenticated")


def test_a_code_typed_in_groups_is_read(office: Office, person: Person) -> None:
    advance(office, seconds=30)
    ticket = person.shows().get_json()["ticket"]
    assert person.enters(ticket, f"{person.code()[:3]} {person.code()[3:]}").status_code == 200


# --- what is wrong -----------------------------------------------------------------------------


def test_a_wrong_password_and_an_unknown_login_get_the_same_answer(person: Person) -> None:
    wrong = problem(person.shows("copper thistle ladder"), 401, "sign-in-refused")
    person.login = "nobody@ehc.example"
    unknown = problem(person.shows(), 401, "sign-in-refused")
    assert {**wrong, "requestId": ""} == {**unknown, "requestId": ""}


def test_an_unknown_login_costs_as_much_as_a_wrong_password(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked: list[str] = []
    hasher = passwords._hasher()

    class Counting:
        def verify(self, stored: str, password: str) -> bool:
            checked.append(stored)
            return bool(hasher.verify(stored, password))

    monkeypatch.setattr(passwords, "_hasher", Counting)
    person.shows("copper thistle ladder")
    person.login = "nobody@ehc.example"
    person.shows()
    assert len(checked) == 2
    assert {stored.rsplit("$", 2)[0] for stored in checked} == {"$argon2id$v=19$m=19456,t=2,p=1"}
    assert not hasher.check_needs_rehash(checked[1])


def test_a_code_is_accepted_once(office: Office, person: Person) -> None:
    advance(office, seconds=30)
    code = person.code()
    assert person.enters(person.shows().get_json()["ticket"], code).status_code == 200
    again = person.shows().get_json()["ticket"]
    problem(person.enters(again, code), 401, "sign-in-refused")
    advance(office, seconds=30)
    assert person.enters(again).status_code == 200


def test_the_code_of_the_enrolment_is_used_up_as_well(person: Person) -> None:
    problem(person.enters(person.shows().get_json()["ticket"]), 401, "sign-in-refused")


def test_an_old_code_and_one_of_the_future_are_refused(office: Office, person: Person) -> None:
    advance(office, minutes=5)
    old = person.code()
    advance(office, minutes=2)
    problem(person.enters(person.shows().get_json()["ticket"], old), 401, "sign-in-refused")


def test_a_ticket_is_used_up_by_a_session(office: Office, person: Person) -> None:
    advance(office, seconds=30)
    ticket = person.shows().get_json()["ticket"]
    assert person.enters(ticket).status_code == 200
    advance(office, seconds=30)
    problem(person.enters(ticket), 401, "sign-in-refused")


def test_a_ticket_lasts_ten_minutes(office: Office, person: Person) -> None:
    ticket = person.shows().get_json()["ticket"]
    advance(office, minutes=10)
    problem(person.enters(ticket), 401, "sign-in-refused")


def test_a_ticket_lets_five_codes_be_looked_at(office: Office, person: Person) -> None:
    advance(office, seconds=30)
    ticket = person.shows().get_json()["ticket"]
    for _ in range(5):
        problem(person.enters(ticket, "000000"), 401, "sign-in-refused")
    problem(person.enters(ticket), 401, "sign-in-refused")


def test_a_recovery_code_is_good_once(office: Office, person: Person) -> None:
    code = person.recovery_codes[0]
    ticket = person.shows().get_json()["ticket"]
    done = person.enters(ticket, code.lower().replace("-", " ")).get_json()
    assert (done["state"], done["recoveryCodesLeft"]) == ("signed_in", 9)
    again = person.shows().get_json()["ticket"]
    problem(person.enters(again, code), 401, "sign-in-refused")
    assert person.enters(again, person.recovery_codes[1]).status_code == 200


# --- lock-out ----------------------------------------------------------------------------------


@pytest.mark.parametrize("known", [True, False])
def test_ten_tries_lock_a_login_for_a_quarter_of_an_hour(office: Office, person: Person, known: bool) -> None:
    right = person.login
    person.login = right if known else "nobody@ehc.example"
    for _ in range(lock_out.MOST):
        problem(person.shows("copper thistle ladder"), 401, "sign-in-refused")
    locked = person.shows()
    problem(locked, 429, "too-many-requests")
    assert 890 <= int(locked.headers["Retry-After"]) <= 901
    advance(office, minutes=15)
    person.login = right
    assert person.shows().get_json()["state"] == "code_needed"


def test_codes_count_with_passwords_and_a_sign_in_clears_the_count(office: Office, person: Person) -> None:
    for _ in range(2):
        ticket = person.shows().get_json()["ticket"]
        for _ in range(3):
            person.enters(ticket, "000000")
    person.comes_back()
    for _ in range(lock_out.MOST - 1):
        problem(person.shows("copper thistle ladder"), 401, "sign-in-refused")
    assert person.shows().status_code == 200


def test_locked_means_locked_for_the_right_password_and_code_too(office: Office, person: Person) -> None:
    ticket = person.shows().get_json()["ticket"]
    for _ in range(lock_out.MOST - 1):
        person.shows("copper thistle ladder")
    advance(office, seconds=30)
    problem(person.shows(), 429, "too-many-requests")
    problem(person.enters(ticket), 429, "too-many-requests")


def test_a_reset_unlocks(office: Office, person: Person) -> None:
    for _ in range(lock_out.MOST):
        person.shows("copper thistle ladder")
    reset = office.caller("administrator").post(f"{ACCOUNTS}/{person.account_key}/reset")
    person.invitation = reset.get_json()["invitation"]
    assert person.signed_in().get(TASKS).status_code == 200


# --- invitations and passwords -----------------------------------------------------------------


def test_an_invitation_is_good_once_and_for_72_hours(office: Office) -> None:
    person = Person(office, "caseworker")
    assert person.accepts().status_code == 200
    problem(person.accepts(), 401, "sign-in-refused")
    late = Person(office, "auditor")
    advance(office, hours=72)
    problem(late.accepts(), 401, "sign-in-refused")


def test_a_newer_invitation_replaces_those_before(office: Office) -> None:
    person = Person(office, "caseworker")
    reset = office.caller("administrator").post(f"{ACCOUNTS}/{person.account_key}/reset").get_json()
    problem(person.accepts(), 401, "sign-in-refused")
    person.invitation = reset["invitation"]
    assert person.accepts().status_code == 200


@pytest.mark.parametrize(
    "password",
    ["short", "elevenchars", "aaaaaaaaaaaaaaaaaa", "Password123456", "P@ssw0rd!P@ssw0rd!", "qwertyuiop123456",
     "1234567890123456", "Liverpool-2026!", "amaraokafor2026", "caseworker.send_team1", "welcome to school",
     "SendServiceSend1", "x" * 201],
)  # fmt: skip
def test_what_is_guessed_first_is_no_password(office: Office, password: str) -> None:
    person = Person(office, "caseworker")
    refused = person.accepts(password)
    assert refused.status_code == 422, password
    assert "password" in fields(refused)
    assert person.accepts().status_code == 200  # the invitation isn't used up by it


@pytest.mark.parametrize(
    "password", ["lantern gravel otter", "kühl Tümpel Wärme", "vN7#qLw2!tZx", "ржавый фонарь"]
)
def test_what_is_long_and_not_guessed_is_one(office: Office, password: str) -> None:
    assert Person(office, "caseworker").accepts(password).status_code == 200


def test_a_password_is_changed_with_a_code_and_ends_all_other_sessions(
    office: Office, person: Person
) -> None:
    here, elsewhere = person.comes_back(), person.comes_back()
    advance(office, seconds=30)
    body = {"password": PASSWORD, "code": person.code(), "newPassword": "copper thistle ladder"}
    wrong = here.post(f"{ACCOUNTS}/own/password", {**body, "password": "not this one, no"})
    problem(wrong, 401, "sign-in-refused")
    assert here.post(f"{ACCOUNTS}/own/password", body).get_json()["ended"] == 2
    problem(elsewhere.get(TASKS), 401, "unauthenticated")
    assert here.get(TASKS).status_code == 200
    problem(person.shows(), 401, "sign-in-refused")
    assert person.shows("copper thistle ladder").status_code == 200


def test_new_recovery_codes_end_the_old_ones(office: Office, person: Person) -> None:
    here = person.comes_back()
    advance(office, seconds=30)
    renewed = here.post(f"{ACCOUNTS}/own/recovery-codes", {"password": PASSWORD, "code": person.code()})
    fresh = renewed.get_json()["recoveryCodes"]
    assert not set(fresh) & set(person.recovery_codes)
    ticket = person.shows().get_json()["ticket"]
    problem(person.enters(ticket, person.recovery_codes[3]), 401, "sign-in-refused")
    assert person.enters(ticket, fresh[3]).status_code == 200


def test_a_token_changes_no_account(office: Office, person: Person) -> None:
    body = {"password": PASSWORD, "code": "123456"}
    problem(office.caller("caseworker").post(f"{ACCOUNTS}/own/recovery-codes", body), 409, "conflict")


# --- administration ----------------------------------------------------------------------------


def test_a_reset_takes_password_factor_and_sessions_away(office: Office, person: Person) -> None:
    here = person.comes_back()
    reset = office.caller("administrator").post(f"{ACCOUNTS}/{person.account_key}/reset")
    assert reset.get_json()["account"]["state"] == "invited"
    problem(here.get(TASKS), 401, "unauthenticated")
    problem(person.shows(), 401, "sign-in-refused")


def test_a_closed_account_lets_nobody_in(office: Office, person: Person) -> None:
    here = person.comes_back()
    ticket = person.shows().get_json()["ticket"]
    closed = office.caller("administrator").post(f"{ACCOUNTS}/{person.account_key}/close")
    assert closed.get_json()["state"] == "closed"
    advance(office, seconds=30)
    problem(here.get(TASKS), 401, "unauthenticated")
    problem(person.shows(), 401, "sign-in-refused")
    problem(person.enters(ticket), 401, "sign-in-refused")


def test_an_account_that_has_changed_is_not_reset(office: Office, person: Person) -> None:
    administrator = office.caller("administrator")
    stale = administrator.post(f"{ACCOUNTS}/{person.account_key}/close", headers={"If-Match": '"1"'})
    problem(stale, 412, "version-mismatch")


def test_a_person_has_one_account_and_a_login_one_person(office: Office, person: Person) -> None:
    administrator = office.caller("administrator")
    body = {"personKey": str(person.member.person_key), "login": "other@ehc.example"}
    problem(administrator.post(ACCOUNTS, body), 409, "conflict")
    other = {"personKey": str(office.desk.member("auditor").person_key), "login": person.login.upper()}
    assert fields(administrator.post(ACCOUNTS, other)) == {
        "login": "Somebody else has this login. Choose another."
    }


def test_whoever_is_a_member_elsewhere_too_is_not_in_an_administrators_hands(
    office: Office, person: Person
) -> None:
    """Else an invitation would open another authority to the administrator of this one."""
    administrator = office.caller("administrator")
    office.neighbour()
    with office.desk.engine.database.write() as connection:
        elsewhere = connection.execute(
            select(tables.membership).where(tables.membership.c.authority == "334")
        ).first()
        assert elsewhere is not None
        connection.execute(
            tables.membership.insert(),
            {"authority": "334", "person_key": person.member.person_key, "role": "caseworker",
             "organisation_key": elsewhere.organisation_key, "valid_from": elsewhere.valid_from},
        )  # fmt: skip
    problem(administrator.post(f"{ACCOUNTS}/{person.account_key}/reset"), 404, "not-found")
    assert administrator.get(ACCOUNTS).get_json()["items"] == []


def test_the_list_of_accounts_comes_in_pages(office: Office, person: Person) -> None:
    Person(office, "auditor")
    administrator = office.caller("administrator")
    first = administrator.get(f"{ACCOUNTS}?limit=1").get_json()
    rest = administrator.get(f"{ACCOUNTS}?limit=1&cursor={first['page']['endCursor']}").get_json()
    states = [(item["personName"], item["state"]) for page in (first, rest) for item in page["items"]]
    assert states == [("Lorna Pike", "invited"), (person.member.person_name, "open")]
    assert rest["page"]["endCursor"] is None


# --- what is stored ----------------------------------------------------------------------------


def test_nothing_that_opens_a_door_is_stored_readably(office: Office, person: Person) -> None:
    caller = person.comes_back()
    made = office.caller("caseworker").post(
        "/api/v1/tokens", {"label": "x", "scope": ["task:read"]}, headers={"Idempotency-Key": "once"}
    )
    with office.desk.engine.database.read() as connection:
        stored = " ".join(
            str(row)
            for table in (*account_tables.metadata.sorted_tables,)
            for row in connection.execute(select(table)).all()
        )
    secrets = [PASSWORD, person.secret, caller.token, made.get_json()["token"], person.invitation]
    assert [secret for secret in (*secrets, *person.recovery_codes) if secret in stored] == []


def test_a_repeat_of_what_is_shown_once_shows_it_again(office: Office) -> None:
    sent = {"body": {"label": "x", "scope": ["task:read"]}, "headers": {"Idempotency-Key": "shown"}}
    first, again = (office.caller("caseworker").post("/api/v1/tokens", **sent) for _ in range(2))
    assert first.get_json() == again.get_json()
    assert again.headers["Idempotency-Replayed"] == "true"


def test_the_log_names_nobody_and_holds_no_secret(
    office: Office, person: Person, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    caller = person.comes_back()
    person.shows("copper thistle ladder")
    words = [PASSWORD, "copper", person.secret, caller.token, person.login, person.member.person_name]
    assert [word for word in words if word in caplog.text] == []


def test_the_key_is_made_once_and_only_its_owner_reads_it(office: Office, person: Person) -> None:
    folder = office.desk.engine.database.folder
    assert folder is not None
    file = folder / "secret.key"
    assert file.stat().st_mode & 0o777 == 0o600
    assert len(file.read_text().strip()) >= 32


def test_a_changed_key_opens_what_was_sealed_before_and_seals_it_anew(
    office: Office, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = office.desk.engine
    folder = engine.database.folder
    assert folder is not None
    old, new = (folder / "secret.key").read_text().strip(), "another key that is long enough to be one"
    monkeypatch.setattr(engine, "vault", Vault(new, old))
    assert person.comes_back().get(TASKS).status_code == 200
    monkeypatch.setattr(engine, "vault", Vault(new))
    assert person.comes_back().get(TASKS).status_code == 200
    monkeypatch.setattr(engine, "vault", Vault(old))
    advance(office, seconds=30)
    problem(person.enters(person.shows().get_json()["ticket"]), 503, "setup")
