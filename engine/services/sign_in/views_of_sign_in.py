"""What services answer about signing in: accounts, sessions, tokens and systems' clients."""

from __future__ import annotations

from datetime import date, datetime

from engine.services.views import View


class MembershipView(View):
    """A membership as its holder sees it; `valid_to` is None where no end is set."""

    key: str
    organisation: str
    organisation_name: str
    role: str
    authority: str
    valid_to: date | None


class PrincipalView(View):
    """Who asks, by what, what that allows, and as whom else the person may work."""

    person_key: str
    person_name: str
    means: str
    membership: MembershipView
    permissions: list[str]
    memberships: list[MembershipView]


class SessionView(View):
    """A session of the caller's; `current` is the one that asks."""

    key: str
    membership: MembershipView
    provider: str | None
    kept_in: str
    created_at: datetime
    seen_at: datetime
    expires_at: datetime
    ended_at: datetime | None
    current: bool
    version: int


class OpenedSessionView(View):
    """A session that has just begun. `token` is None where a cookie holds it."""

    key: str
    token: str | None
    expires_at: datetime
    idle_minutes: int
    membership: MembershipView
    memberships: list[MembershipView]


class SecondFactorView(View):
    """What an authenticator needs to be enrolled: as text, as an address, and as a QR code (SVG)."""

    secret: str
    address: str
    picture: str


class SignInView(View):
    """Where a sign-in stands, and what is needed next."""

    state: str
    ticket: str | None
    expires_at: datetime | None
    second_factor: SecondFactorView | None
    recovery_codes: list[str] | None
    recovery_codes_left: int | None
    session: OpenedSessionView | None


class SignedOutView(View):
    """The end of a session; `provider_address` ends the one at the provider, where there is one."""

    ended: int
    provider_address: str | None


class AccountView(View):
    """An account as administrators see it."""

    key: str
    person_key: str
    person_name: str
    login: str
    state: str
    second_factor: bool
    providers: list[str]
    created_at: datetime
    version: int


class InvitationView(View):
    """A link, good for once, with which a person takes possession of an account."""

    account: AccountView
    invitation: str
    expires_at: datetime


class RecoveryCodesView(View):
    """New recovery codes; those before are good for nothing."""

    recovery_codes: list[str]


class TokenView(View):
    """A token: all but its letters, of which the last are shown."""

    key: str
    label: str
    hint: str
    person_name: str
    membership_key: str
    scope: list[str] | None
    client: bool
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    version: int


class MadeTokenView(View):
    """A token that has just been made, with its letters, this once."""

    token: str
    made: TokenView


class ClientView(View):
    """A system that signs in by itself."""

    key: str
    client_id: str
    label: str
    membership_key: str
    organisation: str
    scope: list[str]
    created_at: datetime
    revoked_at: datetime | None
    version: int


class MadeClientView(View):
    """A client that has just been made, with its secret, this once."""

    client_secret: str
    client: ClientView


class AccessView(View):
    """A system's token for a short time."""

    token: str
    expires_at: datetime
    scope: list[str]


class ProviderView(View):
    """A provider at which people may sign in, and where that begins."""

    name: str
    title: str
    address: str
