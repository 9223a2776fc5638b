"""Who catches an error or an escalation: from the thrower's scope outwards, the innermost first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from engine.spiff.catching import Trigger
from engine.spiff.nodes import BoundarySplit
from engine.spiff.scope import Scope
from engine.spiff.tokens import STARTED, WAITING, Token


def find_catcher(thrower: Token, kind: type[Any], code: str | None, *, at_task: bool = False) -> Token | None:
    """The token that catches what a token throws; ``None`` if nobody does.

    In each scope its event sub-processes come first, then the boundary events of the activity that holds it.
    With ``at_task`` the thrower's own boundary events come before all. A matching code goes before a
    catch-all. A handler does not catch what it throws itself.
    """
    for candidates in _outwards(thrower, at_task):
        found = _best(candidates, kind, code)
        if found is not None:
            return found
    return None


def _outwards(thrower: Token, at_task: bool) -> Iterator[list[Token]]:
    if at_task:
        yield _beside(thrower)
    scope: Scope | None = thrower.workflow
    below: Token | None = None
    while scope is not None:
        yield _triggers(scope, below)
        below = scope.holder
        if below is None:
            return
        yield _beside(below)
        scope = below.workflow


def _triggers(scope: Scope, below: Token | None) -> list[Token]:
    """The triggers that wait in a scope, but not the one whose handler the throw comes out of."""
    handler = below.task_spec.name if below is not None else None
    return [
        token
        for token in scope.tasks.values()
        if isinstance(token.task_spec, Trigger) and handler not in token.task_spec._outputs
    ]


def _beside(activity: Token) -> list[Token]:
    """The boundary events of an activity, or of the multi-instance body that it is an iteration of."""
    parent = activity.parent
    if parent is not None and parent.state == STARTED:
        activity, parent = parent, parent.parent
    return activity.siblings() if parent is not None and isinstance(parent.task_spec, BoundarySplit) else []


def _best(candidates: Iterable[Token], kind: type[Any], code: str | None) -> Token | None:
    waiting = [
        token
        for token in sorted(candidates, key=lambda token: int(token.id))
        if token.state == WAITING and isinstance(token.task_spec.event_definition, kind)
    ]
    for wanted in (code, None):
        for token in waiting:
            if token.task_spec.event_definition.code == wanted:
                return token
    return None
