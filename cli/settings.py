"""`ehc settings`: schools and other settings, from the national register."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

import click

from cli.opening import opened, the_authority
from engine.services.imports.settings_register import ENCODING, import_settings

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def settings() -> None:
    """Read the national register of settings.

    Example: ehc settings import edubasealldata20261102.csv --dry-run
    """


@settings.command("import")
@click.argument("file", type=_FILE)
@click.option("--links", type=_FILE, help="The register's file of links, for successors.")
@click.option("--dry-run", is_flag=True, help="Only say what would be done.")
@click.option("--authority", help="Three-digit code, where the database holds several.")
def import_file(file: Path, links: Path | None, dry_run: bool, authority: str | None) -> None:
    """Read edubasealldata CSV; list each row that is new, changed or refused. Exit code 1 on a refused one.

    Example: ehc settings import edubasealldata20261102.csv --links links_edubasealldata20261102.csv
    """
    with opened() as engine, ExitStack() as files:
        register = files.enter_context(file.open(encoding=ENCODING, newline=""))
        linked = files.enter_context(links.open(encoding=ENCODING, newline="")) if links else None
        of = the_authority(engine, authority)
        report = import_settings(engine, of, register, linked, dry_run=dry_run)
    for row in report.rows:
        click.echo(f"line {row.line}: {row.urn} {row.outcome}: {row.details}")
    click.echo(
        f"{'Would be' if dry_run else 'Done'}: {report.added} added, {report.changed} changed,"
        f" {report.same} the same, {report.refused} refused."
    )
    if report.refused:
        raise click.exceptions.Exit(1)
