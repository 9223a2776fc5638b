"""Signing in at an OpenID provider: the way there, the way back, and whose account it is.

An identity is linked to an account once: with an invitation, or, where the provider is trusted for that, by
an email address that the provider has verified. Never by an address that anybody could have typed.
"""

from __future__ import annotations

import json
import secrets
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

from sqlalchemy import Connection, bindparam, delete, insert, select

from engine.application import Engine
from engine.errors import SetupError, SignInRefused
from engine.services.audit.audit import Actor, Event
from engine.services.audit.audit_of_authority import record_by
from engine.services.people.own_account import invited, use_invitation
from engine.services.sign_in.bearer import Kind, digest, kind_of, new
from engine.services.sign_in.logins import normal_login
from engine.services.sign_in.provider_talk import ProviderTalk
from engine.services.sign_in.providers import SUBJECTS, Provider, named
from engine.services.sign_in.sessions import Provided, Wish, open_session
from engine.services.sign_in.views_of_sign_in import OpenedSessionView, ProviderView
from engine.store.account_tables import account, identity
from engine.store.account_tables import sign_in as attempt
from engine.store.types import AnyRow

_LASTS = timedelta(minutes=10)
_LONGEST_SUBJECT = 300
_NOT_OURS = "This sign-in is over, or wasn't begun in this browser. Begin anew."
_UNKNOWN = (
    "Your account at this provider isn't linked to anybody here. Ask your administrator for an invitation,"
    " and open it before you sign in."
)
#: What a sealed sign-in and a sealed identity token are sealed for.
_PENDING = "provider sign-in"
IDENTITY_TOKEN = "identity token"  # noqa: S105 -- a purpose, no secret


def list_providers(engine: Engine) -> list[ProviderView]:
    """Where people may sign in."""
    return [
        ProviderView(name=each.name, title=each.title, address=f"/sign-in/{each.name}")
        for each in engine.providers.values()
    ]


def check_providers(engine: Engine) -> None:
    """Say now what would be said to the first who signs in at a provider.

    Raises:
        SetupError: something of the providers' description, the public address or the key is missing.
    """
    for name in engine.providers:
        talk_to(engine, name)
    if engine.providers:
        engine.vault.seal(_PENDING, "")


def talk_to(engine: Engine, name: str) -> ProviderTalk:
    """The provider of a name, ready to be asked.

    Raises:
        NotFound: there is none.
        SetupError: it isn't said where people reach this installation.
    """
    provider = named(engine.providers, name)
    if engine.settings.public_url is None:
        raise SetupError("Set EHC_PUBLIC_URL: providers send people back to it.")
    return engine.provider_talks.setdefault(
        name, ProviderTalk(provider, engine.clock, f"{engine.settings.public_url}/sign-in/{name}/return")
    )


def start(engine: Engine, name: str, *, invitation: str | None, after: str) -> tuple[str, str]:
    """Begin a sign-in: where to send the browser, and the ticket that only this browser holds.

    Raises:
        NotFound: there is no such provider.
        SignInRefused: the invitation is good for nothing.
        Busy: the provider can't be reached.
    """
    talk = talk_to(engine, name)
    if invitation is not None:
        with engine.database.read() as connection:
            invited(engine, connection, invitation)
    asked = {"nonce": secrets.token_urlsafe(24), "verifier": secrets.token_urlsafe(48)}
    address, state = talk.sign_in_address(**asked)
    pending = json.dumps({**asked, "state": state, "invitation": invitation, "after": after})
    ticket = new(Kind.TICKET)
    now = engine.clock.now()
    with engine.database.write() as connection:
        connection.execute(
            insert(attempt),
            {
                "digest": digest(ticket),
                "stage": "provider",
                "provider": name,
                "secret": engine.vault.seal(_PENDING, pending),
                "attempts": 0,
                "created_at": now,
                "expires_at": now + _LASTS,
            },
        )
    return address, ticket


def finish(engine: Engine, name: str, ticket: str, returned: str) -> tuple[OpenedSessionView, str]:
    """End a sign-in with what the browser brought back: a session, and where the person wanted to go.

    Raises:
        NotFound: there is no such provider.
        SignInRefused: it wasn't begun in this browser, isn't the provider's answer, or nobody's here.
        Busy: the provider can't be reached.
    """
    talk = talk_to(engine, name)
    pending = _taken(engine, name, ticket)
    _check_issuer(talk, returned)
    claims, signed = talk.identity(
        returned, state=pending["state"], nonce=pending["nonce"], verifier=pending["verifier"]
    )
    provided = Provided(
        provider=name,
        subject=str(claims["sub"]),
        session=str(claims["sid"]) if "sid" in claims else None,
        identity_token=engine.vault.seal(IDENTITY_TOKEN, signed),
    )
    with engine.database.write() as connection:
        owner = _owner(engine, connection, talk.provider, claims, pending["invitation"])
        opened = open_session(engine, connection, owner, Wish(kept_in="cookie"), provided)
    return opened, str(pending["after"])


def _taken(engine: Engine, name: str, ticket: str) -> dict[str, Any]:
    """What was asked under a ticket, which is used up by that."""
    if kind_of(ticket) is not Kind.TICKET:
        raise SignInRefused(_NOT_OURS)
    with engine.database.write() as connection:
        row = connection.execute(_BEGUN, {"which": digest(ticket), "at": name}).one_or_none()
        if row is None or connection.execute(_USE_UP, {"which": row.key}).rowcount != 1:
            raise SignInRefused(_NOT_OURS)
    if row.expires_at <= engine.clock.now():
        raise SignInRefused(_NOT_OURS)
    pending: dict[str, Any] = json.loads(engine.vault.unseal(_PENDING, row.secret))
    return pending


def _check_issuer(talk: ProviderTalk, returned: str) -> None:
    """Who answers is named in the answer, where the provider does so (RFC 9207)."""
    answer = parse_qs(urlsplit(returned).query)
    if "error" in answer:
        raise SignInRefused(
            "The provider didn't let you in. Begin anew, or ask whoever runs your account there."
        )
    if answer.get("iss", [talk.provider.issuer]) != [talk.provider.issuer]:
        raise SignInRefused(_NOT_OURS)


def _owner(
    engine: Engine, connection: Connection, provider: Provider, claims: dict[str, Any], invitation: str | None
) -> AnyRow:
    """The account that an identity belongs to, linked now if there is good reason."""
    subject = _subject(provider, claims)
    known = {"at": provider.name, "subject": subject}
    owner = connection.execute(_LINKED, known).one_or_none()
    if owner is None:
        owner = _newly_linked(engine, connection, provider, claims, invitation)
        connection.execute(
            insert(identity),
            {
                "account_key": owner.key,
                "provider": provider.name,
                "subject": subject,
                "linked_at": engine.clock.now(),
            },
        )
        told = {"account": owner.key, "provider": provider.name}
        record_by(connection, engine, owner.authority, Actor.clock(), Event.ACCOUNT_LINKED, **told)
    if owner.closed_at is not None:
        raise SignInRefused(_UNKNOWN)
    return owner


def _newly_linked(
    engine: Engine, connection: Connection, provider: Provider, claims: dict[str, Any], invitation: str | None
) -> AnyRow:
    if invitation is not None:
        owner = invited(engine, connection, invitation)
        use_invitation(engine, connection, owner)
        return owner
    email = claims.get("email")
    if not provider.link_by_verified_email or claims.get("email_verified") is not True or not email:
        raise SignInRefused(_UNKNOWN)
    found = {"login": normal_login(str(email)), "at": provider.name}
    by_email = connection.execute(_BY_EMAIL, found).one_or_none()
    if by_email is None:
        raise SignInRefused(_UNKNOWN)
    return by_email


def _subject(provider: Provider, claims: dict[str, Any]) -> str:
    """The provider's stable key of a person."""
    parts = [claims.get(name) for name in SUBJECTS[provider.subject]]
    subject = ":".join(str(part) for part in parts)
    if not all(isinstance(part, str) and part for part in parts) or len(subject) > _LONGEST_SUBJECT:
        raise SignInRefused(_UNKNOWN)
    return subject


_BEGUN = select(attempt).where(attempt.c.digest == bindparam("which"), attempt.c.provider == bindparam("at"))
_USE_UP = delete(attempt).where(attempt.c.key == bindparam("which"))
_LINKED = (
    select(account)
    .join(identity, identity.c.account_key == account.c.key)
    .where(identity.c.provider == bindparam("at"), identity.c.subject == bindparam("subject"))
)
#: The account of a login that has no identity at the provider yet.
_BY_EMAIL = select(account).where(
    account.c.login == bindparam("login"),
    ~select(identity.c.key)
    .where(identity.c.account_key == account.c.key, identity.c.provider == bindparam("at"))
    .exists(),
)
