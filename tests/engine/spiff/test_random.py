"""Processes made at random from a fixed seed: what is known of them by construction must come out."""

from __future__ import annotations

import itertools
import random
from collections import Counter

import pytest

from engine.spiff import StepFailed, running
from tests.engine.spiff.playing import Play
from tests.engine.spiff.sketch import Process, Sketch, document, event, timer, times

BLOCKS = 200
STORMS = 240


class Blocks:
    """A process of nested blocks, with how often each of its tasks must have been done at the end."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.number = 0
        self.called: list[Process] = []

    def name(self, kind: str) -> str:
        self.number += 1
        return f"{kind}{self.number}"

    def process(self) -> tuple[bytes, Counter[str]]:
        process, counts = Process(), Counter[str]()
        process.start("s").end("e")
        first, last = self.block(process, 3, counts, 1)
        process.path(f"s {first}").path(f"{last} e")
        return document(process, *self.called), counts

    def block(self, sketch: Sketch, depth: int, counts: Counter[str], factor: int) -> tuple[str, str]:
        kinds = [self.leaf, self.leaf]
        if depth:
            kinds += [
                self.sequence,
                self.sequence,
                self.split,
                self.split,
                self.choice,
                self.repeat,
                self.inner,
            ]
        return self.random.choice(kinds)(sketch, depth, counts, factor)

    def leaf(self, sketch: Sketch, depth: int, counts: Counter[str], factor: int) -> tuple[str, str]:
        kind = self.random.choice(["script", "user", "user", "timed", "loop"])
        name = self.name("t")
        if kind == "script":
            sketch.script(name)
        elif kind == "loop":
            factor *= 2
            sketch.user(name, loop=times(2, sequential=self.random.random() < 0.5))
        else:
            sketch.user(name)
        if kind == "timed":
            aside, end = self.name("b"), self.name("e")
            sketch.beside(aside, name, timer("P900D"), interrupting=self.random.random() < 0.5).end(end).path(
                f"{aside} {end}"
            )
        counts[name] += factor
        return name, name

    def sequence(self, sketch: Sketch, depth: int, counts: Counter[str], factor: int) -> tuple[str, str]:
        parts = [self.block(sketch, depth - 1, counts, factor) for _ in range(self.random.randint(2, 3))]
        for (_, last), (first, _) in itertools.pairwise(parts):
            sketch.path(f"{last} {first}")
        return parts[0][0], parts[-1][1]

    def split(self, sketch: Sketch, depth: int, counts: Counter[str], factor: int) -> tuple[str, str]:
        kind = self.random.choice(["parallel", "inclusive"])
        fork, join = self.name("g"), self.name("g")
        sketch.gate(kind, fork, join)
        for number in range(self.random.randint(2, 3)):
            taken = kind == "parallel" or number == 0 or self.random.random() < 0.6
            first, last = self.block(sketch, depth - 1, counts, factor if taken else 0)
            if kind == "parallel":
                sketch.path(f"{fork} {first}")
            else:
                sketch.when(fork, first, str(taken).lower())
            sketch.path(f"{last} {join}")
        return fork, join

    def choice(self, sketch: Sketch, depth: int, counts: Counter[str], factor: int) -> tuple[str, str]:
        fork, join = self.name("x"), self.name("x")
        sketch.gate("exclusive", fork, join)
        taken = self.random.randint(0, 1)
        for number in range(2):
            first, last = self.block(sketch, depth - 1, counts, factor if number == taken else 0)
            if number:
                sketch.otherwise(fork, first)
            else:
                sketch.when(fork, first, str(taken == 0).lower())
            sketch.path(f"{last} {join}")
        return fork, join

    def repeat(self, sketch: Sketch, depth: int, counts: Counter[str], factor: int) -> tuple[str, str]:
        passes, merge, decide = self.random.randint(1, 3), self.name("x"), self.name("x")
        count, reset = self.name("n"), self.name("r")
        sketch.gate("exclusive", merge, decide).script(reset, set_=f"{count} = 0").script(
            f"add_{count}", set_=f"{count} = {count} + 1"
        )
        first, last = self.block(sketch, depth - 1, counts, factor * passes)
        counts[reset] += factor
        counts[f"add_{count}"] += factor * passes
        sketch.path(f"{reset} {merge} {first}").path(f"{last} add_{count} {decide}").when(
            decide, merge, f"{count} < {passes}"
        )
        out = self.name("o")
        sketch.node("manualTask", out).otherwise(decide, out)
        return reset, out

    def inner(self, sketch: Sketch, depth: int, counts: Counter[str], factor: int) -> tuple[str, str]:
        kind = self.random.choice(["sub", "call", "each"])
        name = self.name("h")
        inside: Sketch = Process(self.name("called")) if kind == "call" else Sketch()
        start, end = self.name("s"), self.name("e")
        inside.start(start).end(end)
        first, last = self.block(inside, depth - 1, counts, factor * (2 if kind == "each" else 1))
        inside.path(f"{start} {first}").path(f"{last} {end}")
        if isinstance(inside, Process):
            self.called.append(inside)
            sketch.call(name, inside.name)
        else:
            in_turn = (
                depth > 1 or self.random.random() < 0.5
            )  # parallel iterations would share their counters
            sketch.sub(name, inside, times(2, sequential=in_turn) if kind == "each" else "")
        return name, name


def play_through(play: Play, order: random.Random, limit: int = 400) -> Counter[str]:
    for _ in range(limit):
        tasks = play.instance.open_tasks()
        if not tasks:
            break
        play.instance.complete(order.choice(tasks).token, {})
        play._rest()
    kinds = {"userTask", "scriptTask"}
    return Counter(
        change.element_id
        for change in play.changes
        if change.event == "completed"
        and play.bundle.elements[change.process_id][change.element_id].kind in kinds
    )


@pytest.mark.parametrize("seeds", [range(start, start + 20) for start in range(0, BLOCKS, 20)], ids=str)
def test_blocks_do_each_task_as_often_as_they_must(seeds: range) -> None:
    for seed in seeds:
        xml, wanted = Blocks(seed).process()
        for saved in (False, True):
            play = Play(xml, saved=saved)
            done = play_through(play, random.Random(seed))
            assert done == +wanted, f"seed {seed}, saved {saved}"
            assert play.instance.status == "completed", f"seed {seed}, saved {saved}"
            assert not play.instance._running.event_manager.tasks, f"seed {seed}: an event is left waiting"


class Storm(Blocks):
    """Blocks with boundary events, event sub-processes, escalations, errors, messages and signals in them.

    Nothing is known by construction, but that a run by itself and one that is saved must be the same, and
    that in the end nothing is left over. A parallel join whose branch was taken away may wait for ever, and
    a handler that throws what starts it may never come to rest: both are what was drawn.
    """

    EVENTS = ("timer", "message", "signal", "escalation", "error")

    def happening(self) -> tuple[str, bool]:
        kind = self.random.choice(self.EVENTS)
        interrupting = kind == "error" or self.random.random() < 0.5
        made = {
            "timer": timer(f"PT{self.random.randint(1, 9)}H"),
            "message": event("message", self.random.choice(["m", "m2"])),
            "signal": event("signal", "g"),
            "escalation": event("escalation", self.random.choice(["x", "y", ""])),
            "error": event("error", self.random.choice(["r", ""])),
        }
        return made[kind], interrupting

    def inner(self, sketch: Sketch, depth: int, counts: Counter[str], factor: int) -> tuple[str, str]:
        name, inside, start, end = self.name("h"), Sketch(), self.name("s"), self.name("e")
        inside.start(start).end(end)
        first, last = self.block(inside, depth - 1, counts, factor)
        throws = self.random.choice(["", "", "escalation", "signal", "error"])
        if throws == "error":
            fork, failed = self.name("x"), self.name("e")
            inside.gate("exclusive", fork).end(failed, event=event("error", "r")).path(f"{last} {fork}")
            inside.when(fork, failed, str(self.random.random() < 0.5).lower()).otherwise(fork, end)
        else:
            thrown = self.name("t")
            inside.throw(thrown, event(throws, {"escalation": "x", "signal": "g"}[throws]) if throws else "")
            inside.path(f"{last} {thrown} {end}")
        inside.path(f"{start} {first}")
        if self.random.random() < 0.5:
            self.handler(inside, depth)
        sketch.sub(
            name,
            inside,
            times(2, sequential=self.random.random() < 0.5) if self.random.random() < 0.4 else "",
        )
        self.catch_all_errors(sketch, name)
        for _ in range(self.random.randint(0, 2)):
            self.boundary(sketch, name, depth, counts)
        return name, name

    def boundary(self, sketch: Sketch, host: str, depth: int, counts: Counter[str]) -> None:
        happening, interrupting = self.happening()
        if "error" in happening:
            return
        name, end = self.name("b"), self.name("e")
        sketch.beside(name, host, happening, interrupting=interrupting).end(end)
        first, last = self.block(sketch, max(depth - 2, 0), counts, 0)
        sketch.path(f"{name} {first}").path(f"{last} {end}")

    def catch_all_errors(self, sketch: Sketch, host: str) -> None:
        name, end = self.name("b"), self.name("e")
        sketch.beside(name, host, event("error")).end(end).path(f"{name} {end}")

    def handler(self, sketch: Sketch, depth: int) -> None:
        happening, interrupting = self.happening()
        start, end = self.name("s"), self.name("e")
        inside = Sketch().start(start, happening, isInterrupting=str(interrupting).lower()).end(end)
        first, last = self.block(inside, max(depth - 2, 0), Counter(), 0)
        sketch.handler(self.name("p"), inside.path(f"{start} {first}").path(f"{last} {end}"))

    def process(self) -> tuple[bytes, Counter[str]]:
        process, counts = Process(), Counter[str]()
        process.start("s").end("e")
        first, last = self.inner(process, 3, counts, 1)
        process.path(f"s {first}").path(f"{last} e")
        return document(process), counts


def weather(play: Play, seed: int) -> list[str]:
    """A run of at most 120 acts, drawn at random but the same for the same seed."""
    chance = random.Random(seed)
    try:
        for _ in range(120):
            if play.instance.status != "active":
                break
            blow(play, chance)
    except StepFailed as endless:
        return [endless.message]
    return [f"{change.event} {change.token} {change.element_id}" for change in play.changes]


def blow(play: Play, chance: random.Random) -> None:
    tasks = play.instance.open_tasks()
    act = chance.choice(["do", "do", "do", "do", "wait", "message", "signal"]) if tasks else "wait"
    if act == "do":
        play.instance.complete(tasks[chance.randrange(len(tasks))].token, {})
        play._rest()
    elif act == "wait":
        play.wait(1)
    elif act == "message":
        play.instance.receive(chance.choice(["m", "m2"]), None, {})
        play._rest()
    else:
        play.signal()


@pytest.mark.parametrize("seeds", [range(start, start + 30) for start in range(0, STORMS, 30)], ids=str)
def test_storms_run_alike_live_and_saved(seeds: range, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "MOST_STEPS", 2_000)
    ended = 0
    for seed in seeds:
        xml, _ = Storm(seed).process()
        live, saved = Play(xml), Play(xml, saved=True)
        told = weather(live, seed)
        assert told == weather(saved, seed), f"seed {seed}"
        if len(told) > 1:
            assert live.instance.save() == saved.instance.save(), f"seed {seed}"
            ended += left_in_order(live, f"seed {seed}")
    assert ended >= 20, "the storms are too wild to tell anything"


def left_in_order(play: Play, seed: str) -> bool:
    """Whether the process has ended; what waits otherwise are joins that nothing can reach any more."""
    running = play.instance._running
    if play.instance.status == "completed":
        assert not running.event_manager.tasks, f"{seed}: an event is left waiting"
        assert not running.subprocesses, f"{seed}: a scope is left over"
        settled(play)
        return True
    kinds = {play.bundle.elements["p"][element].kind for element in play.instance.waiting()}
    assert kinds <= {"parallelGateway"} or play.instance.open_tasks(), f"{seed}: {play.instance.waiting()}"
    return False


def settled(play: Play) -> None:
    """Every token that was told of as entered was told of as completed or cancelled once."""
    begun = Counter(change.token for change in play.changes if change.event == "entered")
    ended = Counter(change.token for change in play.changes if change.event in ("completed", "cancelled"))
    twice = [token for token, count in ended.items() if count > 1]
    assert not twice
    assert not begun.keys() - ended.keys()
