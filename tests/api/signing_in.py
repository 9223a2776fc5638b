"""People who sign in over HTTP, with an authenticator of their own."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pyotp
from werkzeug.test import TestResponse

from engine.services.principals import Principal
from tests.api.asking import NOBODY, Caller
from tests.api.office import Office

SIGN_IN = "/api/v1/sign-in"
ACCOUNTS = "/api/v1/accounts"
PASSWORD = "lantern gravel otter"
#: How long an authenticator takes to show another code.
NEXT_CODE = timedelta(seconds=30)


class Person:
    """A member of the office, with an account that an administrator opens."""

    def __init__(self, office: Office, role: str, organisation: str = "send_team") -> None:
        self.office = office
        self.member: Principal = office.desk.member(role, organisation)
        self.login = f"{role}.{organisation}@ehc.example"
        self.stranger = Caller(office.app, NOBODY)
        self.secret = ""
        self.recovery_codes: list[str] = []
        invited = office.caller("administrator").post(
            ACCOUNTS, {"personKey": str(self.member.person_key), "login": self.login}
        )
        assert invited.status_code == 201, invited.text
        self.account_key: str = invited.get_json()["account"]["key"]
        self.invitation: str = invited.get_json()["invitation"]

    def accepts(self, password: str = PASSWORD) -> TestResponse:
        """Choose a password with the invitation."""
        return self.stranger.post(
            f"{SIGN_IN}/invitation", {"invitation": self.invitation, "password": password}
        )

    def enrols(self, step: dict[str, Any], **wish: Any) -> dict[str, Any]:
        """Put a new second factor into the authenticator and show its first code."""
        self.secret = step["secondFactor"]["secret"]
        done = self.stranger.post(
            f"{SIGN_IN}/second-factor", {"ticket": step["ticket"], "code": self.code(), **wish}
        )
        assert done.status_code == 200, done.text
        self.recovery_codes = done.get_json()["recoveryCodes"]
        return dict(done.get_json()["session"])

    def signed_in(self) -> Caller:
        """Whoever asks with the session that the invitation led to."""
        step = self.accepts()
        assert step.status_code == 200, step.text
        return Caller(self.office.app, self.enrols(step.get_json())["token"])

    def shows(self, password: str = PASSWORD) -> TestResponse:
        """The first step of a sign-in."""
        return self.stranger.post(SIGN_IN, {"login": self.login, "password": password})

    def enters(self, ticket: str, code: str | None = None, **wish: Any) -> TestResponse:
        """The second step."""
        sent = {"ticket": ticket, "code": code or self.code(), **wish}
        return self.stranger.post(f"{SIGN_IN}/code", sent)

    def comes_back(self, **wish: Any) -> Caller:
        """A sign-in from beginning to end, with the next code of the authenticator."""
        self.office.desk.clock.advance(NEXT_CODE)
        opened = self.enters(self.shows().get_json()["ticket"], **wish)
        assert opened.status_code == 200, opened.text
        return Caller(self.office.app, opened.get_json()["session"]["token"])

    def code(self) -> str:
        """What the authenticator shows now."""
        return pyotp.TOTP(self.secret).at(self.office.desk.clock.now())
