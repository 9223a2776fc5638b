"""What people do with their own account: take it over, change its password, renew its recovery codes."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, select, update

from engine.application import Engine
from engine.errors import BadInput, Conflict, SignInRefused
from engine.services.audit.audit import Actor, Event
from engine.services.audit.audit_of_authority import record, record_by
from engine.services.people.accounts import is_used_up
from engine.services.people.memberships_held import held_today
from engine.services.principals import Principal
from engine.services.sign_in import lock_out, passwords, second_factors
from engine.services.sign_in.bearer import Kind, digest, kind_of
from engine.services.sign_in.sessions import end_others
from engine.services.sign_in.sign_in import ask_for_code, check_code
from engine.services.sign_in.views_of_sign_in import RecoveryCodesView, SignedOutView, SignInView
from engine.store import tables
from engine.store.account_tables import account, invitation
from engine.store.types import AnyRow

_USED = "This invitation is used, replaced or too old. Ask your administrator for another."


def accept_invitation(engine: Engine, secret: str, password: str) -> SignInView:
    """Choose a password with an invitation, which is used up; what comes next is the second factor.

    Raises:
        SignInRefused: the invitation is good for nothing.
        BadInput: the password can't be one.
    """
    with engine.database.read() as connection:
        owner = invited(engine, connection, secret)
        known = _own_words(engine, connection, owner)
    passwords.check_new("password", password, known)
    stored = passwords.hashed(password)
    with engine.database.write() as connection:
        owner = invited(engine, connection, secret)
        use_invitation(engine, connection, owner)
        connection.execute(_SET, {"which": owner.key, "hash": stored, "at": engine.clock.now()})
        asked = ask_for_code(engine, connection, owner)
        record_by(connection, engine, owner.authority, Actor.clock(), Event.PASSWORD_SET, account=owner.key)
        return asked


def invited(engine: Engine, connection: Connection, secret: str) -> AnyRow:
    """The account that an invitation is for.

    Raises:
        SignInRefused: the invitation is good for nothing.
    """
    row = None
    if kind_of(secret) is Kind.INVITATION:
        row = connection.execute(_INVITED, {"which": digest(secret)}).one_or_none()
    if row is None or is_used_up(row, engine.clock.now()) or row.closed_at is not None:
        raise SignInRefused(_USED)
    return row


def use_invitation(engine: Engine, connection: Connection, owner: AnyRow) -> None:
    """Use an invitation up.

    Raises:
        SignInRefused: another request has just used it.
    """
    used = connection.execute(_USE, {"which": owner.invitation_key, "at": engine.clock.now()})
    if used.rowcount != 1:
        raise SignInRefused(_USED)


def change_password(
    engine: Engine, principal: Principal, present: str, code: str, password: str
) -> SignedOutView:
    """Choose another password, showing the present one and a code; all other sessions end.

    Raises:
        SignInRefused: password or code are wrong.
        TooManyRequests: the account is locked.
        BadInput: the new password can't be one.
    """
    owner = _shown(engine, principal, present)
    with engine.database.read() as connection:
        known = _own_words(engine, connection, owner)
    passwords.check_new("newPassword", password, known)
    if password == present:
        raise BadInput.field("newPassword", "This is the present password. Choose another.")
    stored = passwords.hashed(password)
    with engine.database.write() as connection:
        _confirm(engine, connection, owner, code)
        connection.execute(_SET, {"which": owner.key, "hash": stored, "at": engine.clock.now()})
        record(connection, engine, principal, Event.PASSWORD_SET, account=owner.key)
    return end_others(engine, principal)


def renew_recovery_codes(engine: Engine, principal: Principal, present: str, code: str) -> RecoveryCodesView:
    """Replace the recovery codes, showing the password and a code; they are shown this once.

    Raises:
        SignInRefused: password or code are wrong.
        TooManyRequests: the account is locked.
    """
    owner = _shown(engine, principal, present)
    with engine.database.write() as connection:
        _confirm(engine, connection, owner, code)
        codes = second_factors.new_recovery_codes(connection, engine.vault, owner.key)
        record(connection, engine, principal, Event.RECOVERY_RENEWED, account=owner.key)
    return RecoveryCodesView(recovery_codes=codes)


def _shown(engine: Engine, principal: Principal, password: str) -> AnyRow:
    """The caller's account, once its password is shown again. A token's holder doesn't get this far."""
    principal.require("account:use")
    if principal.credential is None or principal.credential.kind != "session":
        raise Conflict("You ask with a token. Sign in to change your account.")
    with engine.database.write() as connection:
        owner = connection.execute(_OF_PERSON, {"whose": principal.person_key}).one()
        lock_out.count_try(connection, lock_out.subject(engine.vault, owner.login), engine.clock.now())
    if not passwords.matches(owner.password_hash, password):
        raise SignInRefused("The present password isn't right. Nothing was changed.")
    return owner


def _confirm(engine: Engine, connection: Connection, owner: AnyRow, code: str) -> None:
    if not check_code(engine, connection, owner, code):
        raise SignInRefused("The code isn't right, or was used before. Nothing was changed.")
    lock_out.clear(connection, lock_out.subject(engine.vault, owner.login))


def _own_words(engine: Engine, connection: Connection, owner: AnyRow) -> set[str]:
    """What somebody would guess first of this person's password."""
    name = connection.execute(_NAME, {"whose": owner.person_key}).scalar_one()
    held = held_today(connection, owner.person_key, engine.clock.today())
    return {name, owner.login, *(row.organisation_name for row in held)}


_INVITED = (
    select(
        account,
        invitation.c.key.label("invitation_key"),
        invitation.c.expires_at,
        invitation.c.used_at,
    )
    .join(invitation, invitation.c.account_key == account.c.key)
    .where(invitation.c.digest == bindparam("which"))
)
_USE = (
    update(invitation)
    .where(invitation.c.key == bindparam("which"), invitation.c.used_at.is_(None))
    .values(used_at=bindparam("at"))
)
_SET = (
    update(account)
    .where(account.c.key == bindparam("which"))
    .values(password_hash=bindparam("hash"), password_set_at=bindparam("at"), version=account.c.version + 1)
)
_OF_PERSON = select(account).where(account.c.person_key == bindparam("whose"))
_NAME = select(tables.person.c.name).where(tables.person.c.key == bindparam("whose"))
