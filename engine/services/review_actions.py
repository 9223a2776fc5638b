"""What `ehc:review` does for a diagram: each action takes a review of the plan further within the step."""

from __future__ import annotations

from engine.services.plan_actions import Action

#: Name -> action; the vocabulary lists the same names, with what they give back.
REVIEW_ACTIONS: dict[str, Action] = {}
