"""Signing in at a real OpenID provider: there and back, linked to a person once, and out again."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import yaml
from sqlalchemy import select

from engine.application import Engine
from engine.clock import SteppedClock, SystemClock
from engine.config import ROOT, Settings
from engine.store.account_tables import identity, session
from engine.store.database import Database
from tests.api.asking import Caller, problem
from tests.api.office import TASKS, Office
from tests.api.signing_in import ACCOUNTS, Person
from tests.support.databases import Databases
from tests.support.desk import Desk
from tests.support.provider import CLIENT_ID, CLIENT_SECRET, Browser, provider, served

PRINCIPAL = "/api/v1/principal"
PEOPLE: dict[str, dict[str, Any]] = {
    "amara": {"tid": "tenant", "oid": "object-1", "email": "caseworker.send_team@ehc.example",
              "email_verified": False},
    "priya": {"tid": "tenant", "oid": "object-2", "email": "Decision_Maker.send_team@ehc.example",
              "email_verified": True},
    "nobody": {},
}  # fmt: skip


class Council(Office):
    """An office whose people may sign in at a provider; its clock shows the provider's own time."""

    def __init__(self, desk: Desk, installation: str, issuer: str) -> None:
        super().__init__(desk)
        self.installation = installation
        self.issuer = issuer

    def browser(self) -> Browser:
        return Browser(self.app, self.installation)

    def linked(self, who: str = "amara", role: str = "caseworker") -> tuple[Browser, Person]:
        """Somebody who has linked the account at the provider with an invitation, and is signed in."""
        person, browser = Person(self, role), self.browser()
        assert browser.sign_in(who, invitation=person.invitation).status_code == 303
        return browser, person


@pytest.fixture(scope="module")
def running() -> Iterator[tuple[Any, str]]:
    """A place for the installation, and the provider that knows it."""
    with served() as place, provider(place.address, PEOPLE) as issuer:
        yield place, issuer


@pytest.fixture(scope="module")
def _council(running: tuple[Any, str], databases: Databases) -> Iterator[Council]:
    with opened(running, databases) as council:
        yield council


@pytest.fixture(scope="module")
def _trusting(running: tuple[Any, str], databases: Databases) -> Iterator[Council]:
    with opened(running, databases, link_by_verified_email=True, subject="entra") as council:
        yield council


@pytest.fixture
def council(_council: Council) -> Iterator[Council]:
    """A council; whatever a test does there is taken back."""
    with _council.kept_for_now():
        yield _council


@pytest.fixture
def trusting(_trusting: Council) -> Iterator[Council]:
    """A council that believes the provider's verified addresses, and knows people by tenant and object."""
    with _trusting.kept_for_now():
        yield _trusting


@pytest.fixture
def reachable(running: tuple[Any, str], databases: Databases) -> Iterator[Council]:
    """A council to which the provider itself can talk: what happens there is kept."""
    with opened(running, databases) as council:
        running[0].app = council.app
        yield council


@contextmanager
def opened(running: tuple[Any, str], databases: Databases, **described: Any) -> Iterator[Council]:
    place, issuer = running
    provider_of_tests = {"name": "council", "title": "Council account", "issuer": issuer,
                         "client_id": CLIENT_ID, "client_secret_file": "secret", **described}  # fmt: skip
    with databases.migrated("sqlite") as url:
        folder = Path(url.removeprefix("sqlite:///")).parent
        (folder / "secret").write_text(CLIENT_SECRET)
        (folder / "providers.yaml").write_text(yaml.safe_dump({"providers": [provider_of_tests]}))
        settings = Settings(url, ROOT / "bpmn", ROOT / "examples" / "authority.yaml")
        settings = replace(settings, public_url=place.address, providers=folder / "providers.yaml")
        clock = SteppedClock(SystemClock().now())
        engine = Engine(Database(url, durable=False), clock, settings)
        council = Council(Desk(engine, clock), place.address, issuer)
        yield council
        engine.close()


# --- there and back ----------------------------------------------------------------------------


def test_the_providers_are_listed_for_whoever_draws_the_page(council: Council) -> None:
    listed = council.browser().get("/api/v1/sign-in/providers").get_json()["items"]
    assert listed == [{"name": "council", "title": "Council account", "address": "/sign-in/council"}]


def test_the_browser_is_sent_there_with_pkce_state_and_nonce(council: Council) -> None:
    started = council.browser().get("/sign-in/council")
    asked = parse_qs(urlsplit(started.headers["Location"]).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert {"state", "nonce", "code_challenge"} <= set(asked)
    assert asked["redirect_uri"] == [f"{council.installation}/sign-in/council/return"]
    cookie = started.headers["Set-Cookie"]
    assert re.search("__Host-ehc-sign-in=ehc_tkt_", cookie)
    assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))


def test_an_invitation_links_the_identity_and_a_session_begins_in_a_cookie(council: Council) -> None:
    person, browser = Person(council, "caseworker"), council.browser()
    done = browser.sign_in("amara", invitation=person.invitation, after="/api/v1/docs")
    assert (done.status_code, done.headers["Location"]) == (303, "/api/v1/docs")
    cookie = next(each for each in done.headers.getlist("Set-Cookie") if each.startswith("__Host-ehc="))
    assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))
    assert "Domain" not in cookie
    assert browser.get(PRINCIPAL).get_json()["personName"] == person.member.person_name
    accounts = council.caller("administrator").get(ACCOUNTS).get_json()["items"]
    assert [(each["state"], each["providers"]) for each in accounts] == [("open", ["council"])]


def test_whoever_is_linked_comes_back_without_an_invitation(council: Council) -> None:
    council.linked()
    again = council.browser()
    assert again.sign_in("amara").status_code == 303
    assert again.get(TASKS).status_code == 200


def test_each_sign_in_gives_another_session_and_the_ticket_goes(council: Council) -> None:
    browser, _ = council.linked()
    before = browser.cookies()
    browser.sign_in("amara")
    assert set(browser.cookies()) == {"__Host-ehc"}
    assert browser.cookies() != before


# --- who doesn't get in ------------------------------------------------------------------------


def test_an_unverified_address_links_nobody(council: Council, trusting: Council) -> None:
    for each in (council, trusting):
        Person(each, "caseworker")
        browser = each.browser()
        problem(browser.sign_in("amara"), 401, "sign-in-refused")
        assert browser.cookies().get("__Host-ehc") is None


def test_a_verified_address_links_only_where_that_is_said(council: Council) -> None:
    Person(council, "decision_maker")
    problem(council.browser().sign_in("priya"), 401, "sign-in-refused")


def test_a_verified_address_links_the_account_of_that_login(trusting: Council) -> None:
    person, browser = Person(trusting, "decision_maker"), trusting.browser()
    assert browser.sign_in("priya").status_code == 303
    assert browser.get(PRINCIPAL).get_json()["personName"] == person.member.person_name
    with trusting.desk.engine.database.read() as connection:
        assert connection.execute(select(identity.c.subject)).scalars().all() == ["tenant:object-2"]


def test_a_forged_state_is_refused_and_uses_the_sign_in_up(council: Council) -> None:
    council.linked()
    browser = council.browser()
    back = browser.sent_back(browser.get("/sign-in/council"), "amara")
    forged = re.sub(r"state=[^&]+", "state=forged", back)
    problem(browser.get(forged), 401, "sign-in-refused")
    problem(browser.get(back), 401, "sign-in-refused")
    assert "__Host-ehc" not in browser.cookies()


def test_a_way_back_works_only_in_the_browser_that_began(council: Council) -> None:
    council.linked()
    victim, attacker = council.browser(), council.browser()
    back = attacker.sent_back(attacker.get("/sign-in/council"), "amara")
    problem(victim.get(back), 401, "sign-in-refused")
    victim.get("/sign-in/council")
    problem(victim.get(back), 401, "sign-in-refused")


def test_a_way_back_is_good_once(council: Council) -> None:
    council.linked()
    browser = council.browser()
    back = browser.sent_back(browser.get("/sign-in/council"), "amara")
    assert browser.get(back).status_code == 303
    problem(browser.get(back), 401, "sign-in-refused")


def test_another_providers_answer_is_refused(council: Council) -> None:
    council.linked()
    browser = council.browser()
    back = browser.sent_back(browser.get("/sign-in/council"), "amara")
    mixed_up = re.sub(r"iss=[^&]+", "iss=https%3A%2F%2Felsewhere.example", back)
    problem(browser.get(mixed_up), 401, "sign-in-refused")


def test_an_answer_that_comes_too_late_is_refused(council: Council) -> None:
    council.linked()
    browser = council.browser()
    back = browser.sent_back(browser.get("/sign-in/council"), "amara")
    council.desk.clock.advance(timedelta(minutes=10))
    problem(browser.get(back), 401, "sign-in-refused")


def test_an_identity_that_isnt_of_now_is_refused(council: Council, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = council.browser()
    back = browser.sent_back(browser.get("/sign-in/council"), "amara")
    tomorrow = SteppedClock(council.desk.clock.now() + timedelta(days=1))
    monkeypatch.setattr(council.desk.engine.provider_talks["council"], "_clock", tomorrow)
    problem(browser.get(back), 401, "sign-in-refused")


def test_what_the_provider_refuses_is_said(council: Council) -> None:
    browser = council.browser()
    said = problem(browser.sign_in("nobody"), 401, "sign-in-refused")
    assert "didn't let you in" in said["detail"]


def test_a_used_invitation_begins_nothing(council: Council) -> None:
    _, person = council.linked()
    problem(council.browser().get(f"/sign-in/council?invitation={person.invitation}"), 401, "sign-in-refused")


@pytest.mark.parametrize("after", ["https://evil.example", "//evil.example", "/\\evil.example", "docs"])
def test_nobody_is_sent_on_to_another_site(council: Council, after: str) -> None:
    problem(council.browser().get(f"/sign-in/council?after={after}"), 422, "bad-input")


def test_a_provider_that_isnt_there_is_not_found(council: Council) -> None:
    problem(council.browser().get("/sign-in/elsewhere"), 404, "not-found")


def test_a_closed_account_lets_nobody_in(council: Council) -> None:
    _, person = council.linked()
    council.caller("administrator").post(f"{ACCOUNTS}/{person.account_key}/close")
    problem(council.browser().sign_in("amara"), 401, "sign-in-refused")


# --- with a cookie -----------------------------------------------------------------------------


def test_a_change_with_a_cookie_needs_the_header_and_our_own_site(council: Council) -> None:
    browser, _ = council.linked()
    end = "/api/v1/sessions/others/end"
    problem(browser.post(end), 403, "cross-site")
    problem(browser.post(end, **{"X-EHC-Request": "1", "Sec-Fetch-Site": "cross-site"}), 403, "cross-site")
    problem(browser.post(end, **{"X-EHC-Request": "1", "Sec-Fetch-Site": "same-site"}), 403, "cross-site")
    done = browser.post(end, **{"X-EHC-Request": "1", "Sec-Fetch-Site": "same-origin"})
    assert done.status_code == 200


def test_a_cookies_secret_is_no_bearer_token(council: Council) -> None:
    browser, _ = council.linked()
    stolen = browser.cookies()["__Host-ehc"]
    problem(Caller(council.app, stolen).get(TASKS), 401, "unauthenticated")


# --- out ---------------------------------------------------------------------------------------


def test_signing_out_here_leads_to_signing_out_there(council: Council) -> None:
    browser, _ = council.linked()
    out = browser.post("/api/v1/sessions/current/end", **{"X-EHC-Request": "1"})
    leaving = out.get_json()["providerAddress"]
    asked = parse_qs(urlsplit(leaving).query)
    assert leaving.startswith(f"{council.issuer}/session/end?")
    assert asked["post_logout_redirect_uri"] == [f"{council.installation}/"]
    problem(browser.get(TASKS), 401, "unauthenticated")
    page = browser.elsewhere.get(leaving, timeout=20)
    assert page.status_code == 200
    assert "xsrf" in page.text


def test_signing_out_there_ends_the_sessions_here_and_is_heard_once(
    reachable: Council, running: tuple[Any, str]
) -> None:
    council = reachable
    browser, _ = council.linked()
    elsewhere = council.browser()
    assert elsewhere.sign_in("amara").status_code == 303
    page = browser.elsewhere.get(f"{council.issuer}/session/end", timeout=20)
    xsrf = re.search(r'name="xsrf" value="([^"]+)"', page.text)
    assert xsrf is not None, page.text
    confirmed = browser.elsewhere.post(
        f"{council.issuer}/session/end/confirm", data={"xsrf": xsrf[1], "logout": "yes"}, timeout=20
    )
    assert confirmed.ok, confirmed.text
    problem(browser.get(TASKS), 401, "unauthenticated")
    assert elsewhere.get(TASKS).status_code == 200  # another session at the provider
    again = council.app.test_client().post(
        "/sign-in/council/ended",
        data=running[0].heard[-1],
        content_type="application/x-www-form-urlencoded",
    )
    assert "heard before" in problem(again, 401, "sign-in-refused")["detail"]


@pytest.mark.parametrize("message", ["", "nonsense", "a.b.c"])
def test_what_isnt_the_providers_message_ends_nothing(council: Council, message: str) -> None:
    browser, _ = council.linked()
    ended = council.app.test_client().post("/sign-in/council/ended", data={"logout_token": message})
    problem(ended, 401, "sign-in-refused")
    assert browser.get(TASKS).status_code == 200


def test_an_identity_token_is_no_message_of_an_end(council: Council) -> None:
    browser, _ = council.linked()
    engine = council.desk.engine
    with engine.database.read() as connection:
        sealed = connection.execute(select(session.c.identity_token)).scalar_one()
    signed = engine.vault.unseal("identity token", sealed)
    ended = council.app.test_client().post("/sign-in/council/ended", data={"logout_token": signed})
    problem(ended, 401, "sign-in-refused")
    assert browser.get(TASKS).status_code == 200
