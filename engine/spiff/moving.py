"""Moving tokens by hand: taking one away, or starting one before or after an element.

All moves of a request are made before anything runs on, so that a scope is not done between two of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from engine.feel import freeze
from engine.spiff.catching import BoundaryEvent
from engine.spiff.compensation import Compensating
from engine.spiff.failures import MoveRefused
from engine.spiff.gateways import Choice, EventBasedGateway, Join
from engine.spiff.loops import Body, MultiInstance, ParallelMultiInstance
from engine.spiff.nodes import BoundarySplit
from engine.spiff.positions import SPLIT, is_iteration
from engine.spiff.scope import Scope
from engine.spiff.tokens import FUTURE, READY, STARTED, WAITING, Token
from engine.spiff.variables import write

if TYPE_CHECKING:
    from engine.spiff.running import Running

MoveKind = Literal["cancel", "start_before", "start_after"]


class _Nothing:
    """Stands for an item that was not given: null is one."""


NO_ITEM = _Nothing()


@dataclass(frozen=True)
class Move:
    """One thing to do to the tokens of an instance.

    Attributes:
        element_id: where; ``process_id`` is the process that holds it, empty for the instance's own.
        token: for ``cancel``, the one token that is meant; else all at the element.
        scope: the token of the sub-process or call in which to start, where several are open.
        variables: set before the token starts.
        item: for a multi-instance activity that is under way: one more iteration, for this item.
    """

    kind: MoveKind
    element_id: str
    process_id: str = ""
    token: int | None = None
    scope: int | None = None
    variables: Mapping[str, object] = field(default_factory=dict)
    item: object = NO_ITEM


def make_moves(running: Running, moves: Sequence[Move]) -> None:
    """Make all moves, and close the scopes that they leave empty; nothing runs on yet.

    Raises:
        MoveRefused: one of them can't be made; throw the instance away.
        StepFailed: what a started element works out at once fails.
    """
    for move in moves:
        _MOVES[move.kind](running, move)
    close_what_is_done(running)


def close_what_is_done(running: Running) -> None:
    """Let scopes that hold nothing any more come to their end, the innermost first."""
    for scope in sorted(running.subprocesses.values(), key=lambda each: -each.depth):
        if scope.is_done and not scope.completed:
            scope.finish()


def take_away(token: Token) -> None:
    """Cancel a token with what hangs on it, and what waits beside its activity."""
    parent = token.parent
    is_held = parent is not None and isinstance(parent.task_spec, BoundarySplit)
    if is_held and not isinstance(token.task_spec, BoundaryEvent):
        for sibling in token.siblings():
            if sibling.state == WAITING:
                sibling.cancel()
    token.cancel()
    if parent is not None and parent.state == STARTED:
        _go_on_without(parent, token)


def start_at(scope: Scope, element_id: str) -> Token:
    """A token that comes to an element, with the events that wait beside it."""
    specs = scope.spec.task_specs
    spec = specs.get(element_id + SPLIT) or specs[element_id]
    child = scope.task_tree._add_child(spec, FUTURE)
    spec._update(child)
    return child


def _cancel(running: Running, move: Move) -> None:
    process_id = move.process_id or running.process_id
    here = [
        token
        for token in running.all_tokens()
        if token.is_open and token.task_spec.element_id == move.element_id
        if token.workflow.process_id == process_id and move.token in (None, token.id)
    ]
    if not here:
        raise MoveRefused(
            move.element_id,
            f"No token stands at “{move.element_id}” of {process_id}"
            + (f" with the number {move.token}." if move.token is not None else "."),
            "Read where the instance stands, and name an element from that list.",
        )
    whole = here if move.token is not None else [token for token in here if not is_iteration(token)]
    for token in whole:
        if token.is_open:
            take_away(token)


def _go_on_without(parent: Token, token: Token) -> None:
    """What waited for the token goes on as if it were done; an iteration leaves no output."""
    spec = parent.task_spec
    if isinstance(spec, Compensating):
        spec.child_done(parent, token)
    elif isinstance(spec, MultiInstance):
        own = parent.internal_data
        own["done"] += 1
        if own["done"] == own["n"]:
            parent._set_state(READY)
        else:
            spec.go_on(parent)
    elif isinstance(spec, Body):
        raise MoveRefused(
            spec.element_id,
            f"“{_named(spec)}” repeats until its condition is met: one pass of it can't "
            "be taken away by itself.",
            "Cancel the element as a whole: leave the token's number out.",
        )


def _start_before(running: Running, move: Move) -> None:
    scope = scope_for(running, move)
    spec = scope.spec.task_specs[move.element_id]
    _set_variables(scope, move)
    if not isinstance(move.item, _Nothing):
        _iterate_once_more(running, scope, move)
        return
    if isinstance(spec, Join) and len(spec._inputs) > 1:
        raise MoveRefused(
            move.element_id,
            f"“{_named(spec)}” waits for a token on each of its flows: one that comes from nowhere would "
            "wait there for ever.",
            "Start after the element whose flow leads to it.",
        )
    _refuse_hanging(spec)
    start_at(scope, move.element_id)


def _start_after(running: Running, move: Move) -> None:
    scope = scope_for(running, move)
    spec: Any = scope.spec.task_specs[move.element_id]
    if isinstance(spec, Choice | EventBasedGateway) and len(spec.outputs) > 1:
        raise MoveRefused(
            move.element_id,
            f"“{_named(spec)}” chooses between several ways, so it isn't clear where to go on after it.",
            "Start before it, so that it chooses, or before the element that is wanted.",
        )
    if not spec.outputs:
        raise MoveRefused(
            move.element_id, f"Nothing follows “{_named(spec)}”.", "Cancel the token instead of moving it on."
        )
    _set_variables(scope, move)
    passed = scope.task_tree._add_child(spec, READY)
    for output in spec.outputs:
        passed._add_child(output, FUTURE)
    children = list(passed.children)
    for child in children:
        child.task_spec._update(child)
    _let_pass(scope, passed)


def _let_pass(scope: Scope, passed: Token) -> None:
    """The token that stood for the element passed by goes; what it made hangs on the root from now on."""
    root = scope.task_tree
    for child_id in list(passed._children):
        scope.tasks[child_id]._parent = root.id
        root._children[child_id] = None
    passed._children = {}
    scope.discard(passed)


def scope_for(running: Running, move: Move) -> Scope:
    """The open scope in which an element lies.

    Raises:
        MoveRefused: there is none, or more than one and it isn't said which.
    """
    process_id = move.process_id or running.process_id
    found = [
        scope
        for scope in running.scopes()
        if scope.process_id == process_id and move.element_id in scope.spec.task_specs
        if move.scope is None or (scope.holder is not None and scope.holder.id == move.scope)
        if not scope.completed
    ]
    if len(found) == 1:
        return found[0]
    if found:
        holders = ", ".join(str(scope.holder.id) for scope in found if scope.holder is not None)
        raise MoveRefused(
            move.element_id,
            f"“{move.element_id}” lies in {len(found)} places that are open at once, one for each item.",
            f"Name the place in scope, by its token: {holders}.",
        )
    raise MoveRefused(
        move.element_id,
        f"“{move.element_id}” of {process_id} lies in nothing that is open in this instance"
        + (f" under the token {move.scope}." if move.scope is not None else "."),
        "Start before the sub-process or call that holds it; then move the token inside it.",
    )


def _refuse_hanging(spec: Any) -> None:
    if isinstance(spec, BoundaryEvent):
        raise MoveRefused(
            spec.element_id,
            f"“{_named(spec)}” waits beside an activity and never by itself.",
            "Start after it, or before the activity that it sits on.",
        )


def _iterate_once_more(running: Running, scope: Scope, move: Move) -> None:
    """One more iteration of a multi-instance activity that runs all at once."""
    bodies = [
        token
        for token in scope.by_age()
        if token.task_spec.name == move.element_id and isinstance(token.task_spec, ParallelMultiInstance)
    ]
    if not bodies:
        raise MoveRefused(
            move.element_id,
            f"“{move.element_id}” isn't under way for several items at once, so it can't take one more.",
            "Leave item out to start the whole element, for all items of its collection.",
        )
    body: Any = bodies[0]
    own = body.internal_data
    own["n"] += 1
    if "out" in own:
        own["out"].append(None)
    body.task_spec.iterate(body, own["n"] - 1, freeze(move.item))


def _set_variables(scope: Scope, move: Move) -> None:
    for name, value in move.variables.items():
        write(scope.task_tree, name, value)


def _named(spec: Any) -> str:
    return spec.info.name or spec.element_id if spec.info else str(spec.name)


_MOVES = {"cancel": _cancel, "start_before": _start_before, "start_after": _start_after}
