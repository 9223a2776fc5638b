"""The amendments that a letter proposes: what the draft changes in the plan, section by section (reg 22(2)).

They come from the versions of the plan, never through the variables of a process.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.plans.comparing import SectionChange, compare
from engine.services.plan_rows import plan_of
from engine.services.plan_versions import current_version, open_draft

if TYPE_CHECKING:
    from engine.services.step import CaseStep


def amendments_of(step: CaseStep) -> list[dict[str, Any]]:
    """The sections that the draft changes, each with the lines that go and those that come."""
    plan = plan_of(step)
    draft = open_draft(step, plan) if plan is not None else None
    if plan is None or draft is None:
        return []
    changes = compare(current_version(step, plan).sections, draft.sections)
    return [_shown(change) for change in changes if change.change != "same"]


def _shown(change: SectionChange) -> dict[str, Any]:
    return {
        "section": change.letter,
        "title": change.title,
        "removed": [line.text for line in change.lines if line.mark == "removed"],
        "added": [line.text for line in change.lines if line.mark == "added"],
    }
