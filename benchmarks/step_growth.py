"""Does a step cost more later on, or in a larger diagram? Late against early, large against small.

In memory (restore, complete, save), where nothing else could hide a growth; once more through the services
with a database, where also the number of SQL statements is counted.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from benchmarks.bare import Bare
from benchmarks.machinery import Bench, desk_on_sqlite
from benchmarks.measuring import PROCESSOR, Act, Prepare, median_ms, ratio, repeated, take_turns
from benchmarks.results import Figure
from benchmarks.shapes import chain, loop
from benchmarks.statements import counted
from benchmarks.twin import Twin
from engine.services.audit.audit import Actor
from engine.services.environment import Standstill
from engine.services.processes import definitions
from engine.services.step import CaseStep
from engine.services.tasks import tasks
from engine.spiff import Instance, read_bundle
from tests.support.desk import Desk

AIM = 1.2
_ROUNDS, _ROUNDS_OF_BARE, _BLOCK = 100, 6, 5
_AT = datetime(2026, 11, 2, 9, tzinfo=UTC)
_LONG, _SHORT = 400, 40
_ANSWER = {"again": 1}


def run(bench: Bench) -> list[Figure]:
    """Measure."""
    long, late, passes = (20, 6, 8) if bench.tiny else (_LONG, 40, 200)
    of_steps = _Growth(bench, f"step {late} against step 4", (chain(60), 3), (chain(60), late - 1))
    of_passes = _Growth(bench, f"pass {passes} of a loop against pass 2", (loop(), 1), (loop(), passes - 1))
    of_size = _Growth(bench, f"{long} tasks against {_SHORT}", (chain(_SHORT), 3), (chain(long), 3))
    growths = [of_steps, of_passes, of_size]
    detail = {growth.what: growth.detail for growth in growths}
    with desk_on_sqlite(bench.folder, "step_growth", durable=False) as desk:
        detail["the same through the services"] = _persisted(bench, desk, long)
    what = "the worst of late step to early step, late pass to early pass, long chain to short chain"
    return [Figure("step_growth", what, max(growth.ratio for growth in growths), AIM, detail=detail)]


class _Growth:
    """One comparison, of ours and of bare: a step after so many in one diagram, and in another."""

    def __init__(self, bench: Bench, what: str, early: tuple[bytes, int], late: tuple[bytes, int]) -> None:
        ours = _timed(bench, _Ours, early, late, _ROUNDS)
        bare = _timed(bench, _OnBare, early, late, _ROUNDS_OF_BARE)
        self.what = what
        self.ratio = ratio(ours, "late", "early")
        self.detail = {
            "ratio": round(self.ratio, 3),
            **{f"{name}_ms": round(median_ms(taken), 3) for name, taken in ours.items()},
            "bare_ratio": round(ratio(bare, "late", "early"), 2),
            **{f"bare_{name}_ms": round(median_ms(taken), 3) for name, taken in bare.items()},
        }


def _timed(
    bench: Bench,
    engine: type[_Ours | _OnBare],
    early: tuple[bytes, int],
    late: tuple[bytes, int],
    rounds: int,
) -> dict[str, list[float]]:
    """The two take turns with each other alone: a slow third would leave one of them a cold cache."""
    variants: dict[str, Prepare] = {
        "early": repeated(engine(early[0]).step_after(early[1])),
        "late": repeated(engine(late[0]).step_after(late[1])),
    }
    return take_turns(variants, rounds=bench.times(rounds), block=_BLOCK, clock=PROCESSOR)


class _Ours:
    """A diagram in our engine."""

    def __init__(self, diagram: bytes) -> None:
        self._bundle = read_bundle({"made.bpmn": diagram})
        self._around = Standstill(_AT)
        (self._process,) = self._bundle.processes

    def step_after(self, steps: int) -> Act:
        """One more step of an instance that has gone so many."""
        state = Instance.start(self._bundle, self._process, _ANSWER, self._around).save()
        for _ in range(steps):
            state = self._step(state)
        return lambda: self._step(state)

    def _step(self, state: str) -> str:
        instance = Instance.restore(self._bundle, state, self._around)
        instance.complete(instance.open_tasks()[0].token, _ANSWER)
        return instance.save()


class _OnBare:
    """The same diagram in a bare library."""

    def __init__(self, diagram: bytes) -> None:
        name = "loop" if b'process id="loop"' in diagram else "chain"
        self._bare = Bare(Twin(name, {name: diagram}, dict(_ANSWER)))

    def step_after(self, steps: int) -> Act:
        """One more step of an instance that has gone so many; run there without saving in between."""
        workflow = self._bare.start()
        for _ in range(steps):
            self._bare.complete_any(workflow, _ANSWER)
        state = self._bare.save(workflow)
        return lambda: self._step(state)

    def _step(self, state: str) -> str:
        workflow = self._bare.restore(state)
        self._bare.complete_any(workflow, _ANSWER)
        return self._bare.save(workflow)


def _persisted(bench: Bench, desk: Desk, long: int) -> dict[str, Any]:
    """The chains through the services: the ratio, and the statements of one step in each."""
    files = {"short.bpmn": chain(_SHORT, "short"), "long.bpmn": chain(long, "long")}
    definitions.deploy(desk.engine, desk.authority, files, by="benchmarks")
    steps = {name: _steps(desk, name) for name in ("short", "long")}
    seconds = take_turns(steps, rounds=bench.times(20), block=1, clock=PROCESSOR)
    statements = {}
    for name, prepare in steps.items():
        act = prepare()
        with counted() as sent:
            act()
        statements[f"statements_per_step_{name}"] = sent.number
    return {"ratio": round(ratio(seconds, "long", "short"), 3), **statements}


def _steps(desk: Desk, process_id: str) -> Prepare:
    """Completions of one task after the other, of one instance."""
    case = desk.request()
    who = desk.member("caseworker")
    with desk.engine.database.write() as connection:
        step = CaseStep.lock(desk.engine, connection, int(case.key), Actor.clock())
        live = step.start(process_id, {})
        step.settle()
        step.save()

    def prepare() -> Act:
        (task,) = [task for task in case.tasks() if task.process_instance_key == str(live.key)]
        return lambda: tasks.complete(desk.engine, who, task.key, {})

    return prepare
