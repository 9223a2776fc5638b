"""The amendments that a letter proposes: what the draft changes in the plan, section by section (reg 22(2)).

They come from the versions of the plan, never through the variables of a process.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.definitions import vocabulary
from engine.letters import in_words
from engine.plans.comparing import SectionChange, compare
from engine.services.days import as_day
from engine.services.plans.plan_rows import plan_of
from engine.services.plans.plan_versions import current_version, open_draft

if TYPE_CHECKING:
    from engine.services.step import CaseStep


def amendments_of(step: CaseStep) -> list[dict[str, Any]]:
    """The sections that the draft changes, each with the lines that go and those that come."""
    plan = plan_of(step)
    draft = open_draft(step, plan) if plan is not None else None
    if plan is None or draft is None:
        return []
    before = current_version(step, plan).sections
    changes = compare(before, draft.sections)
    shown = [_shown(change) for change in changes if change.change != "same"]
    known = before.get("K", {}).get("advice", [])
    new = [entry for entry in draft.sections.get("K", {}).get("advice", []) if entry not in known]
    return [{**each, **_new_advice(new)} if each["section"] == "K" else each for each in shown]


def _new_advice(advice: list[dict[str, Any]]) -> dict[str, list[str]]:
    """Section K as people read it: whose advice the amended plan rests on too, without codes."""
    return {"removed": [], "added": [_adviser(entry) for entry in advice]}


def _adviser(entry: dict[str, Any]) -> str:
    code = str(entry["adviser"])
    setting = "School, college or other setting"
    name = setting if code.startswith("urn:") else vocabulary().agencies.get(code, code.replace("_", " "))
    said = f"{name[:1].upper()}{name[1:]}"
    on = entry.get("on")
    try:
        day = as_day(on)
    except ValueError:
        return f"{said}, {on}"  # a plan from elsewhere may say it in words of its own
    return said if day is None else f"{said}, {in_words(day)}"


def _shown(change: SectionChange) -> dict[str, Any]:
    return {
        "section": change.letter,
        "title": change.title,
        "removed": [line.text for line in change.lines if line.mark == "removed"],
        "added": [line.text for line in change.lines if line.mark == "added"],
    }
