"""A dry run of a migration: what it would make of each running instance, in words for process owners."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from engine.errors import BadInput, Conflict, NotFound
from engine.services import paging
from engine.services.effects import place_view, timer_changes
from engine.services.instances import LiveInstance
from engine.services.principals import Principal
from engine.services.processes.definitions import Definition
from engine.services.processes.drawings import Drawings, drawings_of
from engine.services.processes.migration_plans import Plan, disagreements
from engine.services.processes.migrations import (
    Migration,
    definitions_for,
    instances_on,
    relocate,
    require_sound,
)
from engine.services.processes.modification import case_of, in_step
from engine.services.processes.views_of_moves import ChoiceView, OpenChoiceView, TimerChangeView, VerdictView
from engine.services.sight import sight
from engine.services.step import CaseStep
from engine.services.views import Page, PageEnd
from engine.spiff import MoveRefused, Position, positions

if TYPE_CHECKING:
    from engine.application import Engine

SAFE, NEEDS_CHOICE, CANNOT = "safe", "needs_choice", "cannot"
#: Elements that are offered for one choice.
_MOST_OFFERED = 12


def rehearse(
    engine: Engine,
    principal: Principal,
    migration: Migration,
    *,
    instance_keys: Sequence[str] | None = None,
    limit: int = 50,
    cursor: str | None = None,
) -> Page[VerdictView]:
    """What a migration would make of the running instances of its source, or of those named.

    Raises:
        BadInput: the plan has errors, or one of its versions or an instance isn't there.
    """
    principal.require("instance:migrate")
    after = paging.decode(cursor, int)[0] if cursor else 0
    limit = paging.clamp(limit)
    with engine.database.read() as connection:
        source, target = definitions_for(engine, connection, principal.authority, migration.plan)
        require_sound(migration.plan, source, target)
        if instance_keys is None:
            keys = list(instances_on(connection, principal, source.key, after, limit + 1))
        else:
            keys = sorted(key for key in map(sight.key, instance_keys) if key > after)[: limit + 1]
    items = [_verdict(engine, principal, migration, target, key) for key in keys[:limit]]
    end = paging.encode([keys[limit - 1]]) if len(keys) > limit else None
    return Page(items=items, page=PageEnd(end_cursor=end))


def _verdict(
    engine: Engine, principal: Principal, migration: Migration, target: Definition, key: int
) -> VerdictView:
    """Everything is done as it would be, and not kept."""
    try:
        case_key = case_of(engine, principal, str(key))
    except NotFound as missing:
        raise BadInput.field("processInstanceKeys", missing.message) from missing
    try:
        return in_step(
            engine,
            principal,
            case_key,
            lambda step: _looked_at(step, migration, target, key),
            dry_run=True,
        )
    except (BadInput, Conflict) as problem:
        return VerdictView(
            process_instance_key=str(key),
            case_key=str(case_key),
            verdict=CANNOT,
            why=[problem.message],
            standing=[],
            choices=[],
            timers=[],
        )


def _looked_at(step: CaseStep, migration: Migration, target: Definition, key: int) -> VerdictView:
    live = step.instance(key)
    places = positions(live.workflow) if live.is_active else []
    if not live.is_active:
        return _of(step, key, places, CANNOT, ["It has ended."])
    if live.definition.key == target.key:
        return _of(step, key, places, CANNOT, ["It is on that version already."])
    open_choices = list(_choices(step, live, migration, target, places))
    if open_choices and live.definition.key == migration.plan.source_key:
        why = [
            f"It stands at “{each.name}”, for which the new version has no place." for each in open_choices
        ]
        return _of(step, key, places, NEEDS_CHOICE, why, open_choices)
    try:
        made = relocate(step, live, migration, target)
    except MoveRefused as refused:
        return _of(step, key, places, CANNOT, [str(refused)])
    before = {timer.token: timer for timer in live.workflow.timers()}
    live.exchange(target, made.instance)
    step.settle()
    after = {timer.token: timer for timer in live.workflow.timers()}
    return _of(step, key, places, SAFE, [], timers=list(timer_changes(live, before, after)))


def _of(
    step: CaseStep,
    key: int,
    places: Sequence[Position],
    verdict: str,
    why: list[str],
    choices: Sequence[OpenChoiceView] = (),
    timers: Sequence[TimerChangeView] = (),
) -> VerdictView:
    return VerdictView(
        process_instance_key=str(key),
        case_key=str(step.case_key),
        verdict=verdict,
        why=why,
        standing=[place_view(place) for place in places if not place.beside],
        choices=list(choices),
        timers=list(timers),
    )


# --- choices -----------------------------------------------------------------------------------


def _choices(
    step: CaseStep, live: LiveInstance, migration: Migration, target: Definition, places: Sequence[Position]
) -> Iterator[OpenChoiceView]:
    """The elements at which the instance stands and that have no place, once each, with what is offered."""
    mapped = migration.plan.way.elements
    restarted = {(each.process_id, each.element_id) for each in migration.restarts}
    homeless = {place.token for place in places if (place.process_id, place.element_id) not in mapped}
    told = set[tuple[str, str]]()
    drawings = drawings_of(step.connection, live.definition)
    for place in places:
        here = place.process_id, place.element_id
        inside = place.scope in homeless or place.parent in homeless
        if place.token not in homeless or place.beside or inside or here in restarted or here in told:
            continue
        told.add(here)
        offered = [*_alike(live.definition, target, migration.plan, place)]
        offered += _further_on(drawings, target, migration.plan, place)
        yield OpenChoiceView(
            process_id=place.process_id,
            element_id=place.element_id,
            name=place.name,
            offered=offered[:_MOST_OFFERED],
        )


def _alike(source: Definition, target: Definition, plan: Plan, place: Position) -> Iterator[ChoiceView]:
    """Elements of the same kind to which nothing is mapped."""
    elements = plan.way.elements
    taken = {to for (process, _), to in elements.items() if process == place.process_id}
    info = source.bundle.elements[place.process_id][place.element_id]
    for other in target.bundle.elements.get(plan.way.process(place.process_id), {}).values():
        if other.id in taken:
            continue
        why = disagreements(info, other, lambda each: elements.get((place.process_id, each), ""))
        if next(why, None) is None:
            yield ChoiceView(element_id=other.id, name=other.name or other.id, how="map")


def _further_on(drawings: Drawings, target: Definition, plan: Plan, place: Position) -> Iterator[ChoiceView]:
    """The nearest elements after it that the new version has: the case would go on there."""
    mapped, process_id = plan.way.elements, place.process_id
    seen, waiting = {place.element_id}, drawings.after(process_id, place.element_id)
    new = target.bundle.elements.get(plan.way.process(process_id), {})
    while waiting:
        element = waiting.pop(0)
        if element in seen:
            continue
        seen.add(element)
        other = new.get(mapped.get((process_id, element), ""))
        if other is not None and other.kind not in ("parallelGateway", "inclusiveGateway"):
            yield ChoiceView(element_id=other.id, name=other.name or other.id, how="start_before")
        else:
            waiting += drawings.after(process_id, element)
