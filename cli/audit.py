"""`ehc audit`: the trail of what happened, proved unbroken."""

from __future__ import annotations

import click

from cli.opening import opened
from engine.services.audit import verify as breaks


@click.group()
def audit() -> None:
    """Verify the audit trail.

    Example: ehc audit verify
    """


@audit.command()
@click.option("--case", "case_key", type=int, help="Only this case.")
def verify(case_key: int | None) -> None:
    """Walk every case's chain of events from the stored bytes. Exit code 1 on any break.

    Example: ehc audit verify --case 12
    """
    with opened() as engine, engine.database.read() as connection:
        found = list(breaks(connection, case_key))
    for broken in found:
        click.echo(f"case {broken.case_key}, event {broken.sequence}: {broken.problem}")
    if found:
        raise click.exceptions.Exit(1)
    click.echo("The audit trail is unbroken.")
