"""Whether the service can do its work now."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from engine.errors import EhcError
from engine.services.figures import overdue_timer_age, undelivered
from engine.services.views import View
from engine.store.migrate import require_current
from engine.store.row_security import is_bypassed

if TYPE_CHECKING:
    from engine.application import Engine

#: A scheduler that looked for what is due longer ago than this stands still (it looks every minute).
HEARTBEAT_WITHIN = timedelta(seconds=120)
#: Timers that should have fired longer ago than this say that nobody fires them.
OVERDUE_WITHIN = timedelta(minutes=15)


#: What to do where PostgreSQL doesn't keep authorities apart behind the application's own checks.
BYPASSED = (
    "The database's role is a superuser or has BYPASSRLS, so row-level security doesn't apply to it."
    " Let the service sign in with a role of its own (docs/operators.md)."
)


class Checks(View):
    """What was looked at. Seconds; None where there is nothing to measure."""

    database: str
    #: "ok"; "bypassed", which stops nothing but should be mended; or "none": SQLite has nothing of the kind.
    row_security: str
    migrations: str
    scheduler: str
    scheduler_heartbeat_seconds: float | None
    oldest_overdue_timer_seconds: float | None
    #: Messages of no case that failed; nothing stops because of them, but an administrator should look.
    undelivered_messages: int | None
    #: The program that makes PDFs of letters, with its version; None: this machine has none, and letters are
    #: HTML alone. Nothing stops because of it.
    pdf_maker: str | None


class Readiness(View):
    """How the service stands; `reasons` says what is in the way, and is empty when nothing is."""

    reasons: list[str]
    checks: Checks


def readiness(engine: Engine, heartbeat: datetime | None = None) -> Readiness:
    """Look at everything that the service needs.

    Args:
        heartbeat: when this process's scheduler last looked for what is due; None where it runs elsewhere.
    """
    reasons: list[str] = []
    database, migrations, guard, overdue, lost = "unknown", "unknown", "unknown", None, None
    try:
        with engine.database.read() as connection:
            connection.execute(text("SELECT 1"))
        database = "ok"
        migrations = "behind"
        require_current(engine.database)
        migrations = "ok"
        overdue, lost = overdue_timer_age(engine), undelivered(engine)
        guard = row_security(engine)
    except EhcError as problem:
        reasons.append(problem.message)
    except SQLAlchemyError:
        reasons.append("The database doesn't answer.")
    beat = None if heartbeat is None else (engine.clock.now() - heartbeat).total_seconds()
    reasons += _late(beat, overdue)
    checks = Checks(
        database=database if database == "ok" else "away",
        row_security=guard,
        migrations=migrations,
        scheduler=_state_of(beat),
        scheduler_heartbeat_seconds=beat,
        oldest_overdue_timer_seconds=overdue,
        undelivered_messages=lost,
        pdf_maker=maker.name if (maker := engine.letter_maker.maker) else None,
    )
    return Readiness(reasons=reasons, checks=checks)


def row_security(engine: Engine) -> str:
    """Whether PostgreSQL keeps authorities apart behind the application's own checks."""
    if engine.database.is_sqlite:
        return "none"
    return "bypassed" if row_security_is_bypassed(engine) else "ok"


def row_security_is_bypassed(engine: Engine) -> bool:
    """Whether the service's role sees all rows whatever the policies say."""
    with engine.database.read() as connection:
        return is_bypassed(connection)


def _state_of(beat: float | None) -> str:
    if beat is None:
        return "elsewhere"
    return "ok" if beat <= HEARTBEAT_WITHIN.total_seconds() else "still"


def _late(beat: float | None, overdue: float | None) -> list[str]:
    reasons = []
    if _state_of(beat) == "still":
        reasons.append(f"The scheduler hasn't looked for what is due for {beat:.0f} seconds.")
    if overdue is not None and overdue > OVERDUE_WITHIN.total_seconds():
        reasons.append(f"A timer should have fired {overdue:.0f} seconds ago.")
    return reasons
