"""`ehc check`: the tables agree with the states, and the audit trail with itself."""

from __future__ import annotations

import sqlite3

import click

from cli.opening import opened
from engine.services.check import check as differences
from engine.services.health import BYPASSED, row_security_is_bypassed


@click.command()
def check() -> None:
    """Prove that tasks, timers and deadlines agree with the states. Exit code 1 on any difference.

    Example: ehc check
    """
    with opened() as engine:
        found = list(differences(engine))
        if engine.database.is_sqlite:
            click.echo(f"SQLite {sqlite3.sqlite_version}", err=True)
        if row_security_is_bypassed(engine):
            click.echo(f"Warning: {BYPASSED}", err=True)
    for difference in found:
        where = f"case {difference.case_key}"
        if difference.instance_key is not None:
            where += f", instance {difference.instance_key}"
        click.echo(f"{where}: {difference.problem}")
    if found:
        raise click.exceptions.Exit(1)
    click.echo("Everything agrees.")
