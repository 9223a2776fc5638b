"""The shapes, each by itself and saved and restored after every step."""

from __future__ import annotations

import pytest

from engine.spiff import DiagramRefused, read_bundle
from tests.engine.spiff.more_shapes import SHAPES as MORE
from tests.engine.spiff.playing import BEGIN, Play
from tests.engine.spiff.shapes import SHAPES, Shape


@pytest.mark.parametrize("saved", [False, True], ids=["live", "saved"])
@pytest.mark.parametrize(
    "shape", [*SHAPES, *MORE], ids=[f"{shape.area}: {shape.name}" for shape in [*SHAPES, *MORE]]
)
def test_shape(shape: Shape, saved: bool) -> None:
    if shape.outcome.startswith("REFUSED"):
        with pytest.raises(DiagramRefused) as refused:
            read_bundle({"test.bpmn": shape.xml})
        assert shape.outcome.split()[1] in [finding.element for finding in refused.value.findings]
        return
    played = Play(shape.xml, saved=saved, begin=shape.begin or BEGIN).play(shape.acts)
    assert played.outcome() == shape.outcome


def test_there_are_119() -> None:
    assert len(SHAPES) == len({(shape.area, shape.name) for shape in SHAPES}) == 119


def test_a_signal_at_the_end_reaches_the_host() -> None:
    shape = next(shape for shape in SHAPES if shape.name == "a signal at the end")
    assert [(thrown.kind, thrown.name) for thrown in Play(shape.xml).thrown] == [("signal", "g")]
