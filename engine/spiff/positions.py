"""Where the tokens of an instance stand, for whoever moves them or carries them to another version."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from engine.spiff.catching import BoundaryEvent
from engine.spiff.events import due_of
from engine.spiff.gateways import CAME_BY
from engine.spiff.loops import Body
from engine.spiff.names import MADE
from engine.spiff.tokens import Token
from engine.spiff.variables import LOOP

if TYPE_CHECKING:
    from engine.spiff.running import Running

EACH = f"{MADE}each"
"""End of the name of what one iteration of a multi-instance activity runs."""
SPLIT = f"{MADE}split"
"""End of the name of what holds an activity and the events beside it together."""


@dataclass(frozen=True)
class Position:
    """One open token.

    Attributes:
        scope: the token of the sub-process or call that it stands in; ``None`` directly in the process.
        parent: the token of the multi-instance activity of which this is an iteration.
        counter: number of the iteration, the first being 1.
        beside: it only waits at the boundary of an activity, or for an event sub-process.
        came_by: the element from which it came to the join at which it waits.
        due_at: the instant of its timer.
    """

    token: int
    element_id: str
    process_id: str
    name: str
    kind: str
    scope: int | None = None
    parent: int | None = None
    counter: int | None = None
    beside: bool = False
    came_by: str = ""
    due_at: datetime | None = None
    rule: str = ""
    occurrence: str = ""


def positions_of(running: Running) -> list[Position]:
    """The open tokens of all scopes, the oldest first; those of our own making are left out."""
    tokens = (token for token in running.all_tokens() if token.is_open)
    return [_position(token) for token in tokens if token.task_spec.info is not None]


def is_iteration(token: Token) -> bool:
    """Whether it is one iteration of a multi-instance activity or loop."""
    parent = token.parent
    return parent is not None and isinstance(parent.task_spec, Body)


def _position(token: Token) -> Position:
    spec: Any = token.task_spec
    holder, parent = token.workflow.holder, token.parent
    return Position(
        token=int(token.id),
        element_id=spec.element_id,
        process_id=token.workflow.process_id,
        name=spec.info.name or spec.element_id,
        kind=spec.info.kind,
        scope=None if holder is None else int(holder.id),
        parent=int(parent.id) if is_iteration(token) else None,
        counter=token.internal_data.get(LOOP, {}).get("loopCounter") if is_iteration(token) else None,
        beside=isinstance(spec, BoundaryEvent),
        came_by=str(token.internal_data.get(CAME_BY, "")).partition(MADE)[0],
        due_at=due_of(token),
        rule=spec.info.rule,
        occurrence=(spec.occurrence_of(token) or "") if spec.info.rule else "",
    )
