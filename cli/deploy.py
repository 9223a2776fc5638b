"""`ehc deploy`: files become the newest version of their processes."""

from __future__ import annotations

from pathlib import Path

import click

from cli.opening import opened, the_authority
from engine.services.processes.definitions import LARGEST_FILE, Deployer, Deployment, DeploymentRefused
from engine.services.processes.definitions import deploy as deploy_files
from engine.services.processes.deployments import examined
from engine.services.processes.views_of_control import DeploymentCheck


@click.command()
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option("--dry-run", is_flag=True, help="Check and compare everything, keep nothing.")
@click.option("--reason", help="Why: kept with the deployment.")
@click.option("--accept-loss", multiple=True, metavar="ID", help="A loss that is meant; needs --reason.")
@click.option("--authority", help="Three-digit code, where the database holds several.")
def deploy(
    files: tuple[Path, ...],
    dry_run: bool,
    reason: str | None,
    accept_loss: tuple[str, ...],
    authority: str | None,
) -> None:
    """Deploy diagrams, decision tables and forms as one version.

    Files of the last deployment that aren't named are taken over. Running cases stay on their version. What
    would be lost against what is deployed (limits, event sub-processes, escalations) is refused unless it is
    accepted by its id, with a reason.

    Example: ehc deploy bpmn/*.bpmn bpmn/*.dmn bpmn/*.form
    """
    if accept_loss and not (reason or "").strip():
        raise click.UsageError("Say with --reason why the loss is meant.")
    given = {path.name: _read(path) for path in files}
    with opened() as engine:
        code = the_authority(engine, authority)
        would = examined(engine, code, given)
        try:
            deployer = Deployer("command line", reason=reason, accepted=accept_loss)
            made = deploy_files(engine, code, given, by=deployer, dry_run=dry_run)
        except DeploymentRefused as refused:
            for finding in refused.findings:
                click.echo(f"{finding.severity}: {finding}", err=True)
            raise click.exceptions.Exit(1) from None
    for finding in made.findings:
        click.echo(f"{finding.severity}: {finding}", err=True)
    _compare(would, dry_run=dry_run)
    _say(made, dry_run=dry_run)


def _read(path: Path) -> bytes:
    if path.stat().st_size > LARGEST_FILE:
        size, most = path.stat().st_size // 1_000_000, LARGEST_FILE // 1_000_000
        raise click.ClickException(f"{path} has {size} MB; a file may have {most} MB.")
    return path.read_bytes()


def _compare(would: DeploymentCheck, *, dry_run: bool) -> None:
    """What is different from what is deployed, in words; nothing where nothing was deployed before."""
    if all(each.change == "new" for each in would.files):
        return
    for change in would.changes:
        click.echo(f"{change.file}: {change.text}")
    for process in would.processes:
        if process.active_instances and process.change != "unchanged":
            number = process.active_instances
            many = "instances stay" if number > 1 else "instance stays"
            click.echo(f"{process.process_definition_id}: {number} running {many} on an earlier version.")
    if dry_run:
        for loss in would.losses:
            click.echo(f"lost: {loss.text} {loss.remedy} Its id: {loss.id}", err=True)


def _say(made: Deployment, *, dry_run: bool) -> None:
    digest, processes = made.digest[:12], ", ".join(sorted(made.processes))
    if dry_run:
        click.echo(f"This could be deployed ({digest}). Nothing was kept.")
    elif not made.processes:
        click.echo(f"Nothing to do: this content is deployed already ({digest}).")
    else:
        click.echo(f"Deployed {digest}{'' if made.is_new else ' again'}: {processes}.")
