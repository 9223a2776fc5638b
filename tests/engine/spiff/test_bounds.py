"""Sizes: nothing grows with what is done, nothing recurses with what is drawn."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from engine.spiff import Instance, read_bundle
from tests.engine.spiff.playing import Play, World, bundle_of
from tests.engine.spiff.shapes import SHAPES, again, chain, guarded
from tests.engine.spiff.sketch import Process, document, tag, timer, times


def state_after(passes: int) -> str:
    world, bundle = World(), bundle_of(again)
    state = Instance.start(bundle, "p", {}, world).save()
    for _ in range(passes):
        instance = Instance.restore(bundle, state, world)
        instance.complete(instance.open_tasks()[0].token, {"again": True})
        state = instance.save()
    return state


def test_a_loop_leaves_nothing_behind() -> None:
    early, late = json.loads(state_after(2)), json.loads(state_after(200))
    assert [token["el"] for token in late["tokens"][1:]] == [token["el"] for token in early["tokens"][1:]]
    ids = sum(len(str(token["id"])) for token in late["tokens"]) + len(str(late["next"]))
    before = sum(len(str(token["id"])) for token in early["tokens"]) + len(str(early["next"]))
    assert len(json.dumps(late)) - ids == len(json.dumps(early)) - before


def test_a_live_loop_leaves_nothing_behind_either() -> None:
    play = Play(again)
    for _ in range(400):
        play.do("h", again=True)
    assert len(play.instance._running.tasks) == 2


def test_states_are_small() -> None:
    assert len(Play(guarded("user")).instance.save()) < 250
    assert len(Play(guarded("sub", loop=times())).instance.save()) < 800
    done = Play(chain(150)).instance.save()
    assert len(done) < 100


def test_a_finished_iteration_leaves_nothing_behind() -> None:
    play = Play(guarded("call", loop=times(50)))
    first = len(play.instance.save())
    for _ in range(49):
        play.do("in")
    assert len(play.instance.save()) < first / 10


def test_reminders_leave_nothing_behind() -> None:
    play = Play(guarded("user", timer("R/PT1H", "Cycle"), interrupting=False))
    before = len(play.instance.save())
    play.wait(500)
    assert len(play.instance.save()) < before + 50


@contextmanager
def little_stack(frames: int) -> Iterator[None]:
    depth, frame = 0, sys._getframe()
    while frame is not None:
        depth, frame = depth + 1, frame.f_back
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(depth + frames)
    try:
        yield
    finally:
        sys.setrecursionlimit(limit)


@pytest.mark.parametrize(
    "shape", [shape for shape in SHAPES if not shape.outcome.startswith("REFUSED")][::3], ids=lambda s: s.name
)
def test_a_little_stack_is_enough(shape: object) -> None:
    with little_stack(130):
        play = Play(shape.xml, saved=True, **({"begin": shape.begin} if shape.begin else {})).play(shape.acts)
    assert play.outcome() == shape.outcome


def test_a_chain_of_4000_needs_no_stack_either() -> None:
    with little_stack(100):
        play = Play(chain(4_000), saved=True)
    assert play.outcome() == "last END"


def test_300_pairs_of_gateways_in_sequence() -> None:
    process, path = Process().start().end(), ["s"]
    for number in range(300):
        process.gate("parallel", f"o{number}", f"j{number}").node("task", f"a{number}").node(
            "task", f"b{number}"
        )
        process.path(f"o{number} a{number} j{number}").path(f"o{number} b{number} j{number}")
        path += [f"o{number}", f"j{number}"]
    for source, target in zip(path[0::2], [*path[1::2], "e"], strict=False):
        process.path(f"{source} {target}")
    play = Play(document(process))
    assert play.instance.status == "completed"


def test_a_thousand_at_once_are_started_and_taken_away() -> None:
    begun = time.perf_counter()
    play = Play(guarded("sub", loop=times(1_000)))
    assert len(play.instance.open_tasks()) == 1_000
    assert play.wait(2).outcome() == "late END"
    assert time.perf_counter() - begun < 10


def test_sub_processes_forty_deep_run_and_more_are_stopped() -> None:
    def nested(depth: int) -> bytes:
        drawn = tag("userTask", id="in")
        for level in range(depth):
            drawn = tag("subProcess", drawn, id=f"h{level}")
        return document(Process().put(drawn))

    play = Play(nested(40), saved=True)
    assert play.instance.waiting() == ["in"]
    play.instance.cancel()
    assert play.instance.status == "cancelled"


def test_a_bundle_is_not_changed_by_running() -> None:
    bundle = read_bundle({"a.bpmn": guarded("sub", loop=times())})

    def table() -> dict[str, object]:
        return {
            f"{name}/{spec.name}": (spec._inputs.copy(), spec._outputs.copy(), sorted(vars(spec)))
            for name, scope in bundle.definitions.specs.items()
            for spec in scope.task_specs.values()
        }

    before = table()
    world = World()
    instance = Instance.start(bundle, "p", {}, world)
    for task in instance.open_tasks():
        instance.complete(task.token, {})
    assert instance.status == "completed"
    assert table() == before
