"""`ehc diagrams`: draw diagrams, and write the element templates that the Modeler shows."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from cli import modelling_tools
from cli.main import LazyGroup
from engine.errors import BadInput

COMMANDS = {
    "render": ("cli.diagrams:render", "Draw each diagram as SVG and PNG."),
    "templates": ("cli.templates:templates", "Write the element templates beside the diagrams."),
}


@click.group(cls=LazyGroup, targets=COMMANDS)
def diagrams() -> None:
    """Draw diagrams and generate the modeler's templates.

    Example: ehc diagrams render
    """


@click.command()
@click.argument("files", nargs=-1, type=click.Path(exists=True, path_type=Path), metavar="[FILE...]")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("docs/diagrams"),
    show_default=True,
    help="Folder for the pictures; made if it isn't there.",
)
def render(files: Sequence[Path], out: Path) -> None:
    """Draw each diagram as SVG and PNG, as bpmn-js shows it.

    A folder stands for all diagrams in it. Without FILE: all of bpmn.

    Example: ehc diagrams render bpmn/request_to_plan.bpmn --out build
    """
    pictures = modelling_tools.answers("render.mjs", out, *_diagrams(files or [Path("bpmn")]))
    for picture in pictures:
        for warning in picture.get("warnings", ()):
            click.echo(f"{picture['file']}: {warning}", err=True)
        if "svg" in picture:
            click.echo(f"{picture['svg']} {picture['png']}")
    refused = [f"{each['file']} can't be drawn: {each['error']}." for each in pictures if "error" in each]
    if refused:
        raise BadInput(" ".join(refused))


def _diagrams(paths: Sequence[Path]) -> list[Path]:
    found: list[Path] = []
    for path in paths:
        found += sorted(path.glob("*.bpmn")) if path.is_dir() else [path]
    other = next((path for path in found if path.suffix != ".bpmn"), None)
    if other is not None:
        raise BadInput(f"{other} isn't a diagram: only .bpmn files can be drawn.")
    if not found:
        raise BadInput(f"There is no diagram in {', '.join(map(str, paths))}. Name a .bpmn file.")
    return found
