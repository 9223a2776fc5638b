"""How many requests may be made: a fixed number in each minute, per token and per address.

One process counts in its memory. Where several may serve one database (PostgreSQL), they count in a table
together, and each takes a few requests ahead, so that not every request is a query.
"""

from __future__ import annotations

import hashlib
import threading
from typing import NamedTuple

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert

from engine.clock import Clock
from engine.store.account_tables import rate_limit
from engine.store.database import Database

#: Seconds of a window.
WINDOW = 60
#: Requests that a process takes ahead where several count together.
_AHEAD = 10


class Policy(NamedTuple):
    """A limit: its name, and how many requests it allows in a window; None allows any number."""

    name: str
    quota: int | None
    #: Whether a process may take requests ahead; not where the quota is a handful.
    ahead: int = 1


class Allowance(NamedTuple):
    """What a limit leaves after this request."""

    policy: str
    quota: int
    remaining: int
    #: Seconds until the next window begins.
    reset: int
    allowed: bool


class RateLimits:
    """Counts the requests of one process, or of all that share a database."""

    def __init__(
        self, database: Database, clock: Clock, *, requests: int | None, sign_ins: int | None
    ) -> None:
        """`requests` a minute for each credential, `sign_ins` a minute for each address; None: any number."""
        self._database = database
        self._clock = clock
        self._policies = {
            "token": Policy("token", requests, ahead=_AHEAD),
            "sign-in": Policy("sign-in", sign_ins),
        }
        self._guard = threading.Lock()
        self._window = 0
        self._used: dict[tuple[str, str], int] = {}
        self._taken: dict[tuple[str, str], int] = {}

    def take(self, policy: str, subject: str) -> Allowance | None:
        """Count one request of a subject; None where this isn't limited."""
        rule = self._policies[policy]
        if rule.quota is None:
            return None
        now = int(self._clock.now().timestamp())
        window = now - now % WINDOW
        used = self._count(rule, subject, window)
        return Allowance(
            policy, rule.quota, max(rule.quota - used, 0), window + WINDOW - now, used <= rule.quota
        )

    def _count(self, rule: Policy, subject: str, window: int) -> int:
        """How many requests the subject has made in this window, this one included."""
        mine = (rule.name, subject)
        with self._guard:
            self._begin(window)
            used = self._used[mine] = self._used.get(mine, 0) + 1
            if self._database.is_sqlite or used <= self._taken.get(mine, 0):
                return used
        return self._count_together(rule, mine, window)

    def _count_together(self, rule: Policy, mine: tuple[str, str], window: int) -> int:
        """Take requests from what all processes share."""
        together = self._take_from_all(mine, window, rule.ahead)
        with self._guard:
            if window == self._window and together > self._taken.get(mine, 0):
                self._used[mine] = together - rule.ahead + 1
                self._taken[mine] = together
        return together - rule.ahead + 1

    def _begin(self, window: int) -> None:
        """Forget what was counted in another window."""
        if window != self._window:
            self._window = window
            self._used.clear()
            self._taken.clear()

    def _take_from_all(self, mine: tuple[str, str], window: int, number: int) -> int:
        subject = hashlib.sha256(":".join(mine).encode()).hexdigest()
        query = insert(rate_limit).values(subject=subject, starts=window, used=number)
        counted = query.on_conflict_do_update(
            index_elements=["subject", "starts"], set_={"used": rate_limit.c.used + number}
        ).returning(rate_limit.c.used)
        with self._database.write() as connection:
            used: int = connection.execute(counted).scalar_one()
            if used == number:  # the first of the subject in this window: clear away old ones now and then
                connection.execute(delete(rate_limit).where(rate_limit.c.starts < window - WINDOW))
        return used
