"""Carrying a running instance over to another version of its diagrams.

The stored state names elements, so it is rewritten name by name; then it is restored on the other version,
and what waits there and did not before is set up: a boundary event that was added waits from now on.
Tokens keep their numbers, and with them tasks, timers and subscriptions theirs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import msgspec

from engine.spiff.activities import UserTask
from engine.spiff.catching import BoundaryEvent, Catching, Trigger
from engine.spiff.events import DUE, KEY, MessageEvent, TimerEvent, due_of
from engine.spiff.failures import MoveRefused, StateUnreadable
from engine.spiff.gateways import CAME_BY, EventBasedGateway, Join
from engine.spiff.names import MADE
from engine.spiff.positions import SPLIT
from engine.spiff.scope import Scope
from engine.spiff.state import dump, restored
from engine.spiff.tokens import COMPLETED, FUTURE, READY, STARTED, WAITING, Token

if TYPE_CHECKING:
    from engine.spiff.definitions import Definitions
    from engine.spiff.environment import Environment
    from engine.spiff.running import Running

_UNDO = "undo"


@dataclass(frozen=True)
class Way:
    """Where each element of the former version goes.

    Attributes:
        elements: by process and element of the former version, the element of the new one.
        processes: by process of the former version, the process of the new one, where their ids differ.
        recalculate: work the times of waiting timers out again, instead of keeping them.
    """

    elements: Mapping[tuple[str, str], str]
    processes: Mapping[str, str] = field(default_factory=dict)
    recalculate: bool = False

    def process(self, process_id: str) -> str:
        """The process of the new version."""
        return self.processes.get(process_id, process_id)


@dataclass
class Carried:
    """What came of it: the tokens that are gone, because what they waited for is no longer drawn."""

    running: Running
    process_id: str
    dropped: list[int] = field(default_factory=list)


def carry(
    running: Running, process_id: str, way: Way, definitions: Definitions, environment: Environment
) -> Carried:
    """The instance on another version, at the same places.

    Raises:
        MoveRefused: a token has no place there.
        StepFailed: what is new there can't be set up.
    """
    document = msgspec.json.decode(dump(running, process_id))
    rewriting = _Rewriting(running, way, document)
    rewriting.rewrite()
    target = way.process(process_id)
    document["process"] = target
    if target not in definitions.specs:
        raise MoveRefused("", f"The other version has no process “{target}”.", "Choose a version that has.")
    made = _restored(document, definitions, environment)
    _settle(running, made, way)
    return Carried(made, target, rewriting.dropped)


class _Rewriting:
    """The names of a state, each put in its new place."""

    def __init__(self, running: Running, way: Way, document: dict[str, Any]) -> None:
        self.running = running
        self.way = way
        self.document = document
        self.dropped: list[int] = []

    def rewrite(self) -> None:
        """All scopes of the document."""
        self._scope(self.document, self.running)
        for part in self.document.get("inner", ()):
            scope = self.running.subprocesses[part["of"]]
            if "spec" in part:
                part["spec"] = self.way.process(part["spec"])
            self._scope(part, scope)

    def _scope(self, part: dict[str, Any], scope: Scope) -> None:
        process_id = scope.process_id
        root, *others = part["tokens"] or [{}]
        kept = [entry for entry in others if self._place(entry, scope.tasks[entry["id"]], process_id)]
        part["tokens"] = [root, *kept] if root else []
        self._rehang(part["tokens"])
        if _UNDO in part:
            part[_UNDO] = [self._name(name, process_id) for name in part[_UNDO]]

    def _place(self, entry: dict[str, Any], token: Token, process_id: str) -> bool:
        """Give an entry its new element; False where there is none and nothing is lost by it."""
        target = self._renamed(entry["el"], process_id)
        if target is None:
            if isinstance(token.task_spec, BoundaryEvent):
                self.dropped.append(token.id)
                return False
            raise _without_place(token)
        entry["el"] = target
        own = entry.get("own", {})
        if CAME_BY in own:
            own[CAME_BY] = self._name(own[CAME_BY], process_id)
        if _UNDO in own:
            own[_UNDO] = [self._name(name, process_id) for name in own[_UNDO]]
        return True

    def _rehang(self, entries: list[dict[str, Any]]) -> None:
        """Children of an entry that is gone hang on the root."""
        there = {entry["id"] for entry in entries}
        for entry in entries:
            if entry.get("in") not in there:
                entry.pop("in", None)

    def _renamed(self, name: str, process_id: str) -> str | None:
        base, made, end = name.partition(MADE)
        target = self.way.elements.get((process_id, base)) if base else base
        return None if target is None else f"{target}{made}{end}"

    def _name(self, name: str, process_id: str) -> str:
        """A name that the other version must have, or it is kept as it is and found missing there."""
        return self._renamed(name, process_id) or name


def _without_place(token: Token) -> MoveRefused:
    spec = token.task_spec
    name = spec.info.name or spec.element_id if spec.info else spec.element_id
    return MoveRefused(
        spec.element_id,
        f"A token stands at “{name}”, for which the other version has no place.",
        "Map it to an element of the same kind, or say where the case goes on instead.",
    )


def _restored(document: dict[str, Any], definitions: Definitions, environment: Environment) -> Running:
    _drop_needless_holders(document, definitions)
    try:
        return restored(document, definitions, environment)
    except (StateUnreadable, KeyError, AttributeError) as problem:
        missing = str(problem.args[0]) if isinstance(problem, KeyError) and problem.args else ""
        element = missing.partition(MADE)[0]
        raise MoveRefused(
            element,
            f"“{element or 'An element'}” doesn't lie where the token stands: in another sub-process, or it "
            "is repeated for several items in one version and not in the other.",
            "Map it to an element that lies in the same sub-process and is repeated in the same way.",
        ) from problem


def _drop_needless_holders(document: dict[str, Any], definitions: Definitions) -> None:
    """An activity beside which nothing waits any more needs nothing that holds both together."""
    known = {name for spec in definitions.specs.values() for name in spec.task_specs}
    for part in (document, *document.get("inner", ())):
        gone = {each["id"] for each in part["tokens"] if _needless(each, known)}
        part["tokens"] = [each for each in part["tokens"] if each["id"] not in gone]
        for entry in part["tokens"]:
            if entry.get("in") in gone:
                del entry["in"]


def _needless(entry: dict[str, Any], known: set[str]) -> bool:
    return str(entry.get("el", "")).endswith(SPLIT) and entry["el"] not in known


# --- what the other version has that the former had not ---------------------------------------


def _settle(before: Running, after: Running, way: Way) -> None:
    """Check that every token fits its element, and set up what is new beside it."""
    holders = {None: before, **before.subprocesses}
    for scope in after.scopes():
        former = holders[None if scope.holder is None else scope.holder.id]
        mapped = {
            target for (process_id, _), target in way.elements.items() if process_id == former.process_id
        }
        for token in scope.by_age():
            if token.id in former.tasks and token is not scope.task_tree:
                _fits(former.tasks[token.id], token, way)
        _add_triggers(scope, mapped)
        for token in scope.by_age():
            _add_beside(scope, token, mapped)


def _fits(before: Token, after: Token, way: Way) -> None:
    source, target = before.task_spec, after.task_spec
    if _sort(source) != _sort(target):
        raise MoveRefused(
            source.element_id,
            f"“{source.element_id}” and “{target.element_id}” aren't of the same kind, so what waits at one "
            "can't wait at the other.",
            "Map it to an element of the same kind.",
        )
    if isinstance(target, Join) and after.state == WAITING:
        _still_leads_to(after)
    if isinstance(target, UserTask) and after.state == READY:
        _keep_task(before, after)
    elif isinstance(target, Catching):
        _keep_waiting(before, after, way)


def _sort(spec: Any) -> tuple[str, str]:
    return type(spec).__name__, type(getattr(spec, "event_definition", None)).__name__


def _still_leads_to(token: Token) -> None:
    came_by = token.internal_data.get(CAME_BY, "")
    spec = token.task_spec
    if came_by not in spec._inputs:
        raise MoveRefused(
            spec.element_id,
            f"A token waits at “{spec.element_id}” that came from “{came_by.partition(MADE)[0]}”, and no "
            "flow leads from there to it in the other version.",
            "Map the element from which it came to one that leads there.",
        )


def _keep_task(before: Token, after: Token) -> None:
    """The day on which it is due and the agency that owes it stay; the rest is the new version's."""
    source, target, own = before.task_spec, after.task_spec, after.internal_data
    due = source.schedule.attribute(before, "due_date")
    agency, which = source.agency_of(before), source.occurrence_of(before)
    for name in (*target.schedule.formulas, *source.schedule.formulas):
        own.pop(name, None)
    target.schedule.work_out(after, but=("due_date",) if due is not None else ())
    if due is not None:
        own["due_date"] = due
    _keep_limit(after, agency, which if source.info.rule == target.info.rule else None)


def _keep_limit(token: Token, agency: str, which: str | None) -> None:
    token.task_spec.fix_limit(token)
    for key, value in (("agency", agency), ("occurrence", which)):
        if value:
            token.internal_data[key] = value


def _keep_waiting(before: Token, after: Token, way: Way) -> None:
    """A timer keeps its time and a receiver its key, unless they had none or are asked to look again."""
    definition, own = after.task_spec.event_definition, after.internal_data
    _keep_limit(after, before.task_spec.agency_of(before), before.task_spec.occurrence_of(before))
    if isinstance(definition, TimerEvent) and (way.recalculate or due_of(before) is None):
        for key in (DUE, "every", "n", "from"):
            own.pop(key, None)
        definition.arm(after)
    elif isinstance(definition, MessageEvent) and KEY not in own:
        definition.arm(after)


def _add_triggers(scope: Scope, mapped: set[str]) -> None:
    """An event sub-process that was added waits for its event from now on."""
    if not scope.tasks or scope.completed:
        return
    for spec in _new(scope.task_tree.task_spec.outputs, mapped):
        if isinstance(spec, Trigger):
            _begin(scope.task_tree, spec)


def _add_beside(scope: Scope, token: Token, mapped: set[str]) -> None:
    """Events that were added beside an activity, or to the choice of an event-based gateway, wait too."""
    spec = token.task_spec
    if isinstance(spec, EventBasedGateway):
        for event in _new(spec.outputs, mapped):
            _begin(token, event)
        return
    holder = scope.spec.task_specs.get(f"{spec.name}{SPLIT}")
    if holder is None or not token.state & (READY | STARTED | WAITING):
        return
    parent = token.parent
    if parent is None or parent.task_spec is not holder:
        parent = _hold(scope, token, holder)
    for event in _new(holder.outputs, mapped):
        if isinstance(event, BoundaryEvent):
            _begin(parent, event)


def _hold(scope: Scope, token: Token, holder: Any) -> Token:
    """Put an activity under what holds it and the events beside it together."""
    held = Token(scope, holder, scope.task_tree, COMPLETED)
    former = token.parent
    if former is not None:
        former._children.pop(token.id, None)
    token._parent = held.id
    held._children[token.id] = None
    return held


def _begin(parent: Token, spec: Any) -> None:
    child = parent._add_child(spec, FUTURE)
    spec._update(child)


def _new(specs: Any, mapped: set[str]) -> Iterator[Any]:
    """Those that stand for an element to which none of the former version goes."""
    return (spec for spec in specs if spec.element_id not in mapped)
