"""Moving an instance's tokens, and carrying it to another version: for the layers above."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine.spiff.carrying import Way, carry
from engine.spiff.failures import MoveRefused
from engine.spiff.instance import Instance
from engine.spiff.moving import Move, close_what_is_done, make_moves, scope_for, start_at, take_away
from engine.spiff.positions import Position, is_iteration, positions_of
from engine.spiff.scope import Scope
from engine.spiff.state import dump, load
from engine.spiff.tokens import FUTURE
from engine.spiff.variables import View, frames_of

if TYPE_CHECKING:
    from engine.spiff.bundle import Bundle
    from engine.spiff.environment import Environment
    from engine.spiff.running import Running


@dataclass(frozen=True)
class Restart:
    """Where a case goes on that stands at an element which the other version has no place for.

    The token at ``element_id`` of the former version is cancelled; one starts before ``target`` in the new.
    """

    process_id: str
    element_id: str
    target: str


@dataclass(frozen=True)
class Relocated:
    """An instance on another version.

    Attributes:
        dropped: tokens of events that no longer wait, ``moved`` whether anything but waiting was done.
    """

    instance: Instance
    dropped: tuple[int, ...]
    moved: bool


def positions(instance: Instance) -> list[Position]:
    """Where the tokens of an instance stand, the oldest first."""
    return positions_of(instance.running)


def move(instance: Instance, moves: Sequence[Move]) -> None:
    """Move tokens, then run on until everything waits.

    Raises:
        MoveRefused: one of the moves can't be made, or nothing would be left; throw the instance away.
        StepFailed: a step fails.
    """
    running = instance.running
    running.run_to_rest()
    make_moves(running, moves)
    _require_more_to_do(running, moves[-1].element_id if moves else "")
    running.run_to_rest()


def carried(
    instance: Instance,
    bundle: Bundle,
    way: Way,
    environment: Environment,
    restarts: Sequence[Restart] = (),
) -> Relocated:
    """The instance on another version; the one given stays as it is. What is due fires afterwards.

    Raises:
        MoveRefused: it can't be carried over.
        StepFailed: what begins there fails.
    """
    source, _ = load(dump(instance.running, instance.process_id), instance.running.definitions, environment)
    begins = _take_away(source, restarts)
    made = carry(source, instance.process_id, way, bundle.definitions, environment)
    running = made.running
    for holder, restart in begins:
        start_at(_scope(running, holder, restart), restart.target)
    close_what_is_done(running)
    _require_more_to_do(running, "")
    running.changes = [*source.changes, *running.changes]
    running.run_to_rest(timers=False)
    moved = any(change.event in ("completed", "triggered") for change in running.changes)
    return Relocated(Instance(running, made.process_id), tuple(made.dropped), moved or bool(running.thrown))


def _require_more_to_do(running: Running, element_id: str) -> None:
    if running.is_done:
        raise MoveRefused(
            element_id,
            "Nothing would be left to do in this instance, and its end events would never be reached.",
            "Start at another element too, or cancel the instance as a whole.",
        )


def _take_away(running: Running, restarts: Sequence[Restart]) -> list[tuple[int | None, Restart]]:
    """Cancel what has no place; where the instance begins anew, once each."""
    begins: list[tuple[int | None, Restart]] = []
    for restart in restarts:
        for token in running.all_tokens():
            here = (token.workflow.process_id, token.task_spec.element_id)
            if not token.is_open or here != (restart.process_id, restart.element_id) or is_iteration(token):
                continue
            scope = token.workflow
            holder = None if scope.holder is None else int(scope.holder.id)
            take_away(token)
            if (holder, restart) not in begins and not _begins_there(begins, holder, restart):
                begins.append((holder, restart))
    return begins


def _begins_there(begins: Sequence[tuple[int | None, Restart]], holder: int | None, restart: Restart) -> bool:
    return any(other == holder and each.target == restart.target for other, each in begins)


def _scope(running: Running, holder: int | None, restart: Restart) -> Scope:
    scope: Scope | None = running if holder is None else running.subprocesses.get(holder)
    if scope is None or restart.target not in scope.spec.task_specs:
        raise MoveRefused(
            restart.element_id,
            f"“{restart.target}” doesn't lie in the same process or sub-process as “{restart.element_id}”.",
            "Choose an element that does.",
        )
    return scope


def visible(instance: Instance, wanted: Move) -> frozenset[str]:
    """The names of the variables that an element would see if it were started.

    Raises:
        MoveRefused: it lies in nothing that is open.
    """
    scope = scope_for(instance.running, wanted)
    return frozenset(name for frame in frames_of(scope.task_tree) for name in frame)


def returned(instance: Instance, bundle: Bundle, state: str, environment: Environment) -> Instance:
    """An instance back in the state that it had on a former version; numbers of tokens are never used again.

    Raises:
        StateUnreadable: the state does not fit the bundle.
    """
    running, process_id = load(state, bundle.definitions, environment)
    running.last_id = max(running.last_id, instance.running.last_id)
    return Instance(running, process_id)


def worked_out(instance: Instance, element_id: str) -> dict[str, object]:
    """What a decision of the diagram would answer now, under the name of the variable that takes it.

    Raises:
        KeyError: the process draws no such element.
        StepFailed: it can't be worked out.
    """
    running = instance.running
    spec: Any = running.spec.task_specs[element_id]
    token = running.task_tree._add_child(spec, FUTURE)
    spec.mappings.read_inputs(token)
    place = spec.decision.place
    name = spec.decision.text_value(token, "decision id") or ""
    answer = running.decisions.ask(name, View(frames_of(token), running.thawed), running.now(), place)
    token.workflow.discard(token)
    return {spec.result: answer}
