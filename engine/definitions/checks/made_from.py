"""Element templates that elements say they were made from."""

from __future__ import annotations

from collections.abc import Iterator

from engine.definitions.diagram import Drawn
from engine.definitions.known import Known
from engine.definitions.remarks import Remark, called, error, nearest

OURS = "ehc."


def known_template(drawn: Drawn, known: Known) -> Iterator[Remark]:
    """A template of ours exists in that version; else the Modeler shows no fields for the element."""
    template = drawn.template
    if template is None or not template.id.startswith(OURS):
        return
    versions = known.templates.get(template.id)
    if versions is None:
        yield error(
            "unknown-template",
            f"{called(drawn.info)} is made from the element template “{template.id}”, which doesn't exist.",
            nearest(template.id, known.templates, f"Use one of: {', '.join(known.templates)}."),
        )
    elif template.version not in {str(version) for version in versions}:
        there = ", ".join(str(version) for version in versions)
        yield error(
            "unknown-template-version",
            f"{called(drawn.info)} is made from version {template.version or '?'} of {template.id}; there is "
            f"{there}.",
            "Choose “Update” at the template in the Modeler, or take the template off.",
        )
