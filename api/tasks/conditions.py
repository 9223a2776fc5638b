"""Conditions on tasks as they were sent, for a query and for a saved filter alike."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.services.tasks.task_conditions import Conditions


def conditions(sent: Mapping[str, Any]) -> Conditions:
    """What was asked for; `state` may name several states."""
    values = dict(sent)
    return Conditions(states=tuple(values.pop("state", ())), **values)
