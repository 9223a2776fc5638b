"""Bring a database's schema to this release's, and say in words when it doesn't fit."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError, SAWarning

from engine.errors import Busy, SetupError
from engine.store.database import Database
from engine.store.row_security import protect

Result = TypeVar("Result")

_SCRIPTS = Path(__file__).parent / "migrations"


def upgrade(database: Database | str, revision: str = "head") -> str:
    """Run what is missing and return the revision reached.

    Raises:
        SetupError: when the database comes from a newer release, or can't be opened.
    """
    return _on(database, lambda connection: _upgrade(connection, revision))


def downgrade(database: Database | str, revision: str) -> None:
    """Take migrations back down to `revision` (`base` for all): for tests and for a failed upgrade."""
    _on(database, lambda connection: command.downgrade(_config(connection), revision))


def current(database: Database) -> str | None:
    """The revision that the database stands at; None when it is empty."""
    with database.read() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def newest() -> str:
    """The revision that this release needs."""
    return str(_scripts().get_current_head())


def require_current(database: Database) -> None:
    """Refuse, in a sentence, to work on a schema that isn't this release's."""
    try:
        found = current(database)
    except (DBAPIError, Busy) as error:
        raise SetupError(f"The database can't be opened: {_words(error)} Check EHC_DATABASE_URL.") from None
    head = newest()
    if found == head:
        return
    if found is None:
        raise SetupError("The database is empty. Run: ehc db upgrade")
    if _is_known(found):
        raise SetupError(f"The database stands at {found}; this release needs {head}. Run: ehc db upgrade")
    raise SetupError(_newer(found))


def new_revision(database: Database, message: str, identifier: str) -> None:
    """Write a migration from the difference between tables and database (for developers)."""
    _on(
        database,
        lambda connection: command.revision(
            _config(connection), message=message, rev_id=identifier, autogenerate=True
        ),
    )


def check(database: Database) -> None:
    """Fail when tables and migrations differ (Alembic's own view of it)."""
    _on(database, lambda connection: command.check(_config(connection)))


def _upgrade(connection: Connection, revision: str) -> str:
    context = MigrationContext.configure(connection)
    found = context.get_current_revision()
    if found is not None and not _is_known(found):
        raise SetupError(_newer(found))
    with warnings.catch_warnings():
        # Where a table is looked at, SQLAlchemy passes over indexes on expressions and says so: that they are
        # there in the end is tested, and whoever upgrades can do nothing about it.
        warnings.filterwarnings("ignore", "Skipped unsupported reflection", SAWarning)
        command.upgrade(_config(connection), revision)
    protect(connection)
    return context.get_current_revision() or "base"


def _on(database: Database | str, work: Callable[[Connection], Result]) -> Result:
    own = Database(database) if isinstance(database, str) else database
    try:
        with own.write() as connection:
            return work(connection)
    except (DBAPIError, Busy) as error:
        raise SetupError(
            f"The database can't be upgraded: {_words(error)} Check EHC_DATABASE_URL."
        ) from error
    finally:
        if isinstance(database, str):
            own.close()


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS))
    config.attributes["connection"] = connection
    return config


def _scripts() -> ScriptDirectory:
    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS))
    return ScriptDirectory.from_config(config)


def _is_known(revision: str) -> bool:
    return any(script.revision == revision for script in _scripts().walk_revisions())


def _newer(found: str) -> str:
    return (
        f"The database stands at {found}, which this release doesn't know: it was upgraded by a newer one."
        " Install that release, or restore the copy that was made before the upgrade."
    )


def _words(error: DBAPIError | Busy) -> str:
    """What the driver said, as one sentence for whoever looks after the installation."""
    cause = error.__cause__ if isinstance(error, Busy) else error
    said = " ".join(str(cause.orig if isinstance(cause, DBAPIError) else error).split())
    return said if said.endswith((".", "?")) else f"{said}."
