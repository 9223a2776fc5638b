"""Plays a diagram on a stepped clock, by itself or saved and restored after every step."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from engine.clock import SteppedClock
from engine.spiff import BpmnError, Bundle, ElementInfo, Instance, StateChange, Thrown, read_bundle

BEGIN = datetime(2026, 11, 2, 9, tzinfo=UTC)


@dataclass
class World:
    """An environment in memory: limits and jobs are what the test says."""

    clock: SteppedClock = field(default_factory=lambda: SteppedClock(BEGIN))
    limits: dict[str, Mapping[str, object]] = field(default_factory=dict)
    jobs: list[tuple[str, str, dict[str, object]]] = field(default_factory=list)
    results: dict[str, Mapping[str, object]] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)

    def now(self) -> datetime:
        return self.clock.now()

    def limit(self, element: ElementInfo, rule: str, occurrence: str | None) -> Mapping[str, object]:
        return self.limits[f"{rule}/{occurrence}" if occurrence else rule]

    def job(
        self,
        element: ElementInfo,
        task_type: str,
        headers: Mapping[str, str],
        variables: Mapping[str, object],
    ) -> Mapping[str, object] | None:
        self.jobs.append((element.id, task_type, dict(variables)))
        if element.id in self.errors:
            raise BpmnError(self.errors[element.id])
        return self.results.get(element.id)


@lru_cache(maxsize=256)
def bundle_of(xml: bytes) -> Bundle:
    jobs = {"ehc:notice", "ehc:record", "ehc:start", "ehc:message", "work"}
    return read_bundle({"test.bpmn": xml}, job_types=jobs)


class Play:
    """One instance, and what has been seen of it."""

    def __init__(
        self,
        xml: bytes,
        *,
        saved: bool = False,
        begin: datetime = BEGIN,
        world: World | None = None,
        process: str = "p",
        **variables: object,
    ) -> None:
        self.bundle = bundle_of(xml)
        self.world = world or World(SteppedClock(begin))
        self.saved = saved
        self.changes: list[StateChange] = []
        self.thrown: list[Thrown] = []
        self.kept: list[tuple[str, str | None, dict[str, object]]] = []
        self.instance = Instance.start(self.bundle, process, variables, self.world)
        self._rest()

    def _rest(self) -> Play:
        changes, thrown = self.instance.drain()
        self.changes += changes
        self.thrown += thrown
        if self.saved:
            text = self.instance.save()
            self.instance = Instance.restore(self.bundle, text, self.world)
            assert self.instance.save() == text
        for message in list(self.kept):
            if self.instance.receive(*message):
                self.kept.remove(message)
                return self._rest()
        return self

    def wait(self, hours: float) -> Play:
        """Let time pass; every timer fires when it is due."""
        until = self.world.now() + timedelta(hours=hours)
        while (due := self.instance.next_due()) is not None and due <= until:
            self.world.clock.advance_to(max(due, self.world.now()))
            assert self.instance.fire_due()
            self._rest()
        self.world.clock.advance_to(until)
        return self

    def sleep(self, hours: float) -> Play:
        """Let time pass with nobody looking until the end of it."""
        self.world.clock.advance(timedelta(hours=hours))
        self.instance.fire_due()
        return self._rest()

    def do(self, element: str, **variables: object) -> Play:
        task = next(task for task in self.instance.open_tasks() if task.element_id == element)
        self.instance.complete(task.token, variables)
        return self._rest()

    def send(self, name: str = "m", key: str | None = None, **variables: object) -> Play:
        self.kept.append((name, key, variables))
        return self._rest()

    def signal(self, name: str = "g", **variables: object) -> Play:
        self.instance.signal(name, variables)
        return self._rest()

    def play(self, acts: str) -> Play:
        """Acts in a line: ``wait 2; do h again=true; send m key=1; signal g``."""
        for act in filter(None, (part.strip() for part in acts.split(";"))):
            verb, *words = act.split()
            plain = [word for word in words if "=" not in word]
            given = {
                name: _value(text) for name, text in (word.split("=", 1) for word in words if "=" in word)
            }
            if verb in ("wait", "sleep"):
                getattr(self, verb)(float(plain[0]))
            else:
                getattr(self, verb)(*plain, **given)
        return self

    def outcome(self) -> str:
        """The scripts that ran, ``?x`` for each user task that waits, ``END`` if it is completed."""
        elements = self.bundle.elements
        ran = [
            change.element_id
            for change in self.changes
            if change.event == "completed"
            and elements[change.process_id][change.element_id].kind == "scriptTask"
        ]
        open_ = [f"?{task.element_id}" for task in self.instance.open_tasks()]
        return " ".join(
            [*sorted(ran), *sorted(open_), *(["END"] if self.instance.status == "completed" else [])]
        )

    def told(self, *events: str) -> str:
        """What happened, in order: ``entered:h completed:h`` and so on."""
        return " ".join(f"{c.event}:{c.element_id}" for c in self.changes if not events or c.event in events)


def _value(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError:
        return text
