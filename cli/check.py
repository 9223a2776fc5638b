"""`ehc check`: the tables agree with the states, and the audit trail with itself."""

from __future__ import annotations

import sqlite3

import click

from cli.escalations import gap_in_words
from cli.opening import opened
from engine.services.check import check as differences
from engine.services.escalations.gaps import gaps
from engine.services.health import BYPASSED, row_security_is_bypassed
from engine.services.tasks.arrivals import authorities


@click.command()
def check() -> None:
    """Prove that tasks, timers and deadlines agree with the states. Exit code 1 on any difference.

    Warns of roles that the ladder of escalations names and nobody holds (see: ehc escalations gaps).

    Example: ehc check
    """
    with opened() as engine:
        found = list(differences(engine))
        if engine.database.is_sqlite:
            click.echo(f"SQLite {sqlite3.sqlite_version}", err=True)
        if row_security_is_bypassed(engine):
            click.echo(f"Warning: {BYPASSED}", err=True)
        for authority in authorities(engine):
            for gap in gaps(engine, authority):
                click.echo(f"Warning: {gap_in_words(gap)}", err=True)
    for difference in found:
        where = f"case {difference.case_key}"
        if difference.instance_key is not None:
            where += f", instance {difference.instance_key}"
        click.echo(f"{where}: {difference.problem}")
    if found:
        raise click.exceptions.Exit(1)
    click.echo("Everything agrees.")
