"""`ehc audit`: the trail of what happened, proved unbroken."""

from __future__ import annotations

import click

from cli.opening import opened
from engine.services.audit import audit_of_authority
from engine.services.audit.audit import Break
from engine.services.audit.audit import verify as breaks
from engine.services.audit.audit_of_authority import AuthorityBreak


@click.group()
def audit() -> None:
    """Verify the audit trail.

    Example: ehc audit verify
    """


@audit.command()
@click.option("--case", "case_key", type=int, help="Only this case.")
def verify(case_key: int | None) -> None:
    """Walk every chain of events from the stored bytes: of cases and authorities. Exit code 1 on any break.

    Example: ehc audit verify --case 12
    """
    with opened() as engine, engine.database.read() as connection:
        found = [f"case {broken.case_key}, {_place(broken)}" for broken in breaks(connection, case_key)]
        if case_key is None:
            of_authorities = audit_of_authority.verify(connection)
            found += [f"authority {broken.authority}, {_place(broken)}" for broken in of_authorities]
    for line in found:
        click.echo(line)
    if found:
        raise click.exceptions.Exit(1)
    click.echo("The audit trail is unbroken.")


def _place(broken: Break | AuthorityBreak) -> str:
    return f"event {broken.sequence}: {broken.problem}"
