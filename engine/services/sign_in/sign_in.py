"""Signing in with a password and a second factor: two steps, held together by a ticket.

Whatever is wrong, the answer is the same and takes as long, also where there is no such account.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from engine.application import Engine
from engine.errors import SignInRefused
from engine.services.audit.audit import Actor, Event
from engine.services.audit.audit_of_authority import record_by
from engine.services.sign_in import lock_out, passwords, second_factors
from engine.services.sign_in.bearer import Kind, digest, kind_of, new
from engine.services.sign_in.logins import normal_login
from engine.services.sign_in.sessions import Wish, open_session
from engine.services.sign_in.views_of_sign_in import OpenedSessionView, SecondFactorView, SignInView
from engine.store.account_tables import account
from engine.store.account_tables import sign_in as attempt
from engine.store.types import AnyRow

#: How long a code may be waited for, and the enrolment of a second factor.
_FOR_CODE = timedelta(minutes=10)
_FOR_ENROLMENT = timedelta(minutes=30)
#: Codes that one ticket lets through to be looked at.
_MOST_CODES = 5
_WRONG = "Login and password don't open an account. Check both; after a few tries the account is locked."
_WRONG_CODE = "The code isn't right, or was used before. Wait for the next one, or use a recovery code."
_OVER = "This sign-in is over: it took too long, had too many tries, or is finished. Begin anew."


def begin(engine: Engine, login: str, password: str) -> SignInView:
    """Show a password. What comes next is a code, or the enrolment of a second factor.

    Raises:
        SignInRefused: they don't open an account.
        TooManyRequests: it is locked.
    """
    login = normal_login(login)
    with engine.database.write() as connection:
        last = lock_out.count_try(connection, lock_out.subject(engine.vault, login), engine.clock.now())
        owner = connection.execute(_BY_LOGIN, {"login": login}).one_or_none()
        if last and owner is not None:
            _tell(engine, connection, owner, Event.ACCOUNT_LOCKED)
    stored = owner.password_hash if owner is not None and owner.closed_at is None else None
    if not passwords.matches(stored, password) or owner is None:
        raise SignInRefused(_WRONG)
    newer = passwords.hashed(password) if passwords.is_outdated(owner.password_hash) else None
    with engine.database.write() as connection:
        if newer is not None:
            connection.execute(_REHASH, {"which": owner.key, "hash": newer})
        return ask_for_code(engine, connection, owner)


def ask_for_code(engine: Engine, connection: Connection, owner: AnyRow) -> SignInView:
    """The second step: a code of the second factor, or its enrolment where there is none."""
    if owner.second_factor is not None:
        ticket, until = _ticket(engine, connection, owner.key, "code", _FOR_CODE, None)
        return _step("code_needed", ticket=ticket, expires_at=until)
    secret = second_factors.new_secret()
    sealed = engine.vault.seal(_enrolment(owner.key), secret)
    ticket, until = _ticket(engine, connection, owner.key, "enrolment", _FOR_ENROLMENT, sealed)
    address = second_factors.address(secret, owner.login)
    shown = SecondFactorView(secret=secret, address=address, picture=second_factors.picture(address))
    return _step("enrolment_needed", ticket=ticket, expires_at=until, second_factor=shown)


def enter_code(engine: Engine, ticket: str, code: str, wish: Wish) -> SignInView:
    """Show a code of the second factor, or a recovery code; when it's right, a session begins.

    Raises:
        SignInRefused: the code is wrong or used, the ticket is over, or no membership holds today.
        TooManyRequests: the account is locked.
    """
    begun = _counted(engine, ticket, "code")
    with engine.database.write() as connection:
        owner = connection.execute(_BY_KEY, {"which": begun.account_key}).one()
        if not check_code(engine, connection, owner, code):
            raise SignInRefused(_WRONG_CODE)
        _finish(engine, connection, begun, owner)
        opened = open_session(engine, connection, owner, wish)
        left = second_factors.recovery_codes_left(connection, owner.key)
        if second_factors.is_recovery_code(code):
            _tell(engine, connection, owner, Event.RECOVERY_USED)
    return _step("signed_in", session=opened, recovery_codes_left=left)


def confirm_enrolment(engine: Engine, ticket: str, code: str, wish: Wish) -> SignInView:
    """Show the first code of a new second factor; a session begins, and recovery codes are shown this once.

    Raises:
        SignInRefused: the code is wrong, or the ticket is over.
        TooManyRequests: the account is locked.
    """
    begun = _counted(engine, ticket, "enrolment")
    secret = engine.vault.unseal(_enrolment(begun.account_key), begun.secret)
    step = second_factors.step_of(secret, code, engine.clock.now(), None)
    if step is None:
        raise SignInRefused(_WRONG_CODE)
    with engine.database.write() as connection:
        owner = connection.execute(_BY_KEY, {"which": begun.account_key}).one()
        _finish(engine, connection, begun, owner)
        sealed = engine.vault.seal(_factor(owner.key), secret)
        enrolled = connection.execute(_ENROL, {"which": owner.key, "sealed": sealed, "step": step})
        if enrolled.rowcount != 1:  # another sign-in has enrolled one meanwhile
            raise SignInRefused(_OVER)
        codes = second_factors.new_recovery_codes(connection, engine.vault, owner.key)
        opened: OpenedSessionView = open_session(engine, connection, owner, wish)
        _tell(engine, connection, owner, Event.FACTOR_ENROLLED)
    return _step("signed_in", session=opened, recovery_codes=codes, recovery_codes_left=len(codes))


def check_code(engine: Engine, connection: Connection, owner: AnyRow, code: str) -> bool:
    """Whether a code, or a recovery code, is right for an account; it's used up by that."""
    now = engine.clock.now()
    if second_factors.is_recovery_code(code):
        return second_factors.use_recovery_code(connection, engine.vault, owner.key, code, now)
    if owner.second_factor is None:
        return False
    secret = engine.vault.unseal(_factor(owner.key), owner.second_factor)
    step = second_factors.step_of(secret, code.replace(" ", ""), now, owner.last_step)
    if step is None:
        return False
    sealed = engine.vault.seal(_factor(owner.key), secret)
    return second_factors.accept_step(connection, owner.key, step, sealed)


def _tell(engine: Engine, connection: Connection, owner: AnyRow, event: Event) -> None:
    """Write down what happened to an account before anybody was signed in to it."""
    record_by(connection, engine, owner.authority, Actor.clock(), event, account=owner.key)


def _ticket(
    engine: Engine, connection: Connection, account_key: int, stage: str, lasts: timedelta, sealed: str | None
) -> tuple[str, datetime]:
    now = engine.clock.now()
    connection.execute(_PURGE, {"now": now})
    ticket = new(Kind.TICKET)
    connection.execute(
        insert(attempt),
        {
            "digest": digest(ticket),
            "stage": stage,
            "account_key": account_key,
            "secret": sealed,
            "attempts": 0,
            "created_at": now,
            "expires_at": now + lasts,
        },
    )
    return ticket, now + lasts


def _counted(engine: Engine, ticket: str, stage: str) -> AnyRow:
    """The sign-in of a ticket, with this try counted before it is looked at."""
    if kind_of(ticket) is not Kind.TICKET:
        raise SignInRefused(_OVER)
    now = engine.clock.now()
    with engine.database.write() as connection:
        begun = connection.execute(_BEGUN, {"which": digest(ticket), "stage": stage}).one_or_none()
        if begun is None or begun.expires_at <= now or begun.attempts >= _MOST_CODES:
            raise SignInRefused(_OVER)
        if lock_out.count_try(connection, lock_out.subject(engine.vault, begun.login), now):
            owner = connection.execute(_BY_KEY, {"which": begun.account_key}).one()
            _tell(engine, connection, owner, Event.ACCOUNT_LOCKED)
        connection.execute(_COUNT, {"which": begun.key})
    return begun


def _finish(engine: Engine, connection: Connection, begun: AnyRow, owner: AnyRow) -> None:
    """Use a ticket up, and forget the tries before it."""
    if connection.execute(_USE_UP, {"which": begun.key}).rowcount != 1 or owner.closed_at is not None:
        raise SignInRefused(_OVER)
    lock_out.clear(connection, lock_out.subject(engine.vault, owner.login))


def _step(
    state: str,
    *,
    ticket: str | None = None,
    expires_at: datetime | None = None,
    second_factor: SecondFactorView | None = None,
    recovery_codes: list[str] | None = None,
    recovery_codes_left: int | None = None,
    session: OpenedSessionView | None = None,
) -> SignInView:
    return SignInView(
        state=state,
        ticket=ticket,
        expires_at=expires_at,
        second_factor=second_factor,
        recovery_codes=recovery_codes,
        recovery_codes_left=recovery_codes_left,
        session=session,
    )


def _factor(account_key: int) -> str:
    return f"second factor {account_key}"


def _enrolment(account_key: int) -> str:
    return f"enrolment {account_key}"


_BY_LOGIN = select(account).where(account.c.login == bindparam("login"))
_BY_KEY = select(account).where(account.c.key == bindparam("which"))
_REHASH = update(account).where(account.c.key == bindparam("which")).values(password_hash=bindparam("hash"))
_ENROL = (
    update(account)
    .where(account.c.key == bindparam("which"), account.c.second_factor.is_(None))
    .values(second_factor=bindparam("sealed"), last_step=bindparam("step"), version=account.c.version + 1)
)
_BEGUN = (
    select(attempt, account.c.login)
    .join(account, account.c.key == attempt.c.account_key)
    .where(attempt.c.digest == bindparam("which"), attempt.c.stage == bindparam("stage"))
)
_COUNT = update(attempt).where(attempt.c.key == bindparam("which")).values(attempts=attempt.c.attempts + 1)
_USE_UP = delete(attempt).where(attempt.c.key == bindparam("which"))
_PURGE = delete(attempt).where(attempt.c.expires_at <= bindparam("now"))
