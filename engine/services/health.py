"""Whether the service can do its work now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from engine.errors import EhcError
from engine.store.migrate import require_current

if TYPE_CHECKING:
    from engine.application import Engine


def readiness(engine: Engine) -> list[str]:
    """What stands in the way; an empty list means ready."""
    try:
        with engine.database.read() as connection:
            connection.execute(text("SELECT 1"))
        require_current(engine.database)
    except EhcError as problem:
        return [problem.message]
    except SQLAlchemyError:
        return ["The database doesn't answer."]
    return []
