"""What the moving of running cases answers: nothing in it says who a case is about."""

from __future__ import annotations

from datetime import date, datetime

from engine.services.views import View


class PlaceView(View):
    """A token of an instance. `scope` is the token of the sub-process or call that it stands in."""

    token: int
    element_id: str
    process_id: str
    name: str
    kind: str
    scope: int | None
    iteration: int | None
    due_at: datetime | None


class TaskChangeView(View):
    """A task that comes up or goes."""

    element_id: str
    name: str
    organisation: str
    due_date: date | None


class TimerChangeView(View):
    """A timer: when it was due before, and is afterwards; null where it doesn't wait."""

    element_id: str
    name: str
    before: datetime | None
    after: datetime | None


class LimitEffectView(View):
    """What a limit of law makes of it: it runs on in any case, unless the process itself closes it."""

    rule: str
    occurrence: str | None
    due_date: date | None
    effect: str
    message: str


class MovedView(View):
    """What moving tokens does, or would do."""

    process_instance_key: str
    version: int
    applied: bool
    before: list[PlaceView]
    after: list[PlaceView]
    tasks_cancelled: list[TaskChangeView]
    tasks_created: list[TaskChangeView]
    timers: list[TimerChangeView]
    limits: list[LimitEffectView]
    steps: list[str]


class ChoiceView(View):
    """Where a case may go on that stands at an element without a place: `how` is "map" or "start_before"."""

    element_id: str
    name: str
    how: str


class OpenChoiceView(View):
    """An element at which a case stands and which the other version has no place for."""

    process_id: str
    element_id: str
    name: str
    offered: list[ChoiceView]


class VerdictView(View):
    """What a migration would make of one instance: "safe", "needs_choice" or "cannot", and why."""

    process_instance_key: str
    case_key: str
    verdict: str
    why: list[str]
    standing: list[PlaceView]
    choices: list[OpenChoiceView]
    timers: list[TimerChangeView]


class MigratedView(View):
    """An instance that was carried over, or taken back."""

    process_instance_key: str
    definition_key: str
    version: int
    can_be_undone: bool


class PlanLineView(View):
    """What becomes of one element: `target` is null where the other version has no place for it."""

    process_id: str
    source: str
    source_name: str
    target: str | None
    how: str


class PlanFindingView(View):
    """One thing to know about a plan: an "error" must be mended, a "warning" decided, a "note" read."""

    severity: str
    rule: str
    process_id: str
    element_id: str
    message: str
    remedy: str


class ProcessPairView(View):
    """A process of the former version and the one that takes over."""

    source: str
    target: str


class PlanView(View):
    """A plan, and what is to be said about it."""

    source_definition_key: str
    target_definition_key: str
    processes: list[ProcessPairView]
    elements: list[PlanLineView]
    recalculate_timers: bool
    running_instances: int
    findings: list[PlanFindingView]


class FindingsView(View):
    """What is to be said about a plan; `valid` is whether it has no error."""

    valid: bool
    findings: list[PlanFindingView]
