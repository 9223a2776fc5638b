"""`ehc messages`: which messages colleagues get, and what each says with sample values."""

from __future__ import annotations

import sys
from pathlib import Path

import click
import msgspec

from cli.opening import opened, the_authority
from engine.application import Engine
from engine.services.messages import message_templates as service
from engine.services.processes.views_of_templates import TriedMessageView


@click.group()
def messages() -> None:
    """See the messages that alerts, digests, notices and tasks bring.

    Example: ehc messages preview nearing
    """


@messages.command("list")
@click.option("--authority", help="Three-digit code, where the database holds several.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def list_messages(authority: str | None, form: str) -> None:
    """List the messages: what each is, and where its template comes from.

    Example: ehc messages list
    """
    with opened() as engine:
        found = service.templates_of(engine, the_authority(engine, authority))
    if form == "json":
        sys.stdout.write(msgspec.json.format(msgspec.json.encode(found), indent=2).decode() + "\n")
        return
    for each in found:
        origin = each.origin if each.deployment_key is None else f"deployment {each.deployment_key}"
        click.echo(f"{each.name:24}{each.kind:8}{each.version:14}{origin}")


@messages.command()
@click.argument("name", metavar="NAME")
@click.option("--authority", help="Three-digit code, where the database holds several.")
@click.option(
    "--file",
    "source",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Try this template instead of the one that stands; nothing is kept.",
)
def preview(name: str, authority: str | None, source: Path | None) -> None:
    """Write a message with sample values.

    Exit code 1 where something would stop it, which is said with the line and what to do.

    Example: ehc messages preview nearing --file nearing.txt
    """
    with opened() as engine:
        tried = _tried(engine, the_authority(engine, authority), name, source)
    for finding in tried.findings:
        place = f", {finding.element}" if finding.element else ""
        click.echo(f"{finding.file}{place}: {finding.message} {finding.remedy}", err=True)
    if not tried.acceptable:
        raise click.exceptions.Exit(1)
    click.echo(f"Subject: {tried.subject}\n\n{tried.text}", nl=False)


def _tried(engine: Engine, authority: str, name: str, source: Path | None) -> TriedMessageView:
    if source is None:
        return service.preview_of(engine, authority, name)
    return service.trial(name, source.read_text(encoding="utf-8", errors="replace"))
