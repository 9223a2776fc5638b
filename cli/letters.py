"""`ehc letters`: which letters there are, and what each would say, before anybody is sent one."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

import click
import msgspec

from cli.opening import opened, the_authority
from engine.application import Engine
from engine.letters import READERS, SUFFIX, read_folder
from engine.services.notices import letter_previews as service
from engine.services.notices.letter_templates import NOTICES
from engine.services.notices.notice_templates import letter_kind, templates_of
from engine.services.processes.views_of_templates import NoticeTemplateView

_AUTHORITY = click.option("--authority", help="Three-digit code, where the database holds several.")


@click.group()
def letters() -> None:
    """See the letters that families get, with an invented child.

    Example: ehc letters preview refusal_to_assess --pdf -o sample.pdf
    """


@letters.command("list")
@_AUTHORITY
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def list_letters(authority: str | None, form: str) -> None:
    """List the letters: where each template comes from, and what would stop it.

    Example: ehc letters list
    """
    with opened() as engine:
        found = templates_of(engine, the_authority(engine, authority))
    if form == "json":
        sys.stdout.write(msgspec.json.format(msgspec.json.encode(found), indent=2).decode() + "\n")
        return
    for each in found:
        click.echo(_line(each))
        for problem in each.problems:
            click.echo(f"    {problem.message} {problem.remedy}")


@letters.command()
@click.argument("kind", metavar="KIND")
@_AUTHORITY
@click.option("--reader", type=click.Choice(list(READERS)), default="parent", show_default=True)
@click.option(
    "--folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Try the templates of this folder before those that stand; nothing is kept.",
)
@click.option("--pdf", is_flag=True, help="As it would be on paper; needs -o.")
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="The file to write.")
def preview(
    kind: str, authority: str | None, reader: str, folder: Path | None, pdf: bool, output: Path | None
) -> None:
    """Write a letter as it would be sent today, about an invented child and marked as a sample.

    Exit code 1 where something would stop it, which is said with the line and what to do.

    Example: ehc letters preview refusal_to_assess --folder bpmn -o sample.html
    """
    if pdf and output is None:
        raise click.UsageError("Say with -o where the PDF goes.")
    with opened() as engine:
        page = _page(engine, the_authority(engine, authority), kind, reader, folder)
        if page is None:
            raise click.exceptions.Exit(1)
        content = service.as_pdf(engine, page) if pdf else page.encode()
    if output is None:
        sys.stdout.write(page)
    else:
        output.write_bytes(content)
        click.echo(f"Written to {output}.")


def _page(engine: Engine, authority: str, kind: str, reader: str, folder: Path | None) -> str | None:
    """The letter; None after saying what stops it."""
    found = letter_kind(kind)
    if folder is None:
        return service.preview_of(engine, authority, found, reader)
    files = _templates_in(folder)
    tried = service.attempt_for(engine, authority, found, files, reader)
    for finding in tried.findings:
        place = f", {finding.element}" if finding.element else ""
        click.echo(f"{finding.file}{place}: {finding.message} {finding.remedy}", err=True)
    return tried.html


def _templates_in(folder: Path) -> Mapping[str, str]:
    """The templates of a folder, or of its folder of letters, as beside the diagrams.

    Raises:
        click.UsageError: there is none.
    """
    files = read_folder(folder) or read_folder(folder / NOTICES)
    if not files:
        raise click.UsageError(f"There is no template ({SUFFIX}) in {folder}.")
    return files


def _line(each: NoticeTemplateView) -> str:
    origin = each.origin if each.deployment_key is None else f"deployment {each.deployment_key}"
    pack = ", carries the appeal pack" if each.appealable else ""
    return f"{each.kind:28}{each.version:14}{origin:16}{each.title}{pack}"
