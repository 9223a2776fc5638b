"""`ehc deploy`: files become the newest version of their processes."""

from __future__ import annotations

from pathlib import Path

import click

from cli.opening import opened, the_authority
from engine.services.definitions import LARGEST_FILE, Deployment, DeploymentRefused
from engine.services.definitions import deploy as deploy_files


@click.command()
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option("--dry-run", is_flag=True, help="Check everything, keep nothing.")
@click.option("--authority", help="Three-digit code, where the database holds several.")
def deploy(files: tuple[Path, ...], dry_run: bool, authority: str | None) -> None:
    """Deploy diagrams, decision tables and forms as one version.

    Files of the last deployment that aren't named are taken over. Running cases stay on their version.

    Example: ehc deploy bpmn/*.bpmn bpmn/*.dmn bpmn/*.form
    """
    given = {path.name: _read(path) for path in files}
    with opened() as engine:
        try:
            made = deploy_files(
                engine, the_authority(engine, authority), given, by="command line", dry_run=dry_run
            )
        except DeploymentRefused as refused:
            for finding in refused.findings:
                click.echo(f"{finding.severity}: {finding}", err=True)
            raise click.exceptions.Exit(1) from None
    for finding in made.findings:
        click.echo(f"{finding.severity}: {finding}", err=True)
    _say(made, dry_run=dry_run)


def _read(path: Path) -> bytes:
    if path.stat().st_size > LARGEST_FILE:
        size, most = path.stat().st_size // 1_000_000, LARGEST_FILE // 1_000_000
        raise click.ClickException(f"{path} has {size} MB; a file may have {most} MB.")
    return path.read_bytes()


def _say(made: Deployment, *, dry_run: bool) -> None:
    digest, processes = made.digest[:12], ", ".join(sorted(made.processes))
    if dry_run:
        click.echo(f"This could be deployed ({digest}). Nothing was kept.")
    elif not made.processes:
        click.echo(f"Nothing to do: this content is deployed already ({digest}).")
    else:
        click.echo(f"Deployed {digest}{'' if made.is_new else ' again'}: {processes}.")
