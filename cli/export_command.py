"""`ehc export`: all data of an authority, in a form that needs nothing of ours to be read."""

from __future__ import annotations

from pathlib import Path

import click

from cli.opening import opened, the_authority
from engine.errors import BadInput
from engine.services.audit import audit_of_authority
from engine.services.audit.audit import Actor, Event
from engine.services.records.export_authority import write_authority


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--authority", help="Its three-digit code, where there are several.")
def export(file: Path, authority: str | None) -> None:
    """Write all data of an authority to FILE, a ZIP that describes itself.

    Example: ehc export leaving.zip
    """
    if file.exists():
        raise BadInput(f"{file} exists already. Name another file.")
    with opened() as engine:
        code = the_authority(engine, authority)
        file.touch(mode=0o600)
        parts = write_authority(engine, code, file)
        with engine.database.write() as connection:
            audit_of_authority.record_by(
                connection, engine, code, Actor.clock(), Event.EXPORT_FETCHED, export=None
            )
    click.echo(f"{file} holds {len(parts)} parts; manifest.json lists their hashes.")
