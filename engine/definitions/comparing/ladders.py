"""What another ladder of escalations changes: who is told no longer, later, earlier, or in other words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, cast

from engine.definitions.comparing.changes import Change
from engine.definitions.comparing.losses import Loss
from engine.ladder import DECISION, FILE, Difference, LadderRefused, differences, read_ladder

Sort = Literal["added", "removed", "changed"]


def ladder_changes(before: Mapping[str, bytes], after: Mapping[str, bytes]) -> list[Change]:
    """How the ladder changes, losses included."""
    return [
        Change(FILE, "", each.element or DECISION, cast(Sort, each.sort), each.text)
        for each in _between(before, after)
    ]


def ladder_losses(before: Mapping[str, bytes], after: Mapping[str, bytes]) -> list[Loss]:
    """Who would be told no longer, or later than now."""
    return [
        Loss(each.id, FILE, "", each.element or DECISION, "ladder-lost", each.text)
        for each in _between(before, after)
        if each.id
    ]


def _between(before: Mapping[str, bytes], after: Mapping[str, bytes]) -> list[Difference]:
    """The differences; none where one of the two isn't there, or can't be read: the checks say why."""
    if FILE not in before or FILE not in after or before[FILE] == after[FILE]:
        return []
    try:
        return differences(read_ladder(before[FILE]), read_ladder(after[FILE]))
    except LadderRefused:
        return []
