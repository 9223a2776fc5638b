"""States that earlier releases have stored are restored and go on.

``python -m tests.engine.spiff.test_states 0.1.0`` stores those of the present code under a release's name.
"""

from __future__ import annotations

import json
import sys
from datetime import datetime
from pathlib import Path

import pytest

from engine.clock import SteppedClock, format_instant
from engine.spiff import Instance
from tests.engine.spiff.more_shapes import SHAPES as MORE
from tests.engine.spiff.playing import BEGIN, Play, World
from tests.engine.spiff.shapes import SHAPES, Shape

FOLDER = Path(__file__).parent / "states"
TO_PLAY = [shape for shape in (*SHAPES, *MORE) if not shape.outcome.startswith("REFUSED")]


def halves(shape: Shape) -> list[tuple[str, str]]:
    """What was done before the state was stored, and what comes after it."""
    acts = [act.strip() for act in shape.acts.split(";") if act.strip()]
    return [("; ".join(acts[:number]), "; ".join(acts[number:])) for number in range(len(acts) + 1)]


def stored() -> list[pytest.ParameterSet]:
    rows = []
    for file in sorted(FOLDER.glob("*.json")):
        for name, entries in json.loads(file.read_text()).items():
            rows += [
                pytest.param(name, entry, id=f"{file.stem}: {name} {n}") for n, entry in enumerate(entries)
            ]
    return rows


@pytest.mark.parametrize(("name", "entry"), stored())
def test_a_stored_state_goes_on(name: str, entry: dict[str, str]) -> None:
    shape = next(shape for shape in TO_PLAY if f"{shape.area}: {shape.name}" == name)
    play = Play(shape.xml, begin=shape.begin or BEGIN)
    play.play(entry["before"])
    now = datetime.fromisoformat(entry["now"])
    assert play.world.clock.now() == now
    play.world = World(SteppedClock(now))
    play.instance = Instance.restore(play.bundle, entry["state"], play.world)
    assert play.play(entry["after"]).outcome() == shape.outcome


def test_every_release_has_its_states() -> None:
    assert [file.stem for file in sorted(FOLDER.glob("*.json"))][:1] == ["0.1.0"]
    assert len(stored()) > 250


def record(release: str) -> None:
    document: dict[str, list[dict[str, str]]] = {}
    for shape in TO_PLAY:
        rows = document.setdefault(f"{shape.area}: {shape.name}", [])
        for before, after in halves(shape):
            play = Play(shape.xml, begin=shape.begin or BEGIN).play(before)
            now = format_instant(play.world.clock.now())
            rows.append({"before": before, "after": after, "now": now, "state": play.instance.save()})
    (FOLDER / f"{release}.json").write_text(json.dumps(document, indent=1, sort_keys=True) + "\n")


if __name__ == "__main__":
    record(sys.argv[1])
