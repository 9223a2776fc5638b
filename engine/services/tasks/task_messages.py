"""Whoever is given a task by somebody else is told; what one takes oneself is no news.

A message waits a little before it goes, so that what is given to somebody in one go reaches them as one
message, and what is done or given away again meanwhile not at all (`messages.gathering`).
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from engine.services.messages.gathering import ASSIGNED
from engine.store.types import AnyRow

if TYPE_CHECKING:
    from engine.services.step import CaseStep

#: How long a message waits for others of the kind.
PAUSE = timedelta(minutes=5)
_TO_DO = "Sign in and do it, or give it back if it isn't yours to do."


def tell_assigned(step: CaseStep, task: AnyRow, member: int, called: str) -> None:
    """Let a member hear, in working hours, that a task was given to them.

    Args:
        task: as it was before: its key, name, due_on and version.
        called: the member's role and organisation, `role@organisation`.
    """
    if member == step.actor.membership_key:
        return
    due_on = None if task.due_on is None else task.due_on.isoformat()
    step.post(
        "task",
        reference=f"{ASSIGNED}:{task.key}:{task.version + 1}",
        recipient=called,
        membership_key=member,
        wording=ASSIGNED,
        subject=f"Case {step.case_key}: a task is yours",
        not_before=step.engine.working_hours.moment_from(step.now + PAUSE, step.calendar),
        body={
            "case": str(step.case_key),
            "task": str(task.key),
            "step": task.name,
            "dueOn": due_on,
            "whatToDo": _TO_DO,
            "link": f"/tasks/{task.key}",
        },
    )
