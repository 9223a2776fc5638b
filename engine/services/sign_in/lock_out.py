"""Lock-out: who fails to sign in too often waits, whether there is such an account or not.

Each try is counted before it is looked at, and the count is taken back once the sign-in is complete: tries
that are made at the same time can't outrun it.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from engine.errors import TooManyRequests
from engine.services.sign_in.vault import Vault
from engine.store.account_tables import lock_out
from engine.store.types import AnyRow

#: Tries, of passwords and codes together, until the account is locked.
MOST = 10
#: How long it is locked, and how long a try is remembered.
LOCKED = timedelta(minutes=15)
_REMEMBERED = timedelta(hours=1)
_KEPT = timedelta(days=1)


def subject(vault: Vault, login: str) -> str:
    """What tries are counted by: a digest, for what is typed may be anybody's address."""
    return vault.digest("lock-out", login)


def count_try(connection: Connection, who: str, now: datetime) -> bool:
    """Count a try; True when it was the one after which the account is locked.

    Raises:
        TooManyRequests: there were too many; nothing is looked at until the time has passed.
    """
    known = _known(connection, who, now)
    if known.locked_until is not None and now < known.locked_until:
        raise locked(known.locked_until, now)
    over = known.locked_until is not None or known.failed_at + _REMEMBERED <= now
    failures = 1 if over else known.failures + 1
    until = now + LOCKED if failures >= MOST else None
    connection.execute(_WRITE, {"who": who, "count": failures, "at": now, "until": until})
    return until is not None


def _known(connection: Connection, who: str, now: datetime) -> AnyRow:
    """What is counted of somebody, held until the end of the transaction."""
    known = connection.execute(_FIND, {"who": who}).one_or_none()
    if known is not None:
        return known
    connection.execute(_FORGET, {"before": now - _KEPT})
    with suppress(IntegrityError), connection.begin_nested():  # somebody else has just written it
        connection.execute(insert(lock_out), {"subject": who, "failures": 0, "failed_at": now})
    return connection.execute(_FIND, {"who": who}).one()


def clear(connection: Connection, who: str) -> None:
    """Forget the tries of somebody who has signed in, or whose account was given to them anew."""
    connection.execute(_CLEAR, {"who": who})


def locked(until: datetime, now: datetime) -> TooManyRequests:
    """What is answered while an account is locked."""
    seconds = int((until - now).total_seconds()) + 1
    return TooManyRequests(
        f"There were too many tries. Wait {(seconds + 59) // 60} minutes, or have the account reset.",
        retry_after=seconds,
    )


_FIND = select(lock_out).where(lock_out.c.subject == bindparam("who")).with_for_update()
_WRITE = (
    update(lock_out)
    .where(lock_out.c.subject == bindparam("who"))
    .values(failures=bindparam("count"), failed_at=bindparam("at"), locked_until=bindparam("until"))
)
_CLEAR = delete(lock_out).where(lock_out.c.subject == bindparam("who"))
_FORGET = delete(lock_out).where(lock_out.c.failed_at < bindparam("before"))
