"""`ehc diagrams templates`: write the element templates that Camunda Modeler finds beside the diagrams."""

from __future__ import annotations

from pathlib import Path

import click

from engine.definitions.folder import names_in
from engine.definitions.templates import as_text, element_templates

BESIDE = Path(".camunda/element-templates")
_KINDS = (".bpmn", ".dmn", ".form")


def write_templates(folder: Path) -> list[Path]:
    """Generate the templates for the diagrams of a folder and write them where the Modeler looks.

    Returns:
        The files, in alphabetical order.
    """
    files = {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if path.suffix in _KINDS}
    target = folder / BESIDE
    target.mkdir(parents=True, exist_ok=True)
    written = []
    for name, templates in sorted(element_templates(names_in(files)).items()):
        (target / name).write_text(as_text(templates), "utf-8")
        written.append(target / name)
    return written


@click.command()
@click.argument(
    "folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=Path("bpmn"),
    required=False,
)
def templates(folder: Path) -> None:
    """Write the element templates for the diagrams in FOLDER (default: bpmn).

    Run it after adding a rule, agency, notice, form, process or decision. Open diagrams show the new
    choices as soon as the Modeler's window has the focus again.

    Example: ehc diagrams templates
    """
    for path in write_templates(folder):
        click.echo(str(path))
