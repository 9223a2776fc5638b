"""One step in memory: restore, complete, save, with all advice under way. Ours against a bare library."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from benchmarks.bare import Bare, parts
from benchmarks.busiest import STEP, WHOSE, Busiest, bare_at_busiest, drive, twin_of
from benchmarks.machinery import Bench, desk_on_sqlite
from benchmarks.measuring import PROCESSOR, Act, ratio, repeated, spread_ms, take_turns
from benchmarks.results import Figure
from engine.services.environment import Standstill
from engine.spiff import Instance

AIM = 0.1


def run(bench: Bench) -> list[Figure]:
    """Measure."""
    with desk_on_sqlite(bench.folder, "step_engine", durable=False) as desk:
        busiest = drive(desk)
        bare = Bare(twin_of(busiest))
        saved = bare_at_busiest(bare, busiest)
        answers = {**busiest.seen_by_process(), "adviceReceivedOn": desk.clock.today().isoformat()}
        variants = {
            "ours": repeated(step_of_ours(busiest)),
            "bare": repeated(lambda: bare.step(saved, STEP, answers)),
        }
        seconds = take_turns(variants, rounds=bench.times(12), block=5, clock=PROCESSOR)
        detail = {
            "ours": {**spread_ms(seconds["ours"]), "state_bytes": len(busiest.row().state)},
            "bare": {**spread_ms(seconds["bare"]), "state_bytes": len(saved), "of_these": parts(saved)},
            "open_user_tasks": len(busiest.case.tasks()),
        }
    what = "a step in memory (restore, complete, save) at the busiest point, against bare"
    return [Figure("step_engine", what, ratio(seconds, "ours", "bare"), AIM, detail=detail)]


def step_of_ours(busiest: Busiest) -> Act:
    """Restore, complete, save."""
    bundle, state, answers = busiest.definition().bundle, busiest.row().state, busiest.seen_by_process()
    token = next(
        task.token
        for task in busiest.restored().open_tasks()
        if (task.element_id, task.agency) == (STEP, WHOSE)
    )
    environment = Standstill(busiest.now)

    def step() -> str:
        instance = Instance.restore(bundle, state, environment)
        instance.complete(token, answers)
        return instance.save()

    _must_have_moved(state, step())
    return step


def _must_have_moved(before: str, after: str) -> None:
    """A benchmark of a step that does nothing would be quick."""
    assert _at(before, STEP) == _at(after, STEP) + 1
    assert _at(after, "check_advice") == 1


def _at(state: str, element: str) -> int:
    return sum(token.get("el") == element for token in _tokens(json.loads(state)))


def _tokens(state: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [token for scope in (state, *state.get("inner", [])) for token in scope["tokens"]]
