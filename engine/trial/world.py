"""The world of a trial: its clock, the facts that were recorded, and the law that counts from them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from engine.clock import SteppedClock, day_of
from engine.definitions.vocabulary import WorkAction, vocabulary
from engine.feel import to_json
from engine.law import Due, LawError, Rule, due, statute
from engine.spiff import Bundle, ElementInfo, Instance


class World:
    """What all instances of a trial share.

    Attributes:
        facts: dated facts by name and occurrence.
        to_start: processes that an ``ehc:start`` asks for, with their variables.
    """

    def __init__(self, clock: SteppedClock, bundle: Bundle) -> None:
        self.clock = clock
        self.bundle = bundle
        self.facts: dict[tuple[str, str], date] = {}
        self.to_start: list[tuple[str, dict[str, object]]] = []
        self.has_new_facts = False

    def record(self, fact: str, day: date, occurrence: str) -> None:
        """Write a fact; limits that count from it move."""
        self.facts[fact, occurrence] = day
        self.has_new_facts = True


class Surroundings:
    """The environment of one instance of a trial."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.instance: Instance | None = None

    def now(self) -> datetime:
        """Where the trial's clock stands."""
        return self._world.clock.now()

    def limit(self, element: ElementInfo, rule: str, occurrence: str | None) -> dict[str, object]:
        """The limit counted from recorded facts, else from variables of the anchors' names, else from today.

        Today stands in for a missing fact from the first time it is asked for.
        """
        try:
            found = self._due(statute().rule(rule), occurrence or "")
        except LawError as problem:
            raise ValueError(problem.message) from problem
        return {
            "due": found.last_day,
            "broken": found.broken_at,
            "rule": rule,
            "anchoredOn": found.anchored_on,
            "excused": False,
        }

    def job(
        self,
        element: ElementInfo,
        task_type: str,
        headers: Mapping[str, str],
        variables: Mapping[str, object],
    ) -> dict[str, object]:
        """Carry out a job in memory; a notice is not sent, but stamps its facts."""
        if task_type == "ehc:start":
            return self._start(variables)
        if task_type == "ehc:resend":
            return {}
        inputs = {name: to_json(value) for name, value in variables.items()}
        actions = vocabulary().actions(task_type)
        if actions:
            return _example_of(actions, task_type, _text(inputs, "action"))
        return self._record(inputs) if task_type == "ehc:record" else self._notice(inputs)

    def _due(self, rule: Rule, occurrence: str) -> Due:
        found = {name: day for name in rule.anchors if (day := self._anchor(name, occurrence)) is not None}
        if not found:
            stand_in = (
                self._world.facts.setdefault((rule.anchors[0], occurrence), self._today())
                if rule.anchors
                else None
            )
            return due(rule, stand_in or self._today())
        return due(rule, found)

    def _anchor(self, name: str, occurrence: str) -> date | None:
        facts = self._world.facts
        for key in ((name, occurrence), (name, "")):
            if key in facts:
                return facts[key]
        return None if self.instance is None else as_day(self.instance.variables().get(name))

    def _record(self, inputs: dict[str, Any]) -> dict[str, object]:
        fact = _text(inputs, "fact")
        if fact == "case_status":
            _text(inputs, "value")
        else:
            self._world.record(fact, as_day(inputs.get("date")) or self._today(), _occurrence(inputs))
        return {}

    def _notice(self, inputs: dict[str, Any]) -> dict[str, object]:
        stamps = inputs.get("stamps") or []
        for fact in [stamps] if isinstance(stamps, str) else stamps:
            self._world.record(str(fact), self._today(), _occurrence(inputs))
        return {"sentOn": self._today(), "servedOn": self._today()}

    def _start(self, inputs: Mapping[str, object]) -> dict[str, object]:
        process = _text(inputs, "processId")
        if process not in self._world.bundle.processes:
            raise LookupError(f"The process '{process}' is not among the files.")
        self._world.to_start.append((process, {name: v for name, v in inputs.items() if name != "processId"}))
        return {}

    def _today(self) -> date:
        return self._world.clock.today()


def _example_of(actions: Mapping[str, WorkAction], task_type: str, action: str) -> dict[str, object]:
    """What an action on the plan would give back: a trial run has no plan, so its example stands in."""
    if action not in actions:
        raise LookupError(f"'{action}' is nothing that {task_type} can do. Use: {', '.join(actions)}.")
    gives = dict(actions[action].gives)
    return {task_type.removeprefix("ehc:"): gives} if gives else {}


def as_day(value: object) -> date | None:
    """A date, instant or ISO text as a London day; ``None`` for anything else."""
    if isinstance(value, str):
        try:
            return date.fromisoformat(value) if len(value) == 10 else day_of(datetime.fromisoformat(value))
        except ValueError:
            return None
    return None


def _text(inputs: Mapping[str, Any], name: str) -> str:
    value = inputs.get(name)
    if not isinstance(value, str) or not value:
        raise ValueError(f"Its input '{name}' is missing or not a text. Add it to the inputs.")
    return value


def _occurrence(inputs: Mapping[str, Any]) -> str:
    value = inputs.get("occurrence")
    return "" if value is None else str(value)
