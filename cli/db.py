"""`ehc db`: the schema of the database."""

from __future__ import annotations

import click

from engine.config import Settings
from engine.store.database import Database
from engine.store.migrate import current, require_current
from engine.store.migrate import upgrade as bring_up


@click.group()
def db() -> None:
    """Create and upgrade the database that EHC_DATABASE_URL names.

    Example: ehc db upgrade
    """


@db.command()
def upgrade() -> None:
    """Bring the schema to this release's; does nothing where it is there already.

    Example: EHC_DATABASE_URL=postgresql://ehc@localhost/ehc ehc db upgrade
    """
    settings = Settings.from_environment()
    click.echo(f"{settings.described()['database_url']} stands at {bring_up(settings.database_url)}.")


@db.command()
def show() -> None:
    """Say where the database is and whether its schema fits.

    Example: ehc db show
    """
    settings = Settings.from_environment()
    database = Database(settings.database_url)
    try:
        click.echo(f"{settings.described()['database_url']} stands at {current(database) or 'nothing yet'}.")
        require_current(database)
    finally:
        database.close()
